// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/concept.hpp>
#include <kindred/op/segment.hpp>

namespace kindred::layer {

/// The mean of the rows of each item: of words, regions or pixels. Ragged offsets are the mask.
///
/// y(i, c) = mean of x(r, c) over the rows r of item i, 0 for an item without rows;   dx(r, c) = dy(i, c) / rows of i
///
/// x   any batch
/// y   one row per item
///
/// Complexity   O(numbers), one launch each way, no cache.
/// Determinism  rows ascending: bit-equal for any number of threads.
struct mean_pool : weightless {
  std::string description() const { return "mean_pool()"; }
  shape output(const shape& x) const { return shape::vectors(x.items, x.cols); }

  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    op::segment_mean<D, T>(ctx, pass.x, pass.y.values);
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    if (pass.dx) op::segment_mean_backward<D, T>(ctx, pass.dy.values, pass.dx);
  }
};
static_assert(Layer<mean_pool>);

}  // namespace kindred::layer
