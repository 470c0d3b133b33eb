// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>

namespace kindred::linalg {

/// The inverse square root of a symmetric positive semi-definite matrix on the directions that are not noise.
///
/// out = sum over values w_i > tolerance w_1 of v_i v_i' / sqrt(w_i),  (w, v) the eigenpairs of a
///
/// a          n x n; only the lower triangle is read
/// tolerance  share of the largest eigenvalue up to which a direction is noise and left out
/// out        n x n, overwritten, symmetric to the last bit
/// returns    the effective rank: how many directions were kept; 0 leaves out = 0
///
/// Complexity   O(n^3), see symmetric_eigen.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error when sizes do not fit; argument_error for NaN or infinity in `a` or a negative tolerance.
template <std::same_as<double> T>
index_t inverse_root(context<cpu>& ctx, const_matrix<T, cpu> a, double tolerance, matrix_view<T, cpu> out);

}  // namespace kindred::linalg

#if !defined(KINDRED_COMPILED)
#include <kindred/linalg/detail/inverse_root_impl.hpp>
#endif
