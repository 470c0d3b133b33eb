// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/optimizer/adam.hpp>

namespace kindred::optimizer {

/// adam with weight decay beside the gradient instead of in it.
///
/// w -= rate weight_decay w, then adam's step with weight_decay 0
///
/// Complexity, Determinism, Errors   as adam.
/// Reference    Loshchilov and Hutter 2019; formulas and defaults of PyTorch's AdamW.
struct adamw {
  double rate = 1e-3;           ///< learning rate
  double mean_decay = 0.9;      ///< b1, in [0, 1)
  double square_decay = 0.999;  ///< b2, in [0, 1)
  double epsilon = 1e-8;        ///< keeps steps finite where gradients vanish
  double weight_decay = 1e-2;   ///< share of a weight that goes every step, times the rate
  bool amsgrad = false;         ///< averages of squares never fall

  template <class T, Device D>
  using state = detail::adam_state<T, D>;

  template <class T, Device D>
  void update(context<D>& ctx, detail::adam_state<T, D>& s, vector_view<T, D> weights, const_vector<T, D> gradient,
              const_vector<T, D> factors = {}) const {
    detail::update_adam<adamw, T, D>(ctx, "adamw", *this, 0, weight_decay, s, weights, gradient, factors);
  }
};

static_assert(Optimizer<adamw>);

}  // namespace kindred::optimizer
