// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/types.hpp>

namespace kindred::train {

/// What all trainers can be told.
struct step_options {
  std::uint64_t seed = 0;   ///< of what is drawn in a step: dropout, miners
  index_t accumulate = 1;   ///< calls of step() whose mean gradient makes one update, at least 1
  bool stop_at_nan = true;  ///< a NaN loss throws before the update; costs a wait for the device in every step
};

}  // namespace kindred::train
