// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/optimizer/detail/element_update.hpp>

namespace kindred::optimizer {

namespace detail {
template <class T, class D>
struct adagrad_at {
  vector_view<T, D> weights, sum;
  vector_view<const T, D> gradient;
  element_rate<T, D> rate;
  T initial, epsilon, decay;
  KINDRED_HD void operator()(index_t i) const {
    const T g = gradient(i) + decay * weights(i);
    const T s = sum(i) + g * g;
    sum(i) = s;
    weights(i) -= rate(i) * (g / (math::sqrt(initial + s) + epsilon));
  }
};
}  // namespace detail

/// Steps scaled by all squared gradients so far: weights that seldom move take longer ones.
///
/// g = gradient + weight_decay w,   s = s + g^2,   w -= rate / (1 + t rate_decay) g / (sqrt(initial + s) + epsilon),
/// t = 0, 1, ...
///
/// Complexity   O(n), one launch; the state has n numbers.
/// Determinism  every weight by itself: bit-equal for any number of threads.
/// Errors       shape_error when sizes differ; argument_error for negative options. A gradient that is not finite makes
///              its own weight NaN, for good.
/// Reference    Duchi et al. 2011; formulas and defaults of PyTorch's Adagrad.
struct adagrad {
  double rate = 1e-2;       ///< learning rate
  double rate_decay = 0;    ///< makes the rate fall with the number of updates
  double weight_decay = 0;  ///< L2 penalty, added to the gradient
  double initial = 0;       ///< of the sum of squares
  double epsilon = 1e-10;   ///< keeps steps finite where gradients vanish

  template <class T, Device D>
  struct state {
    state(context<D>& ctx, index_t n) : sum(ctx, n) {}
    std::uint64_t step = 0;
    vector<T, D> sum;
    template <class F>
    void visit(F f) {
      f("sum", sum.view());
    }
  };

  template <class T, Device D>
  void update(context<D>& ctx, state<T, D>& s, vector_view<T, D> weights, const_vector<T, D> gradient,
              const_vector<T, D> factors = {}) const {
    detail::check_update<T, D>("adagrad", s.sum.size(), weights, gradient, factors, rate);
    detail::check_not_negative("adagrad", "rate_decay", rate_decay);
    detail::check_not_negative("adagrad", "weight_decay", weight_decay);
    detail::check_not_negative("adagrad", "initial", initial);
    detail::check_not_negative("adagrad", "epsilon", epsilon);
    const double now = rate / (1 + static_cast<double>(s.step) * rate_decay);
    ctx.for_each(weights.size(), detail::adagrad_at<T, D>{weights,
                                                          s.sum.view(),
                                                          gradient,
                                                          {static_cast<T>(now), factors},
                                                          static_cast<T>(initial),
                                                          static_cast<T>(epsilon),
                                                          static_cast<T>(weight_decay)});
    ++s.step;
  }
};

static_assert(Optimizer<adagrad>);

}  // namespace kindred::optimizer
