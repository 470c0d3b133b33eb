// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <kindred/core/types.hpp>
#include <string>
#include <utility>
#include <vector>

namespace pairs {

/// How well one direction ranks the test half: means over its queries.
struct direction {
  static constexpr std::size_t recall_levels = 21;

  double average_precision = 0;                   ///< over all results
  double hit_1 = 0, hit_5 = 0, hit_10 = 0;        ///< share of queries with an item of their class among the first K
  std::array<double, recall_levels> precision{};  ///< interpolated, at recall 0, 0.05, ..., 1
};

struct both_directions {
  direction image_to_text, text_to_image;
  double average_precision() const { return (image_to_text.average_precision + text_to_image.average_precision) / 2; }
};

/// A method as a row of the tables.
struct table_row {
  std::string name, title;
  const both_directions* results;
};

/// A hyper-parameter: its name and the value that was chosen.
using parameter = std::pair<std::string, double>;

/// The first results for one query of the test half.
struct ranking {
  struct entry {
    kindred::index_t item;
    double score;
    bool relevant;
  };
  bool image_query;
  kindred::index_t query;
  std::vector<entry> entries;
};

}  // namespace pairs
