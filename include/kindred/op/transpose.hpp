// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>

namespace kindred {

namespace op {

namespace detail {
// squares of 32 x 32 elements: both sides of a square fit into the nearest cache
template <class T, Device D>
struct transpose_square_row {
  matrix_view<const T, D> x;
  matrix_view<T, D> y;
  index_t across;  // squares beside each other in x
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t square) const {
    const index_t down = square / across, top = down * 32, left = (square - down * across) * 32;
    g.for_each(32 * 32, [&](index_t i) {
      const index_t r = top + (i & 31), c = left + (i >> 5);
      if (r < x.rows() && c < x.cols()) y(c, r) = x(r, c);
    });
  }
};
}  // namespace detail

/// y = x'.
///
/// x   rows x cols
/// y   cols x rows; shares no memory with x
///
/// Complexity   O(elements), one launch, a group per square of 32 x 32.
/// Determinism  bit-equal on every device.
/// Errors       shape_error if y has not the shape of x'.
template <Device D, Scalar T>
void transpose(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> y) {
  expects(x.rows() == y.cols() && x.cols() == y.rows(), "op::transpose: {} x {} into {} x {}", x.rows(), x.cols(),
          y.rows(), y.cols());
  const index_t across = (x.cols() + 31) / 32;
  ctx.for_each_row((x.rows() + 31) / 32 * across, 32 * 32, detail::transpose_square_row<T, D>{x, y, across});
}

}  // namespace op

/// A transposed copy of a matrix or of a view of one: op::transpose() into new memory.
template <Device D, class M>
requires MatrixArgument<M, D>
auto transposed(context<D>& ctx, const M& x) {
  matrix<typename M::value_type, D> y(ctx, x.cols(), x.rows(), uninitialized);
  op::transpose(ctx, as_const(x), y.view());
  return y;
}

}  // namespace kindred
