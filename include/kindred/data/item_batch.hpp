// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>

namespace kindred::data {

/// Items of a batch on device D in memory that is used again: rows, sequences or pictures, as a batch_view shows them.
/// Only a batch larger than all before it allocates.
template <class T, Device D>
class item_batch {
 public:
  using value_type = T;
  using device = D;

  explicit item_batch(context<D>& ctx) : values_(ctx, 0), offsets_(ctx, 0) {}

  index_t items() const { return shape_.items; }
  const kindred::shape& shape() const { return shape_; }
  batch_view<T, D> view() & KINDRED_LIFETIMEBOUND {
    return {values(), offsets(), shape_.items, shape_.longest, shape_.height};
  }
  batch_view<const T, D> view() const& KINDRED_LIFETIMEBOUND {
    return {values(), offsets(), shape_.items, shape_.longest, shape_.height};
  }
  void view() const&& = delete;
  operator batch_view<T, D>() KINDRED_LIFETIMEBOUND { return view(); }
  operator batch_view<const T, D>() const KINDRED_LIFETIMEBOUND { return view(); }

  /// Makes room for items of shape `s`, whose numbers the caller writes through view().
  ///
  /// offsets   items + 1 positions where s is ragged, else empty
  void reshape(context<D>& ctx, const kindred::shape& s, std::span<const index_t> offsets = {}) {
    if (s.rows * s.cols > values_.size()) values_ = vector<T, D>(ctx, s.rows * s.cols, uninitialized);
    if (s.ragged) {
      const auto count = static_cast<index_t>(offsets.size());
      expects(count == s.items + 1, "data::item_batch: {} items but {} offsets", s.items, count);
      if (count > offsets_.size()) offsets_ = vector<index_t, D>(ctx, count, uninitialized);
      ctx.copy_from_host(offsets_.data(), offsets.data(), count * static_cast<index_t>(sizeof(index_t)));
    }
    shape_ = s;
  }

 private:
  matrix_view<T, D> values() const { return {values_.data(), shape_.rows, shape_.cols}; }
  vector_view<const index_t, D> offsets() const {
    return shape_.ragged ? vector_view<const index_t, D>(offsets_.data(), shape_.items + 1)
                         : vector_view<const index_t, D>();
  }

  vector<T, D> values_;
  vector<index_t, D> offsets_;
  kindred::shape shape_{};
};

}  // namespace kindred::data
