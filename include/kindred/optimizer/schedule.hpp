// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/error.hpp>
#include <kindred/core/option.hpp>
#include <kindred/optimizer/concept.hpp>

namespace kindred::optimizer {

/// A schedule that leaves the rate as it is: factor 1.
struct constant {
  double operator()(std::uint64_t) const { return 1; }
};

static_assert(Schedule<constant>);

/// A rate that falls by the same factor with every update.
///
/// factor = decay^(step - start), 1 before start
///
/// Errors     argument_error for a decay that is negative or not finite.
/// Reference  PyTorch's ExponentialLR, counted in updates.
struct exponential_decay {
  double decay = 0.999;     ///< factor of one update
  std::uint64_t start = 0;  ///< updates before the fall begins

  double operator()(std::uint64_t step) const {
    expect_not_negative("optimizer::exponential_decay", "decay", decay);
    return step < start ? 1 : std::pow(decay, static_cast<double>(step - start));
  }
};

static_assert(Schedule<exponential_decay>);

/// A rate that falls in steps.
///
/// factor = decay^floor((step - start) / every), 1 before start
///
/// Errors     argument_error when `every` is 0, or decay negative or not finite.
/// Reference  PyTorch's StepLR, counted in updates.
struct step_decay {
  std::uint64_t every = 1000;  ///< updates between two falls
  double decay = 0.1;          ///< factor of each fall
  std::uint64_t start = 0;     ///< updates before the count begins

  double operator()(std::uint64_t step) const {
    expects<argument_error>(every > 0, "optimizer::step_decay: expected every of at least 1, got 0");
    expect_not_negative("optimizer::step_decay", "decay", decay);
    return step < start ? 1 : std::pow(decay, static_cast<double>((step - start) / every));
  }
};

static_assert(Schedule<step_decay>);

/// A rate that falls along half a cosine, once or again and again.
///
/// factor = lowest + (1 - lowest) (1 + cos(pi t / period)) / 2,   t = step - start, 1 before start
///
/// Without restarts the factor stays `lowest` after one period. With them t begins anew after every period, each
/// `stretch` times as long as the one before.
///
/// Errors     argument_error when `period` or `stretch` is 0, or lowest negative or not finite.
/// Reference  Loshchilov and Hutter 2017 (SGDR); PyTorch's CosineAnnealingLR and CosineAnnealingWarmRestarts, counted
///            in updates, whose eta_min is lowest times the rate; after the end PyTorch's first rises again.
struct cosine_decay {
  std::uint64_t period = 10000;  ///< updates from the full rate to the lowest
  double lowest = 0;             ///< factor at the end of a period
  bool restarts = false;         ///< begins anew after every period
  std::uint64_t stretch = 1;     ///< factor of the length of the next period
  std::uint64_t start = 0;       ///< updates before the fall begins

  double operator()(std::uint64_t step) const {
    expects<argument_error>(period > 0 && stretch > 0,
                            "optimizer::cosine_decay: expected period and stretch of at least 1, got {} and {}", period,
                            stretch);
    expect_not_negative("optimizer::cosine_decay", "lowest", lowest);
    if (step < start) return 1;
    std::uint64_t t = step - start, length = period;
    if (restarts && stretch == 1) t %= period;
    while (restarts && t >= length) {
      t -= length;
      length *= stretch;
    }
    if (t >= length) return lowest;
    constexpr double pi = 3.14159265358979323846;
    return lowest + (1 - lowest) * (1 + std::cos(pi * static_cast<double>(t) / static_cast<double>(length))) / 2;
  }
};

static_assert(Schedule<cosine_decay>);

/// A rate that rises in a line to its full height.
///
/// factor = first + (1 - first) min(step / steps, 1)
///
/// Around another schedule the factors multiply: scheduled<scheduled<adam, cosine_decay>, linear_warm_up>.
///
/// Errors     argument_error when `steps` is 0, or `first` negative or not finite.
/// Reference  PyTorch's LinearLR with end_factor 1, counted in updates.
struct linear_warm_up {
  std::uint64_t steps = 1000;  ///< updates until the full rate
  double first = 1e-3;         ///< factor of the first update

  double operator()(std::uint64_t step) const {
    expects<argument_error>(steps > 0, "optimizer::linear_warm_up: expected steps of at least 1, got 0");
    expect_not_negative("optimizer::linear_warm_up", "first", first);
    if (step >= steps) return 1;
    return first + (1 - first) * static_cast<double>(step) / static_cast<double>(steps);
  }
};

static_assert(Schedule<linear_warm_up>);

/// An optimizer whose rate follows a schedule; an optimizer itself.
///
///   scheduled<adam, cosine_decay>{{.rate = 1e-3}, {.period = 5000}}
///
/// The rate of update t is rate * schedule(t), t = 0, 1, ...; `rate` keeps the full one. Nested, the factors multiply.
///
/// Complexity, Determinism   those of the optimizer.
/// Errors       those of both; argument_error where the schedule gives a negative factor or NaN.
template <Optimizer Base, Schedule Rule>
struct scheduled : Base {
  Rule schedule{};  ///< factor of the rate

  template <class T, Device D>
  void update(context<D>& ctx, typename Base::template state<T, D>& s, vector_view<T, D> weights,
              const_vector<T, D> gradient, const_vector<T, D> factors = {}) const {
    Base now = *this;
    now.rate *= schedule(s.step);
    now.update(ctx, s, weights, gradient, factors);
  }
};

}  // namespace kindred::optimizer
