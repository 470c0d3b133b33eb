// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/random.hpp>
#include <kindred/layer/concept.hpp>
#include <kindred/op/shape_check.hpp>

namespace kindred::layer {

namespace detail {
// drawn again in the backward pass instead of kept
template <class T, Device D>
struct dropout_at {
  matrix_view<const T, D> x;
  matrix_view<T, D> y;
  double rate;
  T scale;
  std::uint64_t seed;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const double drawn = random::uniform(seed, 0, static_cast<std::uint64_t>(r * x.cols() + c));
    y(r, c) = drawn < rate ? T(0) : x(r, c) * scale;
  }
};
}  // namespace detail

/// Sets numbers to 0 at random while training and raises the others, so that their expectation stays.
///
/// y = x m / (1 - rate), dx = dy m / (1 - rate), with m = 0 with probability `rate`, else 1;   y = x in layer::mode::infer
///
/// rate   in [0, 1]; at 1 all are 0
///
/// Complexity   O(numbers), one launch each way, no cache: the mask follows from the seed of the pass and the position.
/// Determinism  the mask depends on seed, row and column only: equal on every device.
/// Errors       argument_error for a rate outside [0, 1].
/// Reference    Srivastava et al. 2014, inverted; PyTorch's Dropout, but for the numbers drawn.
struct dropout : weightless {
  double rate;  ///< probability of 0

  explicit dropout(double r = 0.5) : rate(r) {
    expects<argument_error>(r >= 0 && r <= 1, "layer::dropout: a rate in [0, 1] wanted, {} came", r);
  }
  std::string description() const { return "dropout(" + kindred::detail::shown(rate) + ")"; }

  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    op::detail::expect_equal_shapes("layer::dropout", pass.x.values, pass.y.values);
    ctx.for_each(pass.y.values.rows(), pass.y.values.cols(), masked<T, D>(pass, pass.x.values, pass.y.values));
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    if (!pass.dx) return;
    op::detail::expect_equal_shapes("layer::dropout", pass.dy.values, pass.dx.values);
    ctx.for_each(pass.dx.values.rows(), pass.dx.values.cols(), masked<T, D>(pass, pass.dy.values, pass.dx.values));
  }

 private:
  template <class T, class D, class Pass>
  detail::dropout_at<T, D> masked(const Pass& pass, matrix_view<const T, D> x, matrix_view<T, D> y) const {
    const double dropped = pass.mode == mode::train ? rate : 0;
    return {x, y, dropped, dropped < 1 ? static_cast<T>(1 / (1 - dropped)) : T(0), pass.seed};
  }
};
static_assert(Layer<dropout>);

}  // namespace kindred::layer
