// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/group.hpp>
#include <kindred/layer/concept.hpp>

namespace kindred::layer {

/// Options of max_pool.
struct max_pool_options {
  bool padding_counts = false;  ///< a row of zeros takes part in the maximum, as with padded batches

  friend constexpr bool operator==(const max_pool_options&, const max_pool_options&) = default;
};

namespace detail {
// the position within the item, as a number of the cache's type; -1: none
template <class T, Device D>
struct max_pool_at {
  batch_view<const T, D> x;
  matrix_view<T, D> y, at;
  bool padding_counts;
  KINDRED_HD void operator()(index_t item, index_t c) const {
    scored<T> first{T(0), -1};
    const index_t begin = x.begin(item), n = x.end(item) - begin;
    for (index_t i = 0; i < n; ++i) first = best{}(first, scored<T>{x.values(begin + i, c), i});
    if (padding_counts && !(first.score > T(0))) first = {T(0), -1};
    y(item, c) = first.score;
    at(item, c) = static_cast<T>(first.id);
  }
};
template <class T, Device D>
struct max_pool_backward_row {
  matrix_view<const T, D> at, dy;
  batch_view<T, D> dx;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t begin = dx.begin(item), n = dx.end(item) - begin;
    for (index_t i = 0; i < n; ++i)
      g.for_each(dy.cols(),
                 [&](index_t c) { dx.values(begin + i, c) = at(item, c) == static_cast<T>(i) ? dy(item, c) : T(0); });
  }
};
}  // namespace detail

/// The largest number of each column among the rows of an item. Ragged offsets are the mask.
///
/// y(i, c) = max of x(r, c) over the rows r of item i, 0 for an item without rows;   dx(r, c) = dy(i, c) in the first such
/// row, else 0. NaN counts only where there is nothing else. With padding_counts y(i, c) = max(0, ...): what padded batches
/// give, whose rows behind the end are zeros, for every item shorter than the longest one.
///
/// x   any batch whose items have at most 2^24 rows
/// y   one row per item
///
/// Complexity   O(numbers), one launch each way; cache of one number per number of y.
/// Determinism  equal on every device.
/// Errors       shape_error for items of more rows: their positions would not fit into a float.
struct max_pool : weightless {
  max_pool_options options;  ///< see max_pool_options

  constexpr explicit max_pool(max_pool_options o = {}) : options(o) {}
  std::string description() const { return options.padding_counts ? "max_pool(padding counts)" : "max_pool()"; }
  shape output(const shape& x) const {
    expects(x.longest <= (index_t(1) << 24), "layer::max_pool: expected items of at most {} rows, got {}",
            index_t(1) << 24, x.longest);
    return shape::vectors(x.items, x.cols);
  }
  index_t cache_size(const shape& x) const { return checked_product(x.items, x.cols); }

  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    const index_t items = pass.x.items, cols = pass.x.values.cols();
    ctx.for_each(
        items, cols,
        detail::max_pool_at<T, D>{pass.x, pass.y.values, as_matrix(pass.cache, items, cols), options.padding_counts});
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    if (!pass.dx) return;
    const index_t items = pass.x.items, cols = pass.x.values.cols();
    ctx.for_each_row(items, pass.x.longest * cols,
                     detail::max_pool_backward_row<T, D>{as_matrix(pass.cache, items, cols), pass.dy.values, pass.dx});
  }
};
static_assert(Layer<max_pool>);

}  // namespace kindred::layer
