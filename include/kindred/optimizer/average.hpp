// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/array.hpp>
#include <kindred/core/option.hpp>

namespace kindred::optimizer {

namespace detail {
template <class T, class D>
struct average_at {
  vector_view<const T, D> x;
  T share;
  bool first;
  vector_view<T, D> mean;
  KINDRED_HD void operator()(index_t i) const { mean(i) = first ? x(i) : mean(i) + share * (x(i) - mean(i)); }
};
template <class T, class D>
struct swap_at {
  vector_view<T, D> a, b;
  KINDRED_HD void operator()(index_t i) const {
    const T kept = a(i);
    a(i) = b(i);
    b(i) = kept;
  }
};
}  // namespace detail

/// An exponential moving average of weights and buffers, which often evaluates better than the last weights.
///
/// mean_1 = w_1,   mean_t = mean_(t-1) + share_t (w_t - mean_(t-1)),   share_t = 1 - decay
/// corrected: share_t = (1 - decay) / (1 - decay^t), so that the first weights count no more than the others:
/// mean_t = (1 - decay) sum over s of decay^(t-s) w_s / (1 - decay^t)
///
///   const optimizer::average average{.decay = 0.999};
///   optimizer::average::state<float, cpu> smooth(ctx, weights.size(), buffers.size());
///   average.update(ctx, smooth, weights, buffers);   // after every step of the optimizer
///   average.swap(ctx, smooth, weights, buffers);     // the average to evaluate, and once more to go on
///
/// Complexity   O(n), one launch for the weights and one for the buffers; the state has as many numbers as they.
/// Determinism  every number by itself; swapping twice changes no bit.
/// Errors       shape_error when sizes differ; argument_error for a decay outside [0, 1). What is not finite stays in
///              the average.
/// Reference    Polyak and Juditsky 1992 with exponential weights; PyTorch's AveragedModel with an exponential avg_fn,
///              which leaves the buffers as they are unless asked.
struct average {
  double decay = 0.999;    ///< share of the average that stays, in [0, 1)
  bool corrected = false;  ///< without the bias to the first weights

  template <class T, Device D>
  struct state {
    state(context<D>& ctx, index_t weight_count, index_t buffer_count = 0)
        : weights(ctx, weight_count), buffers(ctx, buffer_count) {}
    std::uint64_t step = 0;
    vector<T, D> weights, buffers;
    template <class F>
    void visit(F f) {
      f("weights", weights.view());
      f("buffers", buffers.view());
    }
  };

  template <class T, Device D>
  void update(context<D>& ctx, state<T, D>& s, const_vector<T, D> weights, const_vector<T, D> buffers = {}) const {
    expect_share("optimizer::average", "decay", decay);
    check(s, weights.size(), buffers.size());
    const double step = static_cast<double>(s.step + 1);
    const T share = static_cast<T>(corrected ? (1 - decay) / (1 - std::pow(decay, step)) : 1 - decay);
    ctx.for_each(weights.size(), detail::average_at<T, D>{weights, share, s.step == 0, s.weights.view()});
    ctx.for_each(buffers.size(), detail::average_at<T, D>{buffers, share, s.step == 0, s.buffers.view()});
    ++s.step;
  }
  /// Exchanges the average and what training goes on with; nothing before the first update.
  template <class T, Device D>
  void swap(context<D>& ctx, state<T, D>& s, vector_view<T, D> weights,
            std::type_identity_t<vector_view<T, D>> buffers = {}) const {
    check(s, weights.size(), buffers.size());
    if (s.step == 0) return;
    ctx.for_each(weights.size(), detail::swap_at<T, D>{weights, s.weights.view()});
    ctx.for_each(buffers.size(), detail::swap_at<T, D>{buffers, s.buffers.view()});
  }

 private:
  template <class State>
  static void check(const State& s, index_t weights, index_t buffers) {
    expects(weights == s.weights.size() && buffers == s.buffers.size(),
            "optimizer::average: {} weights and {} buffers, but {} and {} in the state", weights, buffers,
            s.weights.size(), s.buffers.size());
  }
};

}  // namespace kindred::optimizer
