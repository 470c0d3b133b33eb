// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/option.hpp>
#include <kindred/optimizer/concept.hpp>

namespace kindred::optimizer {

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

}  // namespace kindred::optimizer
