// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <new>

namespace kindred::detail {

/// Memory of the backends whose device is the host.
class host_memory {
 public:
  /// Aligned to 64 bytes, a cache line and the widest vector register. Errors: std::bad_alloc.
  void* allocate(index_t bytes) {
    return ::operator new(static_cast<std::size_t>(bytes > 0 ? bytes : 1), std::align_val_t{64});
  }
  void deallocate(void* p) noexcept { ::operator delete(p, std::align_val_t{64}); }
  void copy_from_host(void* to, const void* from, index_t bytes) { copy(to, from, bytes); }
  void copy_to_host(void* to, const void* from, index_t bytes) { copy(to, from, bytes); }
  void copy(void* to, const void* from, index_t bytes) {
    if (bytes > 0) std::memcpy(to, from, static_cast<std::size_t>(bytes));
  }
  void zero(void* p, index_t bytes) {
    if (bytes > 0) std::memset(p, 0, static_cast<std::size_t>(bytes));
  }
  void synchronize() {}
};

/// f(0), f(1), ..., or the other way round.
template <class F>
void count_up_or_down(bool up, index_t n, F f) {
  if (up)
    for (index_t i = 0; i < n; ++i) f(i);
  else
    for (index_t i = n; i-- > 0;) f(i);
}

/// `count` products one after the other, for backends whose library has no call for many.
template <class T, class C, class Matrix, class Transpose, class Result>
void gemm_one_by_one(C& ctx, index_t count, T alpha, Matrix a, index_t stride_a, Transpose ta, Matrix b,
                     index_t stride_b, Transpose tb, T beta, Result c, index_t stride_c) {
  for (index_t i = 0; i < count; ++i)
    ctx.template gemm<T>(alpha, {a.data() + i * stride_a, a.rows(), a.cols(), a.stride()}, ta,
                         {b.data() + i * stride_b, b.rows(), b.cols(), b.stride()}, tb, beta,
                         {c.data() + i * stride_c, c.rows(), c.cols(), c.stride()});
}

/// Checks the shapes of c = op(a) op(b) and returns the length of the inner dimension. For every backend.
template <class A, class B, class C>
index_t product_depth(const A& a, bool a_transposed, const B& b, bool b_transposed, const C& c) {
  const index_t m = a_transposed ? a.cols() : a.rows(), k = a_transposed ? a.rows() : a.cols();
  const index_t l = b_transposed ? b.cols() : b.rows(), n = b_transposed ? b.rows() : b.cols();
  expects(k == l && m == c.rows() && n == c.cols(), "gemm: ({} x {}) times ({} x {}) does not give {} x {}", m, k, l, n,
          c.rows(), c.cols());
  return k;
}

}  // namespace kindred::detail
