// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/optimizer/detail/element_update.hpp>

namespace kindred::optimizer {

namespace detail {
template <class T, class D>
struct adadelta_at {
  vector_view<T, D> weights, square, change;
  vector_view<const T, D> gradient;
  element_rate<T, D> rate;
  T smoothing, share, epsilon, decay;  // share: 1 - smoothing, which T would round
  KINDRED_HD void operator()(index_t i) const {
    const T g = gradient(i) + decay * weights(i);
    const T s = smoothing * square(i) + share * g * g;
    const T step = math::sqrt(change(i) + epsilon) / math::sqrt(s + epsilon) * g;
    square(i) = s;
    change(i) = smoothing * change(i) + share * step * step;
    weights(i) -= rate(i) * step;
  }
};
}  // namespace detail

/// Steps in the units of the weights: as long as the last steps, over the size of the last gradients.
///
/// g = gradient + weight_decay w,   s = a s + (1 - a) g^2,   u = sqrt(c + epsilon) / sqrt(s + epsilon) g
/// c = a c + (1 - a) u^2,   w -= rate u
///
/// Complexity   O(n), one launch; the state has 2 n numbers.
/// Determinism  every weight by itself: bit-equal for any number of threads.
/// Errors       shape_error when sizes differ; argument_error for a negative rate, decay or epsilon, or a smoothing
///              outside [0, 1). A gradient that is not finite makes its own weight NaN, for good.
/// Reference    Zeiler 2012; formulas and defaults of PyTorch's Adadelta.
struct adadelta {
  double rate = 1;          ///< learning rate
  double smoothing = 0.9;   ///< a, in [0, 1)
  double epsilon = 1e-6;    ///< gives the first steps their length
  double weight_decay = 0;  ///< L2 penalty, added to the gradient

  template <class T, Device D>
  struct state {
    state(context<D>& ctx, index_t n) : square(ctx, n), change(ctx, n) {}
    std::uint64_t step = 0;
    vector<T, D> square, change;
    template <class F>
    void visit(F f) {
      f("square", square.view());
      f("change", change.view());
    }
  };

  template <class T, Device D>
  void update(context<D>& ctx, state<T, D>& s, vector_view<T, D> weights, const_vector<T, D> gradient,
              const_vector<T, D> factors = {}) const {
    detail::check_update<T, D>("adadelta", s.square.size(), weights, gradient, factors, rate);
    detail::check_share("adadelta", "smoothing", smoothing);
    detail::check_not_negative("adadelta", "epsilon", epsilon);
    detail::check_not_negative("adadelta", "weight_decay", weight_decay);
    ctx.for_each(weights.size(), detail::adadelta_at<T, D>{weights,
                                                           s.square.view(),
                                                           s.change.view(),
                                                           gradient,
                                                           {static_cast<T>(rate), factors},
                                                           static_cast<T>(smoothing),
                                                           static_cast<T>(1 - smoothing),
                                                           static_cast<T>(epsilon),
                                                           static_cast<T>(weight_decay)});
    ++s.step;
  }
};

static_assert(Optimizer<adadelta>);

}  // namespace kindred::optimizer
