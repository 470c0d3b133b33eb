// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>

namespace kindred::linalg {

/// All eigenvalues and eigenvectors of a symmetric matrix.
///
/// a = vectors diag(values) vectors'
///
/// a        n x n; only the lower triangle is read
/// values   n, overwritten, descending
/// vectors  n x n, overwritten; column j belongs to values(j), columns are orthonormal, the entry of largest magnitude
///          of each is positive (of several, the one with the lowest row). May not overlap `a`.
///
/// The error of a value is a small multiple of 1e-16 times the largest one in magnitude; a vector is as well determined
/// as its value lies apart from the others.
///
/// Complexity   O(n^3): about 9 n^3 floating-point operations, 2 n^2 numbers of scratch.
/// Determinism  the same bytes for any number of threads of `ctx`, on one of which it runs. Eigen does the work: in a
///              program compiled with OpenMP its own threads may show in the last bits (EIGEN_DONT_PARALLELIZE).
/// Errors       shape_error when sizes do not fit; argument_error when `a` holds NaN or infinity.
/// Reference    Eigen's SelfAdjointEigenSolver (Golub and Van Loan 2013, 8.3: Householder tridiagonalization, then QR
///              steps with implicit shifts); order, signs and scaling are added here.
template <std::same_as<double> T>
void symmetric_eigen(context<cpu>& ctx, const_matrix<T, cpu> a, vector_view<T, cpu> values,
                     matrix_view<T, cpu> vectors);

}  // namespace kindred::linalg

#if !defined(KINDRED_COMPILED)
#include <kindred/linalg/detail/symmetric_eigen_impl.hpp>
#endif
