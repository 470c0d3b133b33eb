// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/types.hpp>

namespace kindred::train {

/// Options of all trainers.
///
/// With check_finite a step whose loss, embeddings, gradients, weights or buffers hold NaN or infinity throws before
/// anything changes. That reads all of them once and waits for the device in every step.
struct step_options {
  std::uint64_t seed = 0;    ///< of what is drawn in a step: dropout, miners
  index_t accumulate = 1;    ///< calls of step() whose mean gradient makes one update, at least 1
  bool check_finite = true;  ///< refuses NaN and infinity, see above
};

}  // namespace kindred::train
