// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/error.hpp>
#include <kindred/core/option.hpp>
#include <kindred/optimizer/concept.hpp>

namespace kindred::optimizer {

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

}  // namespace kindred::optimizer
