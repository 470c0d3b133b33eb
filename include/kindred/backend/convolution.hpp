// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/context.hpp>
#include <kindred/core/patch_grid.hpp>

namespace kindred {

/// y = patches of x times w: each block of patches is copied together in the second-level cache and multiplied there by
/// the kernel of context<cpu>; the patch matrix is never written. One multiply-add chain per element, as in gemm.
///
/// Emitted with context<cpu>: backend/cpu.hpp.
///
/// x  grid.in_rows() x channels
/// w  (taps * channels) x outputs
/// y  grid.out_rows() x outputs, overwritten
template <Scalar T>
void device_convolve(context<cpu>& ctx, const patch_grid& grid, matrix_view<const T, cpu> x,
                     matrix_view<const T, cpu> w, matrix_view<T, cpu> y);

/// dw += patches of x, transposed, times dy. Long sums are cut into pieces by the shape only.
template <Scalar T>
void device_convolve_weights(context<cpu>& ctx, const patch_grid& grid, matrix_view<const T, cpu> x,
                             matrix_view<const T, cpu> dy, matrix_view<T, cpu> dw);

}  // namespace kindred
