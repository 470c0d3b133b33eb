// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
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
template <std::same_as<double> T>
class krylov_basis {
 public:
  /// For the `wanted` leading pairs of an n x n matrix.
  krylov_basis(context<cpu>& ctx, index_t n, index_t wanted, const leading_eigen_options& options);
  /// Columns: the newest block of the basis.
  matrix<T, cpu> block() const;
  /// Takes what the matrix makes of the newest block. True when the wanted pairs are found; otherwise there is a next
  /// block.
  bool absorb(matrix_view<const T, cpu> image);
  /// The wanted pairs, signs fixed.
  void results(vector_view<T, cpu> values, matrix_view<T, cpu> vectors) const;

 private:
  void append(matrix_view<T, cpu> rows);
  void remove_basis(matrix_view<T, cpu> rows) const;
  void project(matrix_view<const T, cpu> image);
  bool converged();
  matrix_view<const T, cpu> rows() const { return {rows_.data(), size_, n_}; }
  context<cpu>* ctx_;
  index_t n_, wanted_, size_ = 0, newest_ = 0, next_look_;
  double tolerance_;
  std::uint64_t seed_, drawn_ = 0;
  double scale_ = 0;
  std::vector<double> rows_;       // size x n
  std::vector<double> projected_;  // size x size
  matrix<T, cpu> left_over_;       // newest x n: the image of the newest block without its part in the basis
  std::vector<double> values_;     // of the matrix in the basis
  matrix<T, cpu> inside_;          // and its vectors there
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
template <std::same_as<double> T, class Apply>
void leading_eigen(context<cpu>& ctx, index_t n, const Apply& apply, vector_view<T, cpu> values,
                   matrix_view<T, cpu> vectors, const leading_eigen_options& options = {}) {
  const index_t k = values.size();
  expects(k <= n && vectors.rows() == n && vectors.cols() == k,
          "linalg::leading_eigen: {} values, {} x {} vectors of {}", k, vectors.rows(), vectors.cols(), n);
  if (k == 0) return;
  detail::krylov_basis<T> basis(ctx, n, k, options);
  for (bool found = false; !found;) {
    const matrix<T, cpu> x = basis.block();
    matrix<T, cpu> image(ctx, n, x.cols(), uninitialized);
    apply(x.view(), image.view());
    found = basis.absorb(image.view());
  }
  basis.results(values, vectors);
}

}  // namespace kindred::linalg

#if !defined(KINDRED_COMPILED)
#include <kindred/linalg/detail/leading_eigen_impl.hpp>
#endif
