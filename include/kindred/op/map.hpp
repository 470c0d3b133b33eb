// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/context.hpp>
#include <kindred/op/shape_check.hpp>

namespace kindred::op {

namespace detail {
template <class F, class T, Device D>
struct map_at {
  F f;
  matrix_view<const T, D> x;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const { y(r, c) = f(x(r, c)); }
};
template <class F, class T, Device D>
struct map_two_at {
  F f;
  matrix_view<const T, D> a, b;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const { y(r, c) = f(a(r, c), b(r, c)); }
};
template <class F, class T, Device D>
struct map_three_at {
  F f;
  matrix_view<const T, D> a, b, c;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t row, index_t col) const { y(row, col) = f(a(row, col), b(row, col), c(row, col)); }
};
}  // namespace detail

/// y(r, c) = f(x(r, c)) for every element.
///
/// f   a copyable functor whose call operator is marked KINDRED_HD; on a GPU a named type, not a lambda
/// y   the shape of the inputs; may be one of them
///
/// Complexity   one call of f per element, one launch.
/// Determinism  the bits of each element depend on f and its inputs only.
/// Errors       shape_error if the shapes differ.
template <Device D, class F, Scalar T>
void map(context<D>& ctx, F f, const_matrix<T, D> x, matrix_view<T, D> y) {
  expect_equal_shapes("op::map", x, y);
  ctx.for_each(y.rows(), y.cols(), detail::map_at<F, T, D>{f, x, y});
}
/// y(r, c) = f(a(r, c), b(r, c)).
template <Device D, class F, Scalar T>
void map(context<D>& ctx, F f, const_matrix<T, D> a, const_matrix<T, D> b, matrix_view<T, D> y) {
  expect_equal_shapes("op::map", a, y);
  expect_equal_shapes("op::map", b, y);
  ctx.for_each(y.rows(), y.cols(), detail::map_two_at<F, T, D>{f, a, b, y});
}
/// y(r, col) = f(a(r, col), b(r, col), c(r, col)).
template <Device D, class F, Scalar T>
void map(context<D>& ctx, F f, const_matrix<T, D> a, const_matrix<T, D> b, const_matrix<T, D> c, matrix_view<T, D> y) {
  expect_equal_shapes("op::map", a, y);
  expect_equal_shapes("op::map", b, y);
  expect_equal_shapes("op::map", c, y);
  ctx.for_each(y.rows(), y.cols(), detail::map_three_at<F, T, D>{f, a, b, c, y});
}

}  // namespace kindred::op
