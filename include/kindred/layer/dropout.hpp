// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
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
  std::uint64_t limit;  // what random::uniform() < rate says, without a double for each number
  std::uint64_t key;
  T scale;

  dropout_at(matrix_view<const T, D> from, matrix_view<T, D> to, double rate, std::uint64_t seed)
      : x(from),
        y(to),
        limit(static_cast<std::uint64_t>(std::ceil(rate * 0x1.0p53))),
        key(random::key(seed, 0)),
        scale(rate < 1 ? static_cast<T>(1 / (1 - rate)) : T(0)) {}
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const std::uint64_t drawn = random::bits_at(key, static_cast<std::uint64_t>(r * x.cols() + c)) >> 11;
    const T kept = x(r, c) * scale;
    y(r, c) = drawn < limit ? T(0) : kept;
  }
};
}  // namespace detail

/// Sets numbers to 0 at random while training and raises the others, so that their expectation stays.
///
/// y = x m / (1 - rate), dx = dy m / (1 - rate), with m = 0 with probability `rate`, else 1;   y = x in
/// layer::mode::infer
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
    expects<argument_error>(r >= 0 && r <= 1, "layer::dropout: expected a rate in [0, 1], got {}", r);
  }
  std::string description() const { return "dropout(" + shown(rate) + ")"; }

  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    op::expect_equal_shapes("layer::dropout", pass.x.values, pass.y.values);
    ctx.for_each(pass.y.values.rows(), pass.y.values.cols(), masked<T, D>(pass, pass.x.values, pass.y.values));
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    if (!pass.dx) return;
    op::expect_equal_shapes("layer::dropout", pass.dy.values, pass.dx.values);
    ctx.for_each(pass.dx.values.rows(), pass.dx.values.cols(), masked<T, D>(pass, pass.dy.values, pass.dx.values));
  }

 private:
  template <class T, class D, class Pass>
  detail::dropout_at<T, D> masked(const Pass& pass, matrix_view<const T, D> x, matrix_view<T, D> y) const {
    return {x, y, pass.mode == mode::train ? rate : 0, pass.seed};
  }
};
static_assert(Layer<dropout>);

}  // namespace kindred::layer
