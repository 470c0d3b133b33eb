// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/concept.hpp>
#include <kindred/op/norm.hpp>

namespace kindred::layer {

/// Puts every row on the unit sphere.
///
/// y = x / |x|,   dx = (dy - y (y . dy)) / |x|;   a row of zeros stays so and gets the gradient 0
///
/// Complexity   O(numbers), one launch each way; cache of one number per row.
/// Determinism  bit-equal for any number of threads.
/// Reference    PyTorch's normalize divides by max(|x|, 1e-12) and so gives rows of zeros the gradient 1e12 dy.
struct l2_normalize : weightless {
  index_t cache_size(const shape& x) const { return x.rows; }
  std::string description() const { return "l2_normalize()"; }

  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    op::normalize_rows<D, T>(ctx, pass.x.values, pass.y.values, pass.cache);
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    if (pass.dx) op::normalize_rows_backward<D, T>(ctx, pass.y.values, pass.cache, pass.dy.values, pass.dx.values);
  }
};
static_assert(Layer<l2_normalize>);

}  // namespace kindred::layer
