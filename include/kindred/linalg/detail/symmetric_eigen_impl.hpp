// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/core/array.hpp>
#include <kindred/linalg/detail/eigen_impl.hpp>
#include <kindred/linalg/symmetric_eigen.hpp>
#include <vector>

namespace kindred::linalg {

template <std::same_as<double> T>
void symmetric_eigen(context<cpu>& ctx, const_matrix<T, cpu> a, vector_view<T, cpu> values,
                     matrix_view<T, cpu> vectors) {
  const index_t n = a.rows();
  expects(a.cols() == n && values.size() == n && vectors.rows() == n && vectors.cols() == n,
          "linalg::symmetric_eigen: a is {} x {}, values {}, vectors {} x {}", a.rows(), a.cols(), values.size(),
          vectors.rows(), vectors.cols());
  if (n == 0) return;
  double largest = 0;
  for (index_t r = 0; r < n; ++r)
    for (index_t c = 0; c <= r; ++c) {
      expects<argument_error>(std::isfinite(a(r, c)), "linalg::symmetric_eigen: element ({}, {}) is {}", r, c, a(r, c));
      largest = std::max(largest, std::abs(a(r, c)));
    }
  // a power of two, so that scaling neither rounds nor lets squares overflow
  int exponent = 0;
  std::frexp(largest, &exponent);
  const scratch_scope scope(ctx);
  const matrix_view<T, cpu> scaled = scratch_matrix<T>(ctx, n, n), found = scratch_matrix<T>(ctx, n, n);
  const vector_view<T, cpu> ascending = scratch_vector<T>(ctx, n);
  for (index_t r = 0; r < n; ++r)
    for (index_t c = 0; c <= r; ++c) scaled(r, c) = scaled(c, r) = std::ldexp(a(r, c), -exponent);
  detail::ascending_eigen(scaled, ascending, found);
  for (index_t j = 0; j < n; ++j) {
    const index_t from = n - 1 - j;
    index_t peak = 0;
    for (index_t r = 1; r < n; ++r)
      if (std::abs(found(from, r)) > std::abs(found(from, peak))) peak = r;
    const double sign = found(from, peak) < 0 ? -1 : 1;
    for (index_t r = 0; r < n; ++r) vectors(r, j) = sign * found(from, r);
    values(j) = std::ldexp(ascending(from), exponent);
  }
}

}  // namespace kindred::linalg
