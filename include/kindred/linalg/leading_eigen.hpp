// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <kindred/linalg/symmetric_eigen.hpp>
#include <vector>

namespace kindred::linalg {

/// How leading_eigen searches.
struct leading_eigen_options {
  index_t block = 0;  ///< vectors that the matrix is applied to at a time; 0: a fourth of what is wanted, 8 to 32
  double tolerance = 1e-13;  ///< a pair is found when |a v - w v| is at most that share of the largest |w|
  std::uint64_t seed = 1;    ///< of the starting vectors
};

namespace detail {

/// The growing orthonormal basis of a block Krylov space of a symmetric matrix, with the matrix as seen in that basis.
class krylov_basis {
 public:
  krylov_basis(context<cpu>& ctx, index_t n, index_t block, std::uint64_t seed);
  index_t size() const { return size_; }
  index_t newest() const { return newest_; }
  /// Columns: the newest block of the basis.
  matrix<double, cpu> block() const;
  /// Takes what the matrix makes of the newest block; afterwards projected() covers the whole basis.
  void absorb(matrix_view<const double, cpu> image);
  /// Values and vectors in the basis, and |a v - w v| for the first `wanted` of them.
  void ritz(index_t wanted, std::vector<double>& values, matrix<double, cpu>& vectors, std::vector<double>& residuals);
  /// Appends the next block; not when the basis spans everything already.
  void grow() { append(left_over_.view()); }
  /// n x wanted: the basis times the first columns of `vectors`, signs fixed.
  matrix<double, cpu> expand(const matrix<double, cpu>& vectors, index_t wanted) const;

 private:
  void append(matrix_view<double, cpu> rows);
  void remove_basis(matrix_view<double, cpu> rows);
  matrix_view<const double, cpu> rows() const { return {rows_.data(), size_, n_}; }
  context<cpu>* ctx_;
  index_t n_, size_ = 0, newest_ = 0;
  std::uint64_t seed_, drawn_ = 0;
  double scale_ = 0;
  std::vector<double> rows_;       // size x n
  std::vector<double> projected_;  // size x size
  matrix<double, cpu> left_over_;  // newest x n: the image of the newest block without its part in the basis
};

}  // namespace detail

/// The leading eigenpairs of a symmetric matrix that is known by what it does to vectors.
///
/// a vectors = vectors diag(values), values the k largest, descending
///
/// n        rows of the matrix
/// apply    apply(x, y): y := a x for x and y of n x b; must be symmetric and give the same bytes for the same x
/// values   k, overwritten
/// vectors  n x k, overwritten; orthonormal, the entry of largest magnitude of each column is positive
///
/// A block Krylov space grows, every vector of it made orthogonal to all others twice, until the residuals of all k
/// pairs meet the tolerance; in the worst case it becomes the whole space and the result that of symmetric_eigen.
///
/// Complexity   as many applications as vectors in the space (a few times k where values fall off), O(n m^2) and O(m^3)
///              for a space of m vectors; n m + 2 m^2 numbers.
/// Determinism  the same bytes for any number of threads; other seeds change last digits only.
/// Errors       shape_error when sizes do not fit or k exceeds n; argument_error when apply gives NaN or infinity.
/// Reference    Golub and Underwood 1977 (block Lanczos), here with full reorthogonalization.
template <class Apply>
void leading_eigen(context<cpu>& ctx, index_t n, const Apply& apply, vector_view<double, cpu> values,
                   matrix_view<double, cpu> vectors, const leading_eigen_options& options = {}) {
  const index_t k = values.size();
  expects(k <= n && vectors.rows() == n && vectors.cols() == k,
          "linalg::leading_eigen: {} values, {} x {} vectors of {}", k, vectors.rows(), vectors.cols(), n);
  if (k == 0) return;
  const index_t wished = options.block > 0 ? options.block : std::clamp<index_t>(k / 4, 8, 32);
  detail::krylov_basis basis(ctx, n, std::min(wished, n), options.seed);
  std::vector<double> found, residuals;
  matrix<double, cpu> inside(ctx, 0, 0);
  for (index_t next_look = std::min(n, 2 * k + wished);;) {
    const matrix<double, cpu> x = basis.block();
    matrix<double, cpu> image(ctx, n, x.cols(), uninitialized);
    apply(x.view(), image.view());
    basis.absorb(image.view());
    if (basis.size() >= next_look) {
      basis.ritz(k, found, inside, residuals);
      double largest = 0;
      for (const double w : found) largest = std::max(largest, std::abs(w));
      const double most = options.tolerance * largest;
      const bool done = std::all_of(residuals.begin(), residuals.end(), [most](double r) { return r <= most; });
      if (done || basis.size() == n) break;
      next_look = std::min(n, basis.size() + basis.size() / 4 + 1);
    }
    basis.grow();
  }
  const matrix<double, cpu> result = basis.expand(inside, k);
  for (index_t j = 0; j < k; ++j) {
    values(j) = found[static_cast<std::size_t>(j)];
    for (index_t i = 0; i < n; ++i) vectors(i, j) = result.view()(i, j);
  }
}

}  // namespace kindred::linalg

#if !defined(KINDRED_COMPILED)
#include <kindred/linalg/leading_eigen_impl.hpp>
#endif
