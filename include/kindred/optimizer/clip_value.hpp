// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/optimizer/concept.hpp>

namespace kindred::optimizer {

namespace detail {
template <class T, class D>
struct clip_at {
  vector_view<const T, D> gradient;
  T largest;
  vector_view<T, D> clipped;
  KINDRED_HD void operator()(index_t i) const {
    const T g = gradient(i);
    clipped(i) = g > largest ? largest : g < -largest ? -largest : g;
  }
};
}  // namespace detail

/// An optimizer that sees every component of the gradient cut off at a size; an optimizer itself.
///
///   clip_value<adam>{{.rate = 1e-3}, 5.0}
///
/// g_i := min(max(g_i, -largest), largest)
///
/// Complexity   O(n), one launch more; scratch of n numbers.
/// Determinism  every component by itself.
/// Errors       those of the optimizer; argument_error when `largest` is not above 0. Infinite components become finite,
///              NaN stays NaN.
/// Reference    PyTorch's clip_grad_value_.
template <Optimizer Base>
struct clip_value : Base {
  double largest = 1;  ///< size of a component at most

  template <class T, Device D>
  void update(context<D>& ctx, typename Base::template state<T, D>& s, vector_view<T, D> weights,
              const_vector<T, D> gradient, const_vector<T, D> factors = {}) const {
    expects<argument_error>(largest > 0, "optimizer::clip_value: expected largest above 0, got {}", largest);
    const scratch_scope scope(ctx);
    const auto clipped = scratch_vector<T>(ctx, gradient.size());
    ctx.for_each(gradient.size(), detail::clip_at<T, D>{gradient, static_cast<T>(largest), clipped});
    Base::update(ctx, s, weights, clipped, factors);
  }
};

}  // namespace kindred::optimizer
