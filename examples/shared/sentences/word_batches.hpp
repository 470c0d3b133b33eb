// SPDX-License-Identifier: Apache-2.0
// Texts in batches on a device.
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/op/gather.hpp>
#include <optional>

#include "classifier.hpp"

namespace sentence {

/// Words of some texts on a device, one text after the other.
template <kindred::Device D>
struct word_batch {
  kindred::vector<index_t, D> words, offsets;  ///< text i is words offsets(i) to offsets(i + 1) - 1
  kindred::vector<label_t, D> labels;          ///< one for each text
  std::optional<kindred::op::row_use<D>> use;  ///< which words stand where
  index_t items = 0, longest = 0;
};

/// Gives batches of the texts `rows`. A data::Dataset.
template <kindred::Device D>
class text_set {
 public:
  /// labels   of all texts, or none
  /// words    above 0: batches say which of so many words stand where
  text_set(const word_lists& texts, std::span<const index_t> rows, std::span<const label_t> labels = {},
           index_t words = 0)
      : texts_(texts), rows_(rows), labels_(labels), words_(words) {}

  index_t size() const { return static_cast<index_t>(rows_.size()); }
  word_batch<D> gather(kindred::context<D>& ctx, std::span<const index_t> items) const {
    word_batch<D> batch{{ctx, 0}, {ctx, 0}, {ctx, 0}, {}, 0, 0};
    gather(ctx, items, batch);
    return batch;
  }
  void gather(kindred::context<D>& ctx, std::span<const index_t> items, word_batch<D>& batch) const {
    std::vector<index_t> words, offsets{0};
    std::vector<label_t> labels;
    batch.longest = 0;
    for (const index_t item : items) {
      const index_t r = rows_[static_cast<std::size_t>(item)];
      const auto text = texts_[r];
      words.insert(words.end(), text.begin(), text.end());
      offsets.push_back(static_cast<index_t>(words.size()));
      batch.longest = std::max(batch.longest, static_cast<index_t>(text.size()));
      if (!labels_.empty()) labels.push_back(labels_[static_cast<std::size_t>(r)]);
    }
    batch.items = static_cast<index_t>(items.size());
    batch.words = kindred::vector<index_t, D>(ctx, words);
    batch.offsets = kindred::vector<index_t, D>(ctx, offsets);
    batch.labels = kindred::vector<label_t, D>(ctx, labels);
    if (words_ > 0) batch.use = kindred::op::row_uses(ctx, std::span<const index_t>(words), words_);
  }

 private:
  word_lists texts_;
  std::span<const index_t> rows_;
  std::span<const label_t> labels_;
  index_t words_;
};

}  // namespace sentence
