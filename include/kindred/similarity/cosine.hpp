// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/op/norm.hpp>
#include <kindred/similarity/product_form.hpp>

namespace kindred::similarity {

/// Cosine of the angle between two rows.
///
/// s(a, b) = a . b / (|a| |b|), in [-1, 1] up to rounding; 0 where a or b is all zeros
///
/// Lengths neither overflow nor vanish, however large or small the numbers are: see op::normalize_rows.
///
/// Gradient: nothing for a row of zeros, and nothing from its scores for the other side.
///
/// Complexity   a copy of each side, O((n + m) d) to make.
/// Determinism  see product_form::score; s(a, b) and s(b, a) have the same bits on context<cpu>.
/// Errors       shape_error as product_form::score. NaN or infinity in a row: all its scores are NaN.
struct cosine : product_form<cosine> {
  static constexpr const char* name = "cosine";  ///< in the files of an index
  static constexpr op::scoring scoring = op::scoring::inner_product;
  static constexpr bool rowwise = true;

  /// A copy with rows of length 1; rows of zeros stay.
  template <Device D, MatrixArgument<D> M>
  prepared<typename M::value_type, D> prepare(context<D>& ctx, const M& x) const {
    using T = typename M::value_type;
    matrix<T, D> unit(ctx, as_const(x).rows(), as_const(x).cols(), uninitialized);
    op::normalize_rows(ctx, as_const(x), unit.view());
    const matrix_view<const T, D> rows = unit.view();
    return {.rows = rows, .changed = std::move(unit)};
  }
  /// dx += (dy - y (y . dy)) / |x|, with y = x / |x|; rows of zeros get nothing.
  template <Scalar T, Device D>
  void prepare_backward(context<D>& ctx, const_matrix<T, D> x, const_matrix<T, D> y, const_matrix<T, D> dy,
                        matrix_view<T, D> dx) const {
    using rows = matrix_view<const T, D>;
    ctx.for_each_row(x.rows(), x.cols(), detail::unit_gradient_row<T, D, rows>{x, y, dy, dx});
  }
};

}  // namespace kindred::similarity
