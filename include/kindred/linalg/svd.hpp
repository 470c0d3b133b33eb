// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>

namespace kindred::linalg {

/// The thin singular value decomposition.
///
/// a = u diag(values) v',   r = min(m, n)
///
/// a       m x n
/// u       m x r, overwritten; orthonormal columns, the entry of largest magnitude of each is positive (of several, the
///         one with the lowest row)
/// values  r, overwritten; descending, at least 0
/// v       n x r, overwritten; orthonormal columns with signs that fit u
///
/// The eigenvectors of the smaller of a'a and aa' give a first basis; Jacobi rotations then remove the error that
/// squaring left behind, so values down to r * 1e-15 of the largest one are accurate. What lies below is noise: its
/// vectors complete the orthonormal sets.
///
/// Complexity   O(m n r), about 12 r^3 of it on top of three products. Scratch about 2 (m + n) r + 4 r^2 numbers.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error when sizes do not fit; argument_error when `a` holds NaN or infinity.
/// Reference    Golub and Van Loan 2013, 8.6.3 (one-sided Jacobi), preconditioned as described.
template <std::same_as<double> T>
void svd(context<cpu>& ctx, const_matrix<T, cpu> a, matrix_view<T, cpu> u, vector_view<T, cpu> values,
         matrix_view<T, cpu> v);

}  // namespace kindred::linalg

#if !defined(KINDRED_COMPILED)
#include <kindred/linalg/detail/svd_impl.hpp>
#endif
