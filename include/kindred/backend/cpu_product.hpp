// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/context.hpp>

namespace kindred {

/// Vector instructions that the products of context<cpu> can use, narrow to wide.
enum class instruction_set : int { baseline, avx2, avx512 };

/// The widest that this machine and this build know: avx512 needs F, VL, DQ, BW and FMA; avx2 needs FMA.
instruction_set best_instruction_set();

constexpr const char* name(instruction_set set) {
  return set == instruction_set::avx512 ? "avx512" : set == instruction_set::avx2 ? "avx2" : "baseline";
}

namespace detail {
template <Scalar T>
void cpu_gemm(context<cpu>& ctx, T alpha, matrix_view<const T, cpu> a, transpose ta, matrix_view<const T, cpu> b,
              transpose tb, T beta, matrix_view<T, cpu> c);

/// out = a b' through the library's own kernel, with a CBLAS too: scores keep what context<cpu> says of its products.
template <Scalar T>
void cpu_scores(context<cpu>& ctx, matrix_view<const T, cpu> a, matrix_view<const T, cpu> b, matrix_view<T, cpu> out);

/// out(r) = row r times itself, with the bits that cpu_scores gives to equal rows.
template <Scalar T>
void cpu_square_norms(context<cpu>& ctx, matrix_view<const T, cpu> rows, vector_view<T, cpu> out);
}  // namespace detail

}  // namespace kindred
