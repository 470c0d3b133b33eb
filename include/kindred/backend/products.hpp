// SPDX-License-Identifier: Apache-2.0
/// @file
/// Fast paths that a backend may have. Each is a function with a context as its first argument. `op` calls it where it
/// is found for the context (by argument-dependent lookup) and takes a path of kernels where it is not, so a backend of
/// a user's own gets a fast path by an overload in the namespace of its device. These are the overloads of
/// context<cpu>.
#pragma once

#include <kindred/backend/quantized.hpp>
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
}  // namespace detail

/// op(b) as device_gemm_packed() reads it, in the scratch memory of the caller's scope; null where it is too large to
/// pack at once or another library multiplies.
template <Scalar T>
const T* device_pack(context<cpu>& ctx, matrix_view<const T, cpu> b, transpose tb);

/// cpu_gemm for a b that device_pack() has packed: the same bytes.
template <Scalar T>
void device_gemm_packed(context<cpu>& ctx, T alpha, matrix_view<const T, cpu> a, transpose ta,
                        matrix_view<const T, cpu> b, transpose tb, const T* packed, T beta, matrix_view<T, cpu> c);

/// out = a b' through the library's own kernel, with a CBLAS too: scores keep what context<cpu> says of its products.
template <Scalar T>
void device_inner_products(context<cpu>& ctx, matrix_view<const T, cpu> a, matrix_view<const T, cpu> b,
                           matrix_view<T, cpu> out);

/// Turns the products that device_inner_products() gives into scores of squared distances; see backend/distance.hpp.
/// Norms are those of device_square_norms().
template <Scalar T>
void device_distances(context<cpu>& ctx, matrix_view<const T, cpu> a, vector_view<const T, cpu> a_norms,
                      matrix_view<const T, cpu> b, vector_view<const T, cpu> b_norms, matrix_view<T, cpu> scores);

/// out(r) = row r times itself, with the bits that device_inner_products gives to equal rows.
template <Scalar T>
void device_square_norms(context<cpu>& ctx, matrix_view<const T, cpu> rows, vector_view<T, cpu> out);

/// What op::nearest hands to the search kernels. Norms are absent for inner products, keep and excluded for no filter,
/// quantized for one pass. T is float where quantized rows are there.
template <class T, class D = cpu>
struct nearest_arguments {
  matrix_view<const T, D> queries, gallery;
  vector_view<const T, D> query_norms, gallery_norms;
  vector_view<const std::uint8_t, D> keep;
  vector_view<const index_t, D> excluded;
  matrix_view<index_t, D> ids;
  matrix_view<T, D> scores;
  quantized_view quantized{};
};
template <Scalar T>
void device_nearest(context<cpu>& ctx, const nearest_arguments<T>& arguments);

}  // namespace kindred
