// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/optimizer/concept.hpp>

namespace kindred::optimizer {

/// A schedule that leaves the rate as it is: factor 1.
struct constant {
  double operator()(std::uint64_t) const { return 1; }
};

static_assert(Schedule<constant>);

}  // namespace kindred::optimizer
