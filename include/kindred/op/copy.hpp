// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/context.hpp>
#include <kindred/op/shape_check.hpp>

namespace kindred::op {

namespace detail {
template <class X, class Y, Device D>
struct copy_at {
  matrix_view<const X, D> x;
  matrix_view<Y, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const { y(r, c) = static_cast<Y>(x(r, c)); }
};
template <class T, Device D>
struct scale_at {
  T alpha;
  matrix_view<T, D> x;
  KINDRED_HD void operator()(index_t r, index_t c) const { x(r, c) *= alpha; }
};
template <class T, Device D>
struct axpy_at {
  T alpha;
  matrix_view<const T, D> x;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const { y(r, c) += alpha * x(r, c); }
};
}  // namespace detail

/// Copies y = x, element by element; float is converted to double and double rounded to float.
///
/// y   the shape of x; does not overlap it
///
/// Complexity   one launch.
/// Determinism  bit-equal on every device.
/// Errors       shape_error if the shapes differ.
template <Device D, class T>
void copy(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> y) {
  expect_equal_shapes("op::copy", x, y);
  ctx.for_each(y.rows(), y.cols(), detail::copy_at<T, T, D>{x, y});
}
template <Device D, Scalar X, Scalar Y>
requires(!std::same_as<X, Y>)
void copy(context<D>& ctx, matrix_view<const X, D> x, matrix_view<Y, D> y) {
  expect_equal_shapes("op::copy", x, y);
  ctx.for_each(y.rows(), y.cols(), detail::copy_at<X, Y, D>{x, y});
}
template <Device D, class T>
void copy(context<D>& ctx, const_vector<T, D> x, vector_view<T, D> y) {
  copy(ctx, as_matrix(x, 1, x.size()), as_matrix(y, 1, y.size()));
}

/// Multiplies every element: x = alpha x. Complexity, determinism and errors as copy().
template <Device D, Scalar T>
void scale(context<D>& ctx, std::type_identity_t<T> alpha, matrix_view<T, D> x) {
  ctx.for_each(x.rows(), x.cols(), detail::scale_at<T, D>{alpha, x});
}
template <Device D, Scalar T>
void scale(context<D>& ctx, std::type_identity_t<T> alpha, vector_view<T, D> x) {
  scale(ctx, alpha, as_matrix(x, 1, x.size()));
}

/// Adds a multiple: y = y + alpha x, as BLAS calls it. x may be y.
template <Device D, Scalar T>
void axpy(context<D>& ctx, std::type_identity_t<T> alpha, const_matrix<T, D> x, matrix_view<T, D> y) {
  expect_equal_shapes("op::axpy", x, y);
  ctx.for_each(y.rows(), y.cols(), detail::axpy_at<T, D>{alpha, x, y});
}
template <Device D, Scalar T>
void axpy(context<D>& ctx, std::type_identity_t<T> alpha, const_vector<T, D> x, vector_view<T, D> y) {
  axpy(ctx, alpha, as_matrix(x, 1, x.size()), as_matrix(y, 1, y.size()));
}

}  // namespace kindred::op
