// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/linalg/inverse_root.hpp>
#include <kindred/linalg/symmetric_eigen.hpp>

namespace kindred::linalg {

template <std::same_as<double> T>
index_t inverse_root(context<cpu>& ctx, const_matrix<T, cpu> a, double tolerance, matrix_view<T, cpu> out) {
  const index_t n = a.rows();
  expects(a.cols() == n && out.rows() == n && out.cols() == n, "linalg::inverse_root: a is {} x {}, out {} x {}", n,
          a.cols(), out.rows(), out.cols());
  expects<argument_error>(tolerance >= 0, "linalg::inverse_root: tolerance {} is negative", tolerance);
  const scratch_scope scope(ctx);
  const matrix_view<T, cpu> vectors = scratch_matrix<T>(ctx, n, n);
  const vector_view<T, cpu> values = scratch_vector<T>(ctx, n);
  symmetric_eigen(ctx, a, values, vectors);
  index_t rank = 0;
  while (rank < n && values(rank) > std::max(tolerance * values(0), 0.0)) ++rank;
  // fourth roots on both sides, so that the product is one of a matrix with its own transpose
  for (index_t i = 0; i < n; ++i)
    for (index_t j = 0; j < rank; ++j) vectors(i, j) /= std::sqrt(std::sqrt(values(j)));
  const matrix_view<T, cpu> kept = vectors.middle_cols(0, rank);
  ctx.gemm<T>(1, kept, transpose::no, kept, transpose::yes, 0, out);
  for (index_t i = 0; i < n; ++i)  // holds already unless a CBLAS multiplies
    for (index_t j = 0; j < i; ++j) out(j, i) = out(i, j);
  return rank;
}

}  // namespace kindred::linalg
