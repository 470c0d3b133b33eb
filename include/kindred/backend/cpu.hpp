// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/detail/host.hpp>
#include <kindred/backend/products.hpp>
#include <kindred/core/parallel.hpp>
#include <kindred/core/scratch.hpp>

namespace kindred {

/// The host's processor: Backend of `cpu`.
///
/// `threads` counts the calling thread. Work is cut into pieces that depend on its shape only, so every result has the
/// same bytes for any number of threads. Products choose the widest instruction set of the machine at run time,
/// whatever the compiler's flags; `instructions` sets a narrower one.
///
/// gemm  One fused multiply-add chain per element, k ascending: the bits of c(i, j) depend on row i of op(a), column j
///       of op(b) and k alone, never on position, neighbours, strides or threads. So equal items get equal scores,
///       S(a, b) equals S(b, a) transposed, and a band of the product has the bytes of the whole. Processors without
///       fused multiply-add round twice and give other bits, in the same way everywhere. With KINDRED_BLAS the product
///       is the CBLAS library's and keeps none of these promises.
///
/// Determinism  As above. One context per thread: a call while another thread's is under way throws argument_error
///              where both want scratch memory or the pool, and is harmless elsewhere. After fork() see thread_pool.
/// Errors       argument_error for threads outside 1..1024 or instructions that the machine lacks.
template <>
class context<cpu> : public detail::host_memory {
 public:
  explicit context(int threads = 1) : context(threads, best_instruction_set()) {}
  context(int threads, instruction_set instructions) : pool_(threads), instructions_(instructions), scratch_(*this) {
    expects<argument_error>(instructions <= best_instruction_set(), "context<cpu>: this machine has no {}",
                            name(instructions));
  }

  int threads() const { return pool_.threads(); }
  instruction_set instructions() const { return instructions_; }
  thread_pool& pool() { return pool_; }
  arena<cpu>& scratch() { return scratch_; }

  template <class F>
  void for_each(index_t n, F f) {
    if (n <= grain) {
      for (index_t i = 0; i < n; ++i) f(i);
      return;
    }
    pool_.run((n + grain - 1) / grain, [&f, n](index_t chunk, int) {
      const index_t end = (chunk + 1) * grain < n ? (chunk + 1) * grain : n;
      for (index_t i = chunk * grain; i < end; ++i) f(i);
    });
  }
  template <class F>
  void for_each(index_t rows, index_t cols, F f) {
    if (cols > 0)
      over_rows(rows, cols, [&f, cols](index_t r) {
        for (index_t c = 0; c < cols; ++c) f(r, c);
      });
  }
  template <class F>
  void for_each_row(index_t rows, index_t width, F f) {
    over_rows(rows, width, [&f](index_t r) { f(lane_group<16>{}, r); });
  }

  template <Scalar T>
  void gemm(T alpha, const_matrix<T, cpu> a, transpose ta, const_matrix<T, cpu> b, transpose tb, T beta,
            matrix_view<T, cpu> c) {
    detail::cpu_gemm<T>(*this, alpha, a, ta, b, tb, beta, c);
  }
  template <Scalar T>
  void gemm_batched(index_t count, T alpha, const_matrix<T, cpu> a, index_t stride_a, transpose ta,
                    const_matrix<T, cpu> b, index_t stride_b, transpose tb, T beta, matrix_view<T, cpu> c,
                    index_t stride_c) {
    detail::gemm_one_by_one(*this, count, alpha, a, stride_a, ta, b, stride_b, tb, beta, c, stride_c);
  }

 private:
  static constexpr index_t grain = 1 << 14;  // elements: some microseconds of work, so that handing it out costs little

  template <class F>
  void over_rows(index_t rows, index_t width, F f) {
    const index_t per_chunk = width < grain ? (width > 0 ? grain / width : grain) : 1;
    if (rows <= per_chunk) {
      for (index_t r = 0; r < rows; ++r) f(r);
      return;
    }
    pool_.run((rows + per_chunk - 1) / per_chunk, [&f, rows, per_chunk](index_t chunk, int) {
      const index_t end = (chunk + 1) * per_chunk < rows ? (chunk + 1) * per_chunk : rows;
      for (index_t r = chunk * per_chunk; r < end; ++r) f(r);
    });
  }

  thread_pool pool_;
  instruction_set instructions_;
  arena<cpu> scratch_;
};
static_assert(Backend<context<cpu>, cpu>);

}  // namespace kindred

#if !defined(KINDRED_COMPILED)
#if defined(__CUDACC__)
#error \
    "in a .cu file context<cpu> needs KINDRED_COMPILED (link kindred::compiled): nvcc cannot compile its vector kernels"
#endif
#include <kindred/backend/detail/cpu_product_impl.hpp>
#endif
