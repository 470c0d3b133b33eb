// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <features.hpp>
#include <string>
#include <vector>

namespace sns {

using kindred::index_t;
using kindred::label_t;
using pairs::features;

/// Sequences of feature vectors on the host: item i has the rows offsets[i] to offsets[i + 1] - 1, perhaps none.
struct sequences {
  index_t cols = 0;
  std::vector<index_t> offsets{};  ///< items + 1, from 0; empty where there are no sequences
  std::vector<float> values{};

  index_t items() const { return offsets.empty() ? 0 : static_cast<index_t>(offsets.size()) - 1; }
  index_t length(index_t item) const {
    return offsets[static_cast<std::size_t>(item) + 1] - offsets[static_cast<std::size_t>(item)];
  }
  bool empty() const { return offsets.empty(); }
  /// The sequences named by `items`, in their order.
  sequences gather(const std::vector<index_t>& items) const;
};

/// Pairs: row i of images and row i of texts belong together and have class labels[i]; where there are regions and
/// words, so do sequence i of either.
struct half {
  features images, texts;
  sequences regions, words;  ///< either may be empty
  std::vector<label_t> labels;

  index_t size() const { return static_cast<index_t>(labels.size()); }
  bool has_sequences() const { return !regions.empty() && !words.empty(); }
  half gather(const std::vector<index_t>& items) const;
};

/// The halves of a study, and the part of the training half that nothing but choices learns from.
struct pair_data {
  std::string source;                  ///< the folder, the file, or "embedded"
  std::vector<std::string> classes{};  ///< names by label; empty where labels have none
  half train{}, test{};
  std::vector<index_t> learn{}, validation{};  ///< rows of train, each ascending

  /// The name of a class, or its number.
  std::string class_name(label_t label) const;
  /// The validation part as the test half of what is left: for choosing.
  pair_data for_choosing() const;
};

/// Reads train_ and test_ images.npy, texts.npy and labels.npy, which must fit together, and where they are there
/// train_regions.npy (pairs x regions x columns) and the folder train_words (see kindred::io::load_sequences), and
/// those of test_.
/// Errors  kindred::io_error and others of kindred::error, naming the file.
pair_data load_folder(const std::string& folder, std::uint64_t seed);

/// Draws validation: a tenth of every class of the training half.
void hold_validation(pair_data& data, std::uint64_t seed);

/// Gives rows of `cols` numbers columns of mean 0 and deviation 1, both over the rows `train`. Columns that do not
/// change there become 0 there.
void standardize(std::vector<float>& train, std::vector<float>& test, index_t cols);

/// Pairs with columns of mean 0 and deviation 1 over the training half, sequences over all their rows.
pair_data standardized(const pair_data& data);

}  // namespace sns
