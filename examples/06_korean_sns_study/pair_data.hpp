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

/// Pairs: row i of images and row i of texts belong together and have class labels[i]; where there are regions and words,
/// so do sequence i of either.
struct half {
  features images, texts;
  sequences regions, words;  ///< either may be empty
  std::vector<label_t> labels;

  index_t size() const { return static_cast<index_t>(labels.size()); }
  bool has_sequences() const { return !regions.empty() && !words.empty(); }
  half gather(const std::vector<index_t>& items) const;
};

}  // namespace sns
