// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/linalg/cholesky.hpp>
#include <limits>
#include <utility>

namespace kindred::linalg {

namespace detail {

inline constexpr index_t cholesky_block = 64;

/// Factors a diagonal block in place. The first pivot that is too small for its limit, or -1.
KINDRED_INLINE index_t factor_block(matrix_view<double, cpu> a, const double* least) {
  for (index_t j = 0; j < a.rows(); ++j) {
    double pivot = a(j, j);
    for (index_t k = 0; k < j; ++k) pivot -= a(j, k) * a(j, k);
    if (!(pivot > least[j])) return j;
    a(j, j) = std::sqrt(pivot);
    for (index_t i = j + 1; i < a.rows(); ++i) {
      double sum = a(i, j);
      for (index_t k = 0; k < j; ++k) sum -= a(i, k) * a(j, k);
      a(i, j) = sum / a(j, j);
    }
  }
  return -1;
}

}  // namespace detail

template <std::same_as<double> T>
cholesky<T>::cholesky(context<cpu>& ctx, matrix<T, cpu> a) : factor_(std::move(a)) {
  const matrix_view<T, cpu> l = factor_.view();
  const index_t n = l.rows();
  expects(l.cols() == n, "linalg::cholesky: a is {} x {}", n, l.cols());
  const scratch_scope scope(ctx);
  double* const least = ctx.scratch().take<T>(n);
  for (index_t i = 0; i < n; ++i)
    least[i] = std::abs(l(i, i)) * static_cast<double>(n) * std::numeric_limits<double>::epsilon();
  constexpr index_t block = detail::cholesky_block, wide = 4 * block;
  for (index_t k = 0; k < n; k += block) {
    const index_t here = std::min(block, n - k), next = k + here, rest = n - next;
    const matrix_view<T, cpu> corner = l.middle_rows(k, here).middle_cols(k, here);
    const index_t failed = detail::factor_block(corner, least + k);
    if (failed >= 0) {
      failed_at_ = k + failed;
      return;
    }
    const matrix_view<T, cpu> panel = l.middle_rows(next, rest).middle_cols(k, here);
    ctx.for_each_row(rest, here * here / 2, [=](const auto&, index_t r) {
      for (index_t j = 0; j < here; ++j) {
        double sum = panel(r, j);
        for (index_t i = 0; i < j; ++i) sum -= panel(r, i) * corner(j, i);
        panel(r, j) = sum / corner(j, j);
      }
    });
    for (index_t j = 0; j < rest; j += wide) {
      const index_t cols = std::min(wide, rest - j);
      ctx.gemm<T>(-1, panel.middle_rows(j, rest - j), transpose::no, panel.middle_rows(j, cols), transpose::yes, 1,
                  l.middle_rows(next + j, rest - j).middle_cols(next + j, cols));
    }
  }
}

template <std::same_as<double> T>
double cholesky<T>::log_determinant() const {
  expects<argument_error>(positive_definite(), "linalg::cholesky: no factor, pivot {} is not positive", failed_at_);
  double sum = 0;
  for (index_t i = 0; i < size(); ++i) sum += 2 * std::log(lower()(i, i));
  return sum;
}

template <std::same_as<double> T>
void cholesky<T>::check(matrix_view<T, cpu> b) const {
  expects<argument_error>(positive_definite(), "linalg::cholesky: no factor, pivot {} is not positive", failed_at_);
  expects(b.rows() == size(), "linalg::cholesky: {} rows for a factor of {}", b.rows(), size());
}

template <std::same_as<double> T>
void cholesky<T>::solve_lower(context<cpu>& ctx, matrix_view<T, cpu> b) const {
  check(b);
  const matrix_view<const T, cpu> l = lower();
  for (index_t k = 0; k < size(); k += detail::cholesky_block) {
    const index_t here = std::min(detail::cholesky_block, size() - k), next = k + here, rest = size() - next;
    for (index_t i = k; i < next; ++i) {
      double* const row = &b(i, 0);
      for (index_t j = k; j < i; ++j) {
        const double f = l(i, j);
        const double* const above = &b(j, 0);
        for (index_t c = 0; c < b.cols(); ++c) row[c] -= f * above[c];
      }
      for (index_t c = 0; c < b.cols(); ++c) row[c] /= l(i, i);
    }
    if (rest > 0)
      ctx.gemm<T>(-1, l.middle_rows(next, rest).middle_cols(k, here), transpose::no, b.middle_rows(k, here),
                  transpose::no, 1, b.middle_rows(next, rest));
  }
}

template <std::same_as<double> T>
void cholesky<T>::solve_upper(context<cpu>& ctx, matrix_view<T, cpu> b) const {
  check(b);
  const matrix_view<const T, cpu> l = lower();
  constexpr index_t block = detail::cholesky_block;
  for (index_t k = (size() - 1) / block * block; k >= 0; k -= block) {
    const index_t here = std::min(block, size() - k);
    for (index_t i = k + here - 1; i >= k; --i) {
      double* const row = &b(i, 0);
      for (index_t j = i + 1; j < k + here; ++j) {
        const double f = l(j, i);
        const double* const below = &b(j, 0);
        for (index_t c = 0; c < b.cols(); ++c) row[c] -= f * below[c];
      }
      for (index_t c = 0; c < b.cols(); ++c) row[c] /= l(i, i);
    }
    if (k > 0)
      ctx.gemm<T>(-1, l.middle_rows(k, here).middle_cols(0, k), transpose::yes, b.middle_rows(k, here), transpose::no,
                  1, b.middle_rows(0, k));
  }
}

template <std::same_as<double> T>
void cholesky<T>::solve(context<cpu>& ctx, matrix_view<T, cpu> b) const {
  solve_lower(ctx, b);
  solve_upper(ctx, b);
}

}  // namespace kindred::linalg
