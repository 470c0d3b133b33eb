// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>

namespace kindred::linalg {

/// All eigenvalues and eigenvectors of a pencil of a symmetric and a positive definite matrix.
///
/// a v_j = values(j) b v_j,   vectors' b vectors = I
///
/// a, b     n x n, symmetric; only the lower triangles are read
/// values   n, overwritten, descending
/// vectors  n x n, overwritten; column j belongs to values(j), its entry of largest magnitude is positive
///
/// Complexity   O(n^3): a Cholesky factor, two triangular solves, symmetric_eigen.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error when sizes do not fit; argument_error when b is not positive definite to working precision
///              (the pivot is named), or for NaN or infinity.
/// Reference    Golub and Van Loan 2013, 8.7.2.
template <std::same_as<double> T>
void generalized_eigen(context<cpu>& ctx, const_matrix<T, cpu> a, const_matrix<T, cpu> b, vector_view<T, cpu> values,
                       matrix_view<T, cpu> vectors);

}  // namespace kindred::linalg

#if !defined(KINDRED_COMPILED)
#include <kindred/linalg/detail/generalized_eigen_impl.hpp>
#endif
