// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/item_batch.hpp>

namespace kindred::data {

/// Items and their labels on one device, in memory that is used again.
template <class T, Device D>
class labelled_batch {
 public:
  using value_type = T;
  using device = D;

  explicit labelled_batch(context<D>& ctx) : x_(ctx), labels_(ctx, 0) {}

  index_t size() const { return x_.items(); }
  /// The items; writable, so that they can be moved about before training sees them (random_affine).
  batch_view<T, D> x() { return x_.view(); }
  batch_view<const T, D> x() const { return x_.view(); }
  /// One per item.
  vector_view<const label_t, D> labels() const { return {labels_.data(), size()}; }

  /// What a data set fills.
  item_batch<T, D>& items() { return x_; }
  void set_labels(context<D>& ctx, std::span<const label_t> labels) {
    const auto count = static_cast<index_t>(labels.size());
    if (count > labels_.size()) labels_ = vector<label_t, D>(ctx, count, uninitialized);
    ctx.copy_from_host(labels_.data(), labels.data(), count * static_cast<index_t>(sizeof(label_t)));
  }

 private:
  item_batch<T, D> x_;
  vector<label_t, D> labels_;
};

/// Pairs of items, and their labels where there are any, on one device, in memory that is used again.
template <class T, Device D>
class paired_batch {
 public:
  using value_type = T;
  using device = D;

  explicit paired_batch(context<D>& ctx) : first_(ctx), second_(ctx), labels_(ctx, 0) {}

  index_t size() const { return first_.items(); }
  /// One side; item i of it belongs to item i of the other. Writable, so that it can be changed before training sees
  /// it.
  batch_view<T, D> first() { return first_.view(); }
  batch_view<const T, D> first() const { return first_.view(); }
  batch_view<T, D> second() { return second_.view(); }
  batch_view<const T, D> second() const { return second_.view(); }
  /// One per pair; absent where the set has none.
  vector_view<const label_t, D> labels() const {
    return labelled_ ? vector_view<const label_t, D>(labels_.data(), size()) : vector_view<const label_t, D>();
  }

  /// What a data set fills.
  item_batch<T, D>& first_items() { return first_; }
  item_batch<T, D>& second_items() { return second_; }
  void set_labels(context<D>& ctx, std::span<const label_t> labels) {
    const auto count = static_cast<index_t>(labels.size());
    labelled_ = true;
    if (count > labels_.size()) labels_ = vector<label_t, D>(ctx, count, uninitialized);
    ctx.copy_from_host(labels_.data(), labels.data(), count * static_cast<index_t>(sizeof(label_t)));
  }

 private:
  item_batch<T, D> first_, second_;
  vector<label_t, D> labels_;
  bool labelled_ = false;
};

}  // namespace kindred::data
