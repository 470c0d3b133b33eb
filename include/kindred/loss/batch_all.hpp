// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/loss/triplet.hpp>
#include <kindred/miner/all.hpp>

namespace kindred::loss {

/// The triplet loss over every triplet of the batch, with the mean over those above 0: loss::triplet<miner::all>.
///
/// Complexity   O(rows x positives x negatives) work in vectorized loops, O(rows x cols) memory.
/// Reference    Hermans, Beyer, Leibe 2017, "batch all"
using batch_all = triplet<miner::all>;

}  // namespace kindred::loss
