// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/device.hpp>
#include <kindred/core/group.hpp>
#include <kindred/core/view.hpp>

namespace kindred {

/// Whether a product reads a matrix as it lies or with rows and columns exchanged.
enum class transpose : bool { no, yes };

/// What a device needs to work: memory, a queue of work, a matrix product, scratch memory. The first argument of
/// every call that computes. Make one per thread: a context that two threads use at once throws argument_error.
///
/// Only declared here. "incomplete type context<cpu>" means that <kindred/backend/cpu.hpp> was not included; for
/// context<cuda> include <kindred/backend/cuda.cuh> in a .cu file, for context<emu> <kindred/backend/emu.hpp>.
template <Device D>
class context;

/// The whole surface of a backend; everything above is written on it.
///
///   allocate, deallocate           bytes of device memory
///   copy_from_host, copy_to_host   bytes; from: the source may be reused on return; to: valid after synchronize()
///   copy, zero                     bytes on the device
///   gemm                           c = alpha op(a) op(b) + beta c; c is not read when beta is 0
///   gemm_batched                   `count` products whose operands lie `stride` elements apart
///   for_each(n, f)                 f(i), independent elements;  for_each(rows, cols, f): f(r, c)
///   for_each_row(rows, width, f)   f(group, r), one group of lanes per row; `width` says how much work a row is
///   scratch                        the arena behind scratch_scope
template <class C, class D>
concept Backend = Device<D> && requires(C& ctx, index_t n, void* p, const void* q, matrix_view<float, D> m,
                                        matrix_view<const float, D> a) {
  { ctx.allocate(n) } -> std::same_as<void*>;
  ctx.deallocate(p);
  ctx.copy_from_host(p, q, n);
  ctx.copy_to_host(p, q, n);
  ctx.copy(p, q, n);
  ctx.zero(p, n);
  ctx.synchronize();
  ctx.gemm(1.0f, a, transpose::no, a, transpose::yes, 0.0f, m);
  ctx.gemm_batched(n, 1.0f, a, n, transpose::no, a, n, transpose::yes, 0.0f, m, n);
  ctx.for_each(n, detail::each_archetype{});
  ctx.for_each(n, n, detail::each_pair_archetype{});
  ctx.for_each_row(n, n, detail::each_row_archetype{});
  ctx.scratch();
};

}  // namespace kindred
