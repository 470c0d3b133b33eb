// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/optimizer/detail/element_update.hpp>

namespace kindred::optimizer {

namespace detail {
template <class T, class D>
struct sgd_at {
  vector_view<T, D> weights, velocity;
  vector_view<const T, D> gradient;
  element_rate<T, D> rate;
  T momentum, passed, decay;  // passed: share of the gradient that enters the velocity
  bool nesterov;
  KINDRED_HD void operator()(index_t i) const {
    T step = gradient(i) + decay * weights(i);
    if (momentum != T(0)) {
      const T v = momentum * velocity(i) + passed * step;
      velocity(i) = v;
      step = nesterov ? step + momentum * v : v;
    }
    weights(i) -= rate(i) * step;
  }
};
}  // namespace detail

/// Gradient descent with momentum.
///
/// g = gradient + weight_decay w,   v = momentum v + (1 - dampening) g,   w -= rate v,   with Nesterov w -= rate (g +
///                                  momentum v)
///
/// The first v is g itself. Without momentum w -= rate g.
///
/// Complexity   O(n), one launch; the state has n numbers.
/// Determinism  every weight by itself: bit-equal for any number of threads.
/// Errors       shape_error when sizes differ; argument_error for a negative rate or decay, momentum or dampening
///              outside [0, 1), Nesterov without momentum or with dampening. A gradient that is not finite makes its
///              own weight NaN or infinite, for good.
/// Reference    Sutskever et al. 2013 in the form of PyTorch's SGD, and its defaults (the rate has none there).
struct sgd {
  double rate = 1e-2;       ///< learning rate
  double momentum = 0;      ///< share of the velocity that stays, in [0, 1)
  double dampening = 0;     ///< share of the gradient that does not enter the velocity, in [0, 1)
  double weight_decay = 0;  ///< L2 penalty, added to the gradient
  bool nesterov = false;    ///< looks ahead by one step of the velocity

  template <class T, Device D>
  struct state {
    state(context<D>& ctx, index_t n) : velocity(ctx, n) {}
    std::uint64_t step = 0;
    vector<T, D> velocity;
    template <class F>
    void visit(F f) {
      f("velocity", velocity.view());
    }
  };

  template <class T, Device D>
  void update(context<D>& ctx, state<T, D>& s, vector_view<T, D> weights, const_vector<T, D> gradient,
              const_vector<T, D> factors = {}) const {
    detail::check_update<T, D>("sgd", s.velocity.size(), weights, gradient, factors, rate);
    detail::check_share("sgd", "momentum", momentum);
    detail::check_share("sgd", "dampening", dampening);
    detail::check_not_negative("sgd", "weight_decay", weight_decay);
    expects<argument_error>(!nesterov || (momentum > 0 && dampening == 0),
                            "optimizer::sgd: Nesterov with momentum {} and dampening {}", momentum, dampening);
    const double passed = s.step == 0 ? 1 : 1 - dampening;
    ctx.for_each(weights.size(), detail::sgd_at<T, D>{weights,
                                                      s.velocity.view(),
                                                      gradient,
                                                      {static_cast<T>(rate), factors},
                                                      static_cast<T>(momentum),
                                                      static_cast<T>(passed),
                                                      static_cast<T>(weight_decay),
                                                      nesterov});
    ++s.step;
  }
};

static_assert(Optimizer<sgd>);

}  // namespace kindred::optimizer
