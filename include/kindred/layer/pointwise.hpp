// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/concept.hpp>
#include <kindred/op/map.hpp>

namespace kindred::layer {

/// Base of a layer that changes every number by itself: y = f(x), dx = f'(x) dy.
///
/// `Self` gives two functors whose call operators are marked KINDRED_HD and hold for float and double:
///   value()                         y = value()(x)
///   derivative()                    dx = derivative()(v, dy), where v is y if `derivative_of_y`, else x
///   static constexpr bool derivative_of_y
///
/// Complexity   one call per number, one launch each way, no cache.
/// Determinism  the bits of each number depend on the functor and its inputs only.
template <class Self>
struct pointwise : weightless {
  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    op::map(ctx, self().value(), pass.x.values, pass.y.values);
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    if (!pass.dx) return;
    const matrix_view<const T, D> v = Self::derivative_of_y ? pass.y.values : pass.x.values;
    op::map(ctx, self().derivative(), v, pass.dy.values, pass.dx.values);
  }

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

}  // namespace kindred::layer
