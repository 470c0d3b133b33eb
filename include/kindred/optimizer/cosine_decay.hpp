// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/error.hpp>
#include <kindred/core/option.hpp>
#include <kindred/optimizer/concept.hpp>

namespace kindred::optimizer {

/// A rate that falls along half a cosine, once or again and again.
///
/// factor = lowest + (1 - lowest) (1 + cos(pi t / period)) / 2,   t = step - start, 1 before start
///
/// Without restarts the factor stays `lowest` after one period. With them t begins anew after every period, each
/// `stretch` times as long as the one before.
///
/// Errors     argument_error when `period` or `stretch` is 0, or lowest negative or not finite.
/// Reference  Loshchilov and Hutter 2017 (SGDR); PyTorch's CosineAnnealingLR and CosineAnnealingWarmRestarts, counted in
///            updates, whose eta_min is lowest times the rate; after the end PyTorch's first rises again.
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

}  // namespace kindred::optimizer
