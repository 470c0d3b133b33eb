// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/products.hpp>

namespace kindred::op {

/// Products of many matrices with one that stays: the weights of a recurrent layer at every time. On the host's
/// processor it is packed once; elsewhere these are products like others.
///
///     const scratch_scope scope(ctx);
///     const fixed_product<float, cpu> recurrent(ctx, weight);
///     recurrent(ctx, 1, states, 0, gates);                      // gates = states weight
///
/// c = alpha a op(b) + beta c
///
/// b    the matrix that stays, op(b) = b or b'; it must not change while this lives. So must the scratch_scope that
///      stands around the construction
/// a    rows x depth of op(b)
/// c    rows x columns of op(b); not read where beta is 0
///
/// Complexity   scratch memory of op(b) rounded up to whole panels, at most 2^22 numbers; larger ones are packed every
///              time.
/// Determinism  the bytes of context::gemm.
/// Errors       shape_error where the shapes do not fit.
template <Scalar T, Device D>
class fixed_product {
 public:
  fixed_product(context<D>& ctx, const_matrix<T, D> b, kindred::transpose tb = kindred::transpose::no)
      : b_(b), tb_(tb) {
    if constexpr (packs) packed_ = device_pack(ctx, b_, tb);
  }

  void operator()(context<D>& ctx, T alpha, const_matrix<T, D> a, T beta, matrix_view<T, D> c) const {
    if constexpr (packs)
      device_gemm_packed(ctx, alpha, matrix_view<const T, D>(a), kindred::transpose::no, b_, tb_, packed_, beta, c);
    else
      ctx.template gemm<T>(alpha, a, kindred::transpose::no, b_, tb_, beta, c);
  }

 private:
  static constexpr bool packs =
      requires(context<D>& ctx, matrix_view<const T, D> b) { device_pack(ctx, b, transpose::no); };

  matrix_view<const T, D> b_;
  kindred::transpose tb_;
  const T* packed_ = nullptr;
};

}  // namespace kindred::op
