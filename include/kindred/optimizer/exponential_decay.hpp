// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/option.hpp>
#include <kindred/optimizer/concept.hpp>

namespace kindred::optimizer {

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

}  // namespace kindred::optimizer
