// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <vector>

namespace kindred::linalg {

/// When conjugate_gradient stops.
struct conjugate_gradient_options {
  double tolerance = 1e-10;       ///< of |b - a x| over |b|, for each column
  index_t max_iterations = 1000;  ///< at least 0
};

/// What conjugate_gradient reached.
struct conjugate_gradient_result {
  index_t iterations;  ///< times the matrix was applied to all columns after the first
  double residual;     ///< the largest |b - a x| / |b| of a column, as carried along
  bool converged;      ///< whether `residual` meets the tolerance
};

/// Solves a x = b for a symmetric positive definite matrix that is known by what it does to vectors, for several
/// right-hand sides at once, each by steps of its own.
///
/// apply  apply(u, v): v := a u for u and v of n x m
/// b      n x m
/// x      n x m; holds where to start, overwritten
///
/// Steps needed grow with the square root of the condition number of a. Columns of b that are 0 give 0.
///
/// Complexity   one application and about 10 n m operations a step; memory 3 n m numbers.
/// Determinism  the same bytes for any number of threads, if `apply` is so.
/// Errors       shape_error when sizes do not fit; argument_error when `a` is found not to be positive definite or
///              gives NaN. Reaching max_iterations is no error: the result tells.
/// Reference    Hestenes and Stiefel 1952.
template <class Apply>
conjugate_gradient_result conjugate_gradient(context<cpu>& ctx, const Apply& apply, matrix_view<const double, cpu> b,
                                             matrix_view<double, cpu> x,
                                             const conjugate_gradient_options& options = {}) {
  const index_t n = b.rows(), m = b.cols();
  expects(x.rows() == n && x.cols() == m, "linalg::conjugate_gradient: {} x {} from {} x {}", x.rows(), x.cols(), n, m);
  const auto dots = [n, m](matrix_view<const double, cpu> u, matrix_view<const double, cpu> v) {
    std::vector<double> sums(static_cast<std::size_t>(m), 0);
    for (index_t i = 0; i < n; ++i)
      for (index_t c = 0; c < m; ++c) sums[static_cast<std::size_t>(c)] += u(i, c) * v(i, c);
    return sums;
  };
  matrix<double, cpu> rest(ctx, n, m, uninitialized), way(ctx, n, m, uninitialized), image(ctx, n, m, uninitialized);
  const matrix_view<double, cpu> r = rest.view(), p = way.view(), q = image.view();
  apply(matrix_view<const double, cpu>(x), q);
  for (index_t i = 0; i < n; ++i)
    for (index_t c = 0; c < m; ++c) p(i, c) = r(i, c) = b(i, c) - q(i, c);
  const std::vector<double> wanted = dots(b, b);
  std::vector<double> square = dots(r, r), step(static_cast<std::size_t>(m)), turn = step;
  conjugate_gradient_result reached{0, 0, false};
  for (;; ++reached.iterations) {
    reached.residual = 0;
    for (std::size_t c = 0; c < square.size(); ++c) {
      expects<argument_error>(square[c] - square[c] == 0, "linalg::conjugate_gradient: column {} is not finite", c);
      const double share = square[c] == 0 ? 0 : wanted[c] > 0 ? std::sqrt(square[c] / wanted[c]) : 1.0;
      if (share > reached.residual) reached.residual = share;
    }
    reached.converged = reached.residual <= options.tolerance;
    if (reached.converged || reached.iterations >= options.max_iterations) return reached;
    apply(matrix_view<const double, cpu>(p), q);
    const std::vector<double> bent = dots(p, q);
    for (std::size_t c = 0; c < step.size(); ++c) {
      expects<argument_error>(square[c] == 0 || bent[c] > 0,
                              "linalg::conjugate_gradient: the matrix is not positive definite (column {}, p'ap = {})",
                              c, bent[c]);
      step[c] = square[c] == 0 ? 0 : square[c] / bent[c];
    }
    for (index_t i = 0; i < n; ++i)
      for (index_t c = 0; c < m; ++c) {
        x(i, c) += step[static_cast<std::size_t>(c)] * p(i, c);
        r(i, c) -= step[static_cast<std::size_t>(c)] * q(i, c);
      }
    const std::vector<double> next = dots(r, r);
    for (std::size_t c = 0; c < turn.size(); ++c) turn[c] = square[c] == 0 ? 0 : next[c] / square[c];
    square = next;
    for (index_t i = 0; i < n; ++i)
      for (index_t c = 0; c < m; ++c) p(i, c) = r(i, c) + turn[static_cast<std::size_t>(c)] * p(i, c);
  }
}

}  // namespace kindred::linalg
