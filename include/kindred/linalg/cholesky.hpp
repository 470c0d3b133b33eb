// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>

namespace kindred::linalg {

/// The Cholesky factor of a symmetric positive definite matrix, and what is solved with it.
///
/// a = L L', L lower triangular
///
/// A matrix that is not positive definite to working precision (a pivot at most n * 2.2e-16 of its diagonal element) is
/// reported by positive_definite(), not by NaN; then only positive_definite() and failed_at() may be called.
///
/// Complexity   n^3 / 3 to factor, n^2 per right-hand side to half-solve. The factor lies in the memory of `a`.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error when sizes do not fit; argument_error for a solve without a factor.
/// Reference    Golub and Van Loan 2013, 4.2.
template <std::same_as<double> T>
class cholesky {
 public:
  /// Factors `a` (n x n; only the lower triangle is read), which is taken over.
  cholesky(context<cpu>& ctx, matrix<T, cpu> a);

  /// Whether there is a factor.
  bool positive_definite() const { return failed_at_ < 0; }
  /// The first pivot that was not positive, or -1.
  index_t failed_at() const { return failed_at_; }
  index_t size() const { return factor_.rows(); }
  /// L; what lies above its diagonal is not meaningful.
  matrix_view<const T, cpu> lower() const { return factor_.view(); }
  /// log det(a); 0 for 0 x 0.
  double log_determinant() const;
  /// b := a^-1 b for b of n x m.
  void solve(context<cpu>& ctx, matrix_view<T, cpu> b) const;
  /// b := L^-1 b.
  void solve_lower(context<cpu>& ctx, matrix_view<T, cpu> b) const;
  /// b := L'^-1 b.
  void solve_upper(context<cpu>& ctx, matrix_view<T, cpu> b) const;

 private:
  void check(matrix_view<T, cpu> b) const;
  matrix<T, cpu> factor_;
  index_t failed_at_ = -1;
};

}  // namespace kindred::linalg

#if !defined(KINDRED_COMPILED)
#include <kindred/linalg/detail/cholesky_impl.hpp>
#endif
