// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/optimizer/detail/element_update.hpp>

namespace kindred::optimizer {

namespace detail {
template <class T, class D>
struct rmsprop_at {
  vector_view<T, D> weights, square, mean, velocity;
  vector_view<const T, D> gradient;
  element_rate<T, D> rate;
  T smoothing, share, epsilon, momentum, decay;  // share: 1 - smoothing, which T would round
  bool centred;
  KINDRED_HD void operator()(index_t i) const {
    const T g = gradient(i) + decay * weights(i);
    const T s = smoothing * square(i) + share * g * g;
    square(i) = s;
    T spread = s;
    if (centred) {
      const T m = smoothing * mean(i) + share * g;
      mean(i) = m;
      spread = s - m * m;
      if (spread < T(0)) spread = T(0);  // rounding
    }
    T step = g / (math::sqrt(spread) + epsilon);
    if (momentum != T(0)) {
      step += momentum * velocity(i);
      velocity(i) = step;
    }
    weights(i) -= rate(i) * step;
  }
};
}  // namespace detail

/// Steps scaled by a moving average of squared gradients.
///
/// g = gradient + weight_decay w,   s = a s + (1 - a) g^2,   u = g / (sqrt(s) + epsilon),   w -= rate u
/// centred: m = a m + (1 - a) g and sqrt(s - m^2);   with momentum: v = momentum v + u, w -= rate v
///
/// Complexity   O(n), one launch; the state has 3 n numbers.
/// Determinism  every weight by itself: bit-equal for any number of threads.
/// Errors       shape_error when sizes differ; argument_error for a negative rate, decay or epsilon, or shares outside
///              [0, 1). A gradient that is not finite makes its own weight NaN, for good.
/// Reference    Tieleman and Hinton 2012; Graves 2013 (centred); formulas and defaults of PyTorch's RMSprop, but that
///              s - m^2 below 0 by rounding counts as 0.
struct rmsprop {
  double rate = 1e-2;       ///< learning rate
  double smoothing = 0.99;  ///< a, in [0, 1)
  double epsilon = 1e-8;    ///< keeps steps finite where gradients vanish
  double weight_decay = 0;  ///< L2 penalty, added to the gradient
  double momentum = 0;      ///< of the scaled steps, in [0, 1)
  bool centred = false;     ///< divides by the spread around the mean gradient

  template <class T, Device D>
  struct state {
    state(context<D>& ctx, index_t n) : square(ctx, n), mean(ctx, n), velocity(ctx, n) {}
    std::uint64_t step = 0;
    vector<T, D> square, mean, velocity;
    template <class F>
    void visit(F f) {
      f("square", square.view());
      f("mean", mean.view());
      f("velocity", velocity.view());
    }
  };

  template <class T, Device D>
  void update(context<D>& ctx, state<T, D>& s, vector_view<T, D> weights, const_vector<T, D> gradient,
              const_vector<T, D> factors = {}) const {
    detail::check_update<T, D>("rmsprop", s.square.size(), weights, gradient, factors, rate);
    detail::check_share("rmsprop", "smoothing", smoothing);
    detail::check_share("rmsprop", "momentum", momentum);
    detail::check_not_negative("rmsprop", "epsilon", epsilon);
    detail::check_not_negative("rmsprop", "weight_decay", weight_decay);
    ctx.for_each(weights.size(), detail::rmsprop_at<T, D>{weights,
                                                          s.square.view(),
                                                          s.mean.view(),
                                                          s.velocity.view(),
                                                          gradient,
                                                          {static_cast<T>(rate), factors},
                                                          static_cast<T>(smoothing),
                                                          static_cast<T>(1 - smoothing),
                                                          static_cast<T>(epsilon),
                                                          static_cast<T>(momentum),
                                                          static_cast<T>(weight_decay),
                                                          centred});
    ++s.step;
  }
};

static_assert(Optimizer<rmsprop>);

}  // namespace kindred::optimizer
