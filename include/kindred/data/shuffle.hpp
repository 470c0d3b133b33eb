// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/permutation.hpp>

namespace kindred::data {

/// `rows` in random order, every order equally likely as far as the seed goes.
///
/// stream   another order of the same seed, such as the number of the epoch
///
/// Complexity   O(n), on the host.
/// Determinism  the same on every machine; see random::permutation.
inline std::vector<index_t> shuffle(std::vector<index_t> rows, std::uint64_t seed, std::uint64_t stream = 0) {
  const auto order = random::permutation(static_cast<index_t>(rows.size()), seed, stream);
  std::vector<index_t> shuffled;
  shuffled.reserve(rows.size());
  for (const index_t at : order) shuffled.push_back(rows[static_cast<std::size_t>(at)]);
  return shuffled;
}

}  // namespace kindred::data
