// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <kindred/core/array.hpp>

namespace kindred::optimizer {

/// Weights and their gradient to better weights. An optimizer is a plain value with options; what it remembers about
/// one vector of weights is its state on a device.
///
///   typename O::template state<T, D>     state(ctx, n) for n weights; copies nothing of them
///   o.update(ctx, state, weights, gradient)            weights better by one step
///   o.update(ctx, state, weights, gradient, factors)   with a factor of the rate for every weight, or an absent view;
///   only
///                                                      rate_per_part asks for it
///   state.step                           updates so far, std::uint64_t
///   state.visit(f)                       f(name, view) for every vector it keeps, so that checkpoints can save and
///                                        restore it
///   o.rate                               learning rate, double; schedules change it
///
/// Determinism  bit-equal for any number of threads: every element is updated by itself, except where documented.
template <class O>
concept Optimizer =
    std::copyable<O> && requires(const O& optimizer, context<cpu>& ctx, typename O::template state<float, cpu>& state,
                                 vector_view<float, cpu> weights, vector_view<const float, cpu> gradient) {
      optimizer.update(ctx, state, weights, gradient);
      { state.step } -> std::convertible_to<std::uint64_t>;
    };

/// How the learning rate changes with the number of updates made before: schedule(step) -> factor of the rate. A plain
/// value; see scheduled.
template <class S>
concept Schedule = std::copyable<S> && requires(const S& schedule, std::uint64_t step) {
  { schedule(step) } -> std::convertible_to<double>;
};

}  // namespace kindred::optimizer
