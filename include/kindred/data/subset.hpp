// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/concept.hpp>
#include <kindred/data/items.hpp>
#include <vector>

namespace kindred::data {

/// Some items of a set as a set of their own: a part of a split, or a fold.
///
///   const data::paired_features pairs(images, texts, labels);
///   const auto parts = data::split::stratified(pairs.labels(), {.validation = 0, .test = 0.3, .seed = 1});
///   const data::subset train(pairs, parts.train), test(pairs, parts.test);
///   const data::k_fold folds(train.labels(), 5, 1);                // rows of `train`, not of `pairs`
///   const data::subset first(train, folds.train(0));
///
/// set    labelled or paired features, or a subset; not copied, must outlive the subset
/// rows   of the set, in the order of the subset; a row may come twice
///
/// Complexity   O(rows) to make; gather as the set's.
/// Determinism  exact.
/// Errors       argument_error for a row that is not there, in the set or in the subset.
template <class Set>
class subset {
 public:
  using value_type = typename Set::value_type;
  using device = typename Set::device;

  subset(const Set& set, std::vector<index_t> rows) : set_(&set), rows_(std::move(rows)) {
    detail::expect_rows("data::subset", rows_, set.size());
    if (set.labels().empty()) return;
    labels_.reserve(rows_.size());
    for (const index_t row : rows_) labels_.push_back(set.labels()[static_cast<std::size_t>(row)]);
  }

  index_t size() const { return static_cast<index_t>(rows_.size()); }
  /// Labels on the host; none where the set has none.
  std::span<const label_t> labels() const { return labels_; }
  /// Where the items stand in the set.
  std::span<const index_t> rows() const { return rows_; }

  /// The items `rows` of the subset as the set gives them, on the device of `ctx`.
  template <Device To>
  auto gather(context<To>& ctx, std::span<const index_t> rows) const {
    return set_->gather(ctx, in_set(rows));
  }
  /// The same into a batch that is used again.
  template <Device To, class Batch>
  void gather(context<To>& ctx, std::span<const index_t> rows, Batch& batch) const {
    set_->gather(ctx, in_set(rows), batch);
  }

 private:
  std::vector<index_t> in_set(std::span<const index_t> rows) const {
    detail::expect_rows("data::subset", rows, size());
    std::vector<index_t> out;
    out.reserve(rows.size());
    for (const index_t row : rows) out.push_back(rows_[static_cast<std::size_t>(row)]);
    return out;
  }

  const Set* set_;
  std::vector<index_t> rows_;
  std::vector<label_t> labels_;
};

}  // namespace kindred::data
