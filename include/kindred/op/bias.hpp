// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/op/reduce.hpp>

namespace kindred::op {

namespace detail {
template <class T, Device D>
struct add_bias_at {
  matrix_view<const T, D> x;
  vector_view<const T, D> bias;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const { y(r, c) = x(r, c) + bias(c); }
};
}  // namespace detail

/// y(r, c) = x(r, c) + bias(c).
///
/// bias   one per column
/// y      the shape of x; may be x
///
/// Complexity   O(elements), one launch.
/// Determinism  bit-equal on every device.
/// Errors       shape_error if the shapes do not fit.
template <Device D, Scalar T>
void add_bias(context<D>& ctx, const_matrix<T, D> x, const_vector<T, D> bias, matrix_view<T, D> y) {
  expect_equal_shapes("op::add_bias", x, y);
  expect_size("op::add_bias", bias, x.cols(), "columns");
  ctx.for_each(y.rows(), y.cols(), detail::add_bias_at<T, D>{x, bias, y});
}

/// dbias(c) += sum over r of dy(r, c). The gradient for x is dy itself.
///
/// dbias   one per column, accumulated
///
/// Complexity, Determinism, Errors   as column_sums().
template <Device D, Scalar T>
void add_bias_backward(context<D>& ctx, const_matrix<T, D> dy, vector_view<T, D> dbias) {
  add_column_sums(ctx, dy, dbias);
}

}  // namespace kindred::op
