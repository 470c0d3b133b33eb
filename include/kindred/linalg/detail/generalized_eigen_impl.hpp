// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/linalg/cholesky.hpp>
#include <kindred/linalg/generalized_eigen.hpp>
#include <kindred/linalg/symmetric_eigen.hpp>

namespace kindred::linalg {

template <std::same_as<double> T>
void generalized_eigen(context<cpu>& ctx, const_matrix<T, cpu> a, const_matrix<T, cpu> b, vector_view<T, cpu> values,
                       matrix_view<T, cpu> vectors) {
  const index_t n = a.rows();
  expects(a.cols() == n && b.rows() == n && b.cols() == n && values.size() == n && vectors.rows() == n &&
              vectors.cols() == n,
          "linalg::generalized_eigen: a is {} x {}, b {} x {}, values {}, vectors {} x {}", n, a.cols(), b.rows(),
          b.cols(), values.size(), vectors.rows(), vectors.cols());
  matrix<T, cpu> copy(ctx, n, n), half(ctx, n, n);
  for (index_t i = 0; i < n; ++i)
    for (index_t j = 0; j <= i; ++j) {
      copy.view()(i, j) = b(i, j);
      half.view()(i, j) = half.view()(j, i) = a(i, j);
    }
  const cholesky factor(ctx, std::move(copy));
  expects<argument_error>(factor.positive_definite(), "linalg::generalized_eigen: pivot {} of b is not positive",
                          factor.failed_at());
  // L^-1 a L'^-1, one side at a time
  factor.solve_lower(ctx, half.view());
  matrix<T, cpu> whole(ctx, n, n, uninitialized);
  for (index_t i = 0; i < n; ++i)
    for (index_t j = 0; j < n; ++j) whole.view()(i, j) = half.view()(j, i);
  factor.solve_lower(ctx, whole.view());
  symmetric_eigen(ctx, whole, values, vectors);
  factor.solve_upper(ctx, vectors);
  for (index_t j = 0; j < n; ++j) {
    index_t peak = 0;
    for (index_t i = 1; i < n; ++i)
      if (std::abs(vectors(i, j)) > std::abs(vectors(peak, j))) peak = i;
    if (vectors(peak, j) < 0)
      for (index_t i = 0; i < n; ++i) vectors(i, j) = -vectors(i, j);
  }
}

}  // namespace kindred::linalg
