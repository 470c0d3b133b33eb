// SPDX-License-Identifier: Apache-2.0
/// @file
/// The only include of Eigen's decompositions; nothing of Eigen shows in a signature.
#pragma once

#if defined(__CUDACC__) && !defined(EIGEN_NO_CUDA)
#error \
    "define EIGEN_NO_CUDA before Eigen is included in a .cu file (link kindred::cuda): otherwise Eigen drops SIMD and its symbols can replace those of your .cpp files"
#endif

#include <Eigen/Eigenvalues>
#include <kindred/core/error.hpp>
#include <kindred/core/view.hpp>

namespace kindred::linalg::detail {

/// Eigenvalues of `a` (n x n, contiguous, symmetric; only the lower triangle counts), ascending, and the eigenvector of
/// values(j) in row j of `vectors`.
template <std::same_as<double> T>
void ascending_eigen(const_matrix<T, cpu> a, vector_view<T, cpu> values, matrix_view<T, cpu> vectors) {
  // column-major: what are rows here are columns to Eigen, so its lower triangle is our upper one
  using square = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  const Eigen::Map<const square> map(a.data(), a.rows(), a.cols());
  const Eigen::SelfAdjointEigenSolver<square> solver(map.transpose());
  expects<argument_error>(solver.info() == Eigen::Success, "linalg::symmetric_eigen: no convergence for {} x {}",
                          a.rows(), a.cols());
  Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, 1>>(values.data(), values.size()) = solver.eigenvalues();
  Eigen::Map<square>(vectors.data(), vectors.rows(), vectors.cols()) = solver.eigenvectors();
}

}  // namespace kindred::linalg::detail
