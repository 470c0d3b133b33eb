// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/context.hpp>

namespace kindred::train {

/// What loops over batches: step(batch) takes one batch of a data set and gives the value of the loss, which converts
/// to a number. To be kept and resumed it has visit_learned(f), save(writer, prefix) and resume(file, prefix), as
/// siamese has.
template <class L, class Batch>
concept Trainer = requires(L& trainer, const Batch& batch) {
  static_cast<double>(static_cast<typename L::scalar>(trainer.step(batch)));
  trainer.ctx();
};

}  // namespace kindred::train
