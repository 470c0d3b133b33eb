// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/context.hpp>
#include <kindred/core/limits.hpp>
#include <kindred/core/math.hpp>
#include <kindred/op/shape_check.hpp>

namespace kindred::op {

/// Returns what a kernel subtracts from x(0), ..., x(n - 1) before exp: their maximum; 0 where all are -infinity.
template <class T, class G, class X>
KINDRED_HD T softmax_shift(const G& g, index_t n, X x) {
  const T most = g.reduce(n, -infinity<T>, maximum{}, x);
  return most == -infinity<T> ? T(0) : most;
}

namespace detail {

/// y(i) = softmax over n numbers; x(i) gives a value, y(i) a place.
template <class T, class G, class X, class Y>
KINDRED_HD void softmax_over(const G& g, index_t n, X x, Y y) {
  const T shift = softmax_shift<T>(g, n, x);
  g.for_each(n, [&](index_t i) { y(i) = math::exp(x(i) - shift); });
  const T sum = g.reduce(n, T(0), plus{}, [&](index_t i) { return y(i); });
  g.for_each(n, [&](index_t i) { y(i) = sum == T(0) ? T(0) : y(i) / sum; });
}

/// dx(i) = y(i) (dy(i) - sum over j of y(j) dy(j)).
template <class T, class G, class Y, class DY, class DX>
KINDRED_HD void softmax_backward_over(const G& g, index_t n, Y y, DY dy, DX dx) {
  const T dot = g.reduce(n, T(0), plus{}, [&](index_t i) { return y(i) * dy(i); });
  g.for_each(n, [&](index_t i) { dx(i) = y(i) * (dy(i) - dot); });
}

template <class T, Device D>
struct softmax_row {
  matrix_view<const T, D> x;
  matrix_view<T, D> y;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    softmax_over<T>(g, x.cols(), x.row(r), y.row(r));
  }
};
template <class T, Device D>
struct softmax_backward_row {
  matrix_view<const T, D> y, dy;
  matrix_view<T, D> dx;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    softmax_backward_over<T>(g, y.cols(), y.row(r), dy.row(r), dx.row(r));
  }
};

template <class T, Device D>
struct log_softmax_row {
  matrix_view<const T, D> x;
  matrix_view<T, D> y;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const T shift = softmax_shift<T>(g, x.cols(), x.row(r));
    const T sum = g.reduce(x.cols(), T(0), plus{}, [&](index_t c) { return math::exp(x(r, c) - shift); });
    const T log_sum = sum == T(0) ? T(0) : math::log(sum);
    g.for_each(x.cols(), [&](index_t c) { y(r, c) = (x(r, c) - shift) - log_sum; });
  }
};
template <class T, Device D>
struct log_softmax_backward_row {
  matrix_view<const T, D> y, dy;
  matrix_view<T, D> dx;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const T sum = g.reduce(y.cols(), T(0), plus{}, [&](index_t c) { return dy(r, c); });
    g.for_each(y.cols(), [&](index_t c) { dx(r, c) = dy(r, c) - math::exp(y(r, c)) * sum; });
  }
};

}  // namespace detail

/// y(r, c) = exp(x(r, c)) / sum over k of exp(x(r, k)), without overflow.
///
/// A row of nothing but -infinity (all masked) gives zeros; a row with NaN or +infinity gives NaN.
///
/// y   the shape of x; may be x
///
/// Complexity   O(elements), one exp each, one launch, a group per row.
/// Determinism  bit-equal for equal inputs on one device.
/// Errors       shape_error if the shapes differ.
template <Device D, Scalar T>
void softmax(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> y) {
  expect_equal_shapes("op::softmax", x, y);
  ctx.for_each_row(x.rows(), x.cols(), detail::softmax_row<T, D>{x, y});
}

/// dx(r, c) = y(r, c) (dy(r, c) - sum over k of y(r, k) dy(r, k)), with y = softmax(x).
///
/// dx   the shape of y, overwritten; may be dy
///
/// Complexity   O(elements), one launch, a group per row.
/// Determinism  bit-equal for equal inputs on one device.
/// Errors       shape_error if the shapes differ.
template <Device D, Scalar T>
void softmax_backward(context<D>& ctx, const_matrix<T, D> y, const_matrix<T, D> dy, matrix_view<T, D> dx) {
  expect_equal_shapes("op::softmax_backward", y, dx);
  expect_equal_shapes("op::softmax_backward", dy, dx);
  ctx.for_each_row(y.rows(), y.cols(), detail::softmax_backward_row<T, D>{y, dy, dx});
}

/// y(r, c) = x(r, c) - log(sum over k of exp(x(r, k))), without overflow.
///
/// A row of nothing but -infinity stays so; a row with NaN or +infinity gives NaN.
///
/// y   the shape of x; may be x
///
/// Complexity   O(elements), one exp each, one launch, a group per row.
/// Determinism  bit-equal for equal inputs on one device.
/// Errors       shape_error if the shapes differ.
template <Device D, Scalar T>
void log_softmax(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> y) {
  expect_equal_shapes("op::log_softmax", x, y);
  ctx.for_each_row(x.rows(), x.cols(), detail::log_softmax_row<T, D>{x, y});
}

/// dx(r, c) = dy(r, c) - exp(y(r, c)) sum over k of dy(r, k), with y = log_softmax(x).
///
/// dx   the shape of y, overwritten; may be dy
///
/// Complexity, Determinism, Errors   as softmax_backward().
template <Device D, Scalar T>
void log_softmax_backward(context<D>& ctx, const_matrix<T, D> y, const_matrix<T, D> dy, matrix_view<T, D> dx) {
  expect_equal_shapes("op::log_softmax_backward", y, dx);
  expect_equal_shapes("op::log_softmax_backward", dy, dx);
  ctx.for_each_row(y.rows(), y.cols(), detail::log_softmax_backward_row<T, D>{y, dy, dx});
}

}  // namespace kindred::op
