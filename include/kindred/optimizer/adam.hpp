// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/optimizer/detail/element_update.hpp>

namespace kindred::optimizer {

namespace detail {

template <class T, class D>
struct adam_at {
  vector_view<T, D> weights, mean, square, largest;
  vector_view<const T, D> gradient;
  element_rate<T, D> rate;
  T mean_decay, mean_share, square_decay, square_share;  // a decay and 1 less it, which T would round
  T epsilon, penalty, shrink;                            // penalty enters the gradient, shrink the weight itself
  T mean_correction, root_correction;  // 1 - decay^step of the mean, and the root of that of the square
  bool amsgrad;
  KINDRED_HD void operator()(index_t i) const {
    const T step = rate(i);
    T w = weights(i);
    w -= step * shrink * w;
    const T g = gradient(i) + penalty * w;
    const T m = mean_decay * mean(i) + mean_share * g;
    T v = square_decay * square(i) + square_share * g * g;
    mean(i) = m;
    square(i) = v;
    if (amsgrad) {
      v = v > largest(i) || v != v ? v : largest(i);
      largest(i) = v;
    }
    weights(i) = w - step / mean_correction * (m / (math::sqrt(v) / root_correction + epsilon));
  }
};

/// What adam and adamw remember.
template <class T, Device D>
struct adam_state {
  adam_state(context<D>& ctx, index_t n) : mean(ctx, n), square(ctx, n), largest(ctx, n) {}
  std::uint64_t step = 0;
  vector<T, D> mean, square, largest;
  template <class F>
  void visit(F f) {
    f("mean", mean.view());
    f("square", square.view());
    f("largest", largest.view());
  }
};

/// One step of `o`, adam or adamw.
template <class O, class T, Device D>
void update_adam(context<D>& ctx, const char* name, const O& o, double penalty, double shrink, adam_state<T, D>& s,
                 vector_view<T, D> weights, vector_view<const T, D> gradient, vector_view<const T, D> factors) {
  check_update<T, D>(name, s.mean.size(), weights, gradient, factors, o.rate);
  check_share(name, "mean_decay", o.mean_decay);
  check_share(name, "square_decay", o.square_decay);
  check_not_negative(name, "epsilon", o.epsilon);
  check_not_negative(name, "weight_decay", o.weight_decay);
  const double step = static_cast<double>(s.step + 1);
  ctx.for_each(weights.size(), adam_at<T, D>{weights,
                                             s.mean.view(),
                                             s.square.view(),
                                             s.largest.view(),
                                             gradient,
                                             {static_cast<T>(o.rate), factors},
                                             static_cast<T>(o.mean_decay),
                                             static_cast<T>(1 - o.mean_decay),
                                             static_cast<T>(o.square_decay),
                                             static_cast<T>(1 - o.square_decay),
                                             static_cast<T>(o.epsilon),
                                             static_cast<T>(penalty),
                                             static_cast<T>(shrink),
                                             static_cast<T>(1 - std::pow(o.mean_decay, step)),
                                             static_cast<T>(std::sqrt(1 - std::pow(o.square_decay, step))),
                                             o.amsgrad});
  ++s.step;
}

}  // namespace detail

/// Steps scaled by moving averages of the gradient and its square.
///
/// g = gradient + weight_decay w,   m = b1 m + (1 - b1) g,   v = b2 v + (1 - b2) g^2
/// w -= rate m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon),   t = 1, 2, ...;   with amsgrad the largest v so far
/// for v
///
/// Complexity   O(n), one launch; the state has 3 n numbers.
/// Determinism  every weight by itself: bit-equal for any number of threads.
/// Errors       shape_error when sizes differ; argument_error for a negative rate, decay or epsilon, or averages
///              outside [0, 1). A gradient that is not finite makes its own weight NaN, for good.
/// Reference    Kingma and Ba 2015; Reddi et al. 2018 (amsgrad); formulas and defaults of PyTorch's Adam.
struct adam {
  double rate = 1e-3;           ///< learning rate
  double mean_decay = 0.9;      ///< b1, in [0, 1)
  double square_decay = 0.999;  ///< b2, in [0, 1)
  double epsilon = 1e-8;        ///< keeps steps finite where gradients vanish
  double weight_decay = 0;      ///< L2 penalty, added to the gradient; adamw has the decoupled one
  bool amsgrad = false;         ///< averages of squares never fall

  template <class T, Device D>
  using state = detail::adam_state<T, D>;

  template <class T, Device D>
  void update(context<D>& ctx, detail::adam_state<T, D>& s, vector_view<T, D> weights, const_vector<T, D> gradient,
              const_vector<T, D> factors = {}) const {
    detail::update_adam<adam, T, D>(ctx, "adam", *this, weight_decay, 0, s, weights, gradient, factors);
  }
};

static_assert(Optimizer<adam>);

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
