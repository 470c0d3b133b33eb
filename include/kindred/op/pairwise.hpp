// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/op/reduce.hpp>

namespace kindred::op {

namespace detail {

template <class T, Device D>
struct square_distance_at {
  matrix_view<const T, D> gram;
  matrix_view<T, D> distances;
  KINDRED_HD void operator()(index_t i, index_t j) const {
    const T square = (gram(i, i) + gram(j, j)) - T(2) * gram(i, j);
    distances(i, j) = i == j || square < T(0) ? T(0) : square;
  }
};

/// The part of a gradient that passes: nothing where the distance was cut off at 0, or is 0 by definition.
template <class T, Device D>
struct passing_gradient {
  matrix_view<const T, D> distances, ddistances;
  KINDRED_HD T operator()(index_t i, index_t j) const {
    return i == j || distances(i, j) == T(0) ? T(0) : ddistances(i, j);
  }
};
template <class T, Device D>
struct square_distance_backward_row {
  passing_gradient<T, D> gradient;
  vector_view<const T, D> column_sums;
  matrix_view<T, D> dgram;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t i) const {
    const T sum = g.reduce(dgram.cols(), T(0), plus{}, [&](index_t j) { return gradient(i, j); });
    g.for_each(dgram.cols(), [&](index_t j) { dgram(i, j) = i == j ? sum + column_sums(i) : T(-2) * gradient(i, j); });
  }
};

}  // namespace detail

/// distances(i, j) = |x_i - x_j|^2 = gram(i, i) + gram(j, j) - 2 gram(i, j), from the inner products of n vectors.
/// At least 0, although rounding may say otherwise, and exactly 0 on the diagonal. NaN stays NaN.
///
/// gram        n x n, gram(i, j) = x_i . x_j
/// distances   n x n, not gram itself; symmetric to the bit if gram is
///
/// Complexity   O(n^2), one launch. Rounding leaves an error of some units in the last place of |x|^2, not of the
///              distance: near duplicates are better compared after centring.
/// Determinism  bit-equal on every device that rounds alike.
/// Errors       shape_error if gram is not square or the shapes differ.
template <Device D, Scalar T>
void square_distances(context<D>& ctx, const_matrix<T, D> gram, matrix_view<T, D> distances) {
  expects(gram.rows() == gram.cols(), "op::square_distances: expected a square matrix, got {} x {}", gram.rows(),
          gram.cols());
  expect_equal_shapes("op::square_distances", gram, distances);
  ctx.for_each(gram.rows(), gram.cols(), detail::square_distance_at<T, D>{gram, distances});
}

/// The gradient for the inner products: with e(i, j) = ddistances(i, j) where i and j differ and the distance is above
/// 0, else 0: dgram(i, j) = -2 e(i, j), dgram(i, i) = sum over j of e(i, j) + e(j, i). Overwritten.
///
/// distances    n x n, from square_distances()
/// ddistances   n x n, need not be symmetric
/// dgram        n x n, not one of the others; the gradient for the rows x is (dgram + dgram') x
///
/// Complexity   O(n^2), three launches; scratch of n numbers and n per 256 rows.
/// Determinism  bit-equal for equal inputs on one device.
/// Errors       shape_error if the matrices are not square or differ in shape.
template <Device D, Scalar T>
void square_distances_backward(context<D>& ctx, const_matrix<T, D> distances, const_matrix<T, D> ddistances,
                               matrix_view<T, D> dgram) {
  expects(dgram.rows() == dgram.cols(), "op::square_distances_backward: expected a square matrix, got {} x {}",
          dgram.rows(), dgram.cols());
  expect_equal_shapes("op::square_distances_backward", distances, dgram);
  expect_equal_shapes("op::square_distances_backward", ddistances, dgram);
  const index_t n = dgram.rows();
  const scratch_scope scope(ctx);
  const auto sums = scratch_vector<T>(ctx, n);
  const detail::passing_gradient<T, D> gradient{distances, ddistances};
  fold_columns<T>(ctx, n, n, gradient, detail::store_sum<T, D>{sums});
  ctx.for_each_row(n, n, detail::square_distance_backward_row<T, D>{gradient, sums, dgram});
}

}  // namespace kindred::op
