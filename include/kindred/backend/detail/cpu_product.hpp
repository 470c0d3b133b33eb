// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/detail/cpu_quantized.hpp>
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

/// op(b) as cpu_gemm_packed() reads it, in the scratch memory of the caller's scope; null where it is too large to pack at once
/// or another library multiplies.
template <Scalar T>
const T* cpu_pack(context<cpu>& ctx, matrix_view<const T, cpu> b, transpose tb);

/// cpu_gemm for a b that cpu_pack() has packed: the same bytes.
template <Scalar T>
void cpu_gemm_packed(context<cpu>& ctx, T alpha, matrix_view<const T, cpu> a, transpose ta, matrix_view<const T, cpu> b,
                     transpose tb, const T* packed, T beta, matrix_view<T, cpu> c);

/// out = a b' through the library's own kernel, with a CBLAS too: scores keep what context<cpu> says of its products.
template <Scalar T>
void cpu_scores(context<cpu>& ctx, matrix_view<const T, cpu> a, matrix_view<const T, cpu> b, matrix_view<T, cpu> out);

/// Turns the products that cpu_scores() gives into scores of squared distances; see backend/detail/distance.hpp. Norms are those of
/// cpu_square_norms().
template <Scalar T>
void cpu_distances(context<cpu>& ctx, matrix_view<const T, cpu> a, vector_view<const T, cpu> a_norms,
                   matrix_view<const T, cpu> b, vector_view<const T, cpu> b_norms, matrix_view<T, cpu> scores);

/// out(r) = row r times itself, with the bits that cpu_scores gives to equal rows.
template <Scalar T>
void cpu_square_norms(context<cpu>& ctx, matrix_view<const T, cpu> rows, vector_view<T, cpu> out);

/// What op::nearest hands to the search kernels. Norms are absent for inner products, keep and excluded for no filter,
/// quantized for one pass. T is float where quantized rows are there.
template <class T>
struct nearest_arguments {
  matrix_view<const T, cpu> queries, gallery;
  vector_view<const T, cpu> query_norms, gallery_norms;
  vector_view<const std::uint8_t, cpu> keep;
  vector_view<const index_t, cpu> excluded;
  matrix_view<index_t, cpu> ids;
  matrix_view<T, cpu> scores;
  quantized_view quantized{};
};
template <Scalar T>
void cpu_nearest(context<cpu>& ctx, const nearest_arguments<T>& arguments);
}  // namespace detail

}  // namespace kindred
