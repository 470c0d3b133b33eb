// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "pair_data.hpp"
#include "posts.hpp"
#include "results.hpp"
#include "settings.hpp"
#include "stages.hpp"
#include "text_features.hpp"

namespace sns {

/// What a study learns from, and what there is to show of it.
struct inputs {
  pair_data pairs;
  std::optional<sns::posts> posts{};            ///< empty for a folder of features
  std::vector<index_t> train{}, test{};         ///< the posts of the pairs' halves
  index_t region_rows = 0, region_columns = 0;  ///< the grid of the regions of a picture; 0 where it is not known
  std::optional<text_features> texts{};         ///< of all posts
  std::vector<stage_cost> costs{};
};

/// Reads or makes it: a folder of features, or posts cut 7 : 3 with the shares of the classes, a tenth of the training
/// part for choices, pictures and texts described by what the rest teaches.
/// Errors  kindred::error that names the file or option.
inputs gathered(const settings& how, const stages& kept);

/// Texts of posts and their labels, as describe() takes them.
std::vector<std::string> texts_of(const posts& of);
std::vector<label_t> labels_of(const posts& of);
/// The posts that networks over words learn from and stop by.
text_parts parts_of(const inputs& data);
/// How the study describes texts.
text_settings study_texts(const settings& how);
/// describe() of all posts' texts, told of on stderr under `title`.
text_features described_texts(const inputs& data, const text_settings& by, const std::string& title);

}  // namespace sns
