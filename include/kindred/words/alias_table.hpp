// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <span>
#include <vector>

namespace kindred::words {

/// Draws ids in proportion to weights, each from 64 random bits in constant time.
///
/// probability of i = weights[i] / sum of weights, to within 2^-32 / n + 2^-32 of it
///
/// Complexity   O(n) to make and 8 bytes per id; O(1) per draw.
/// Determinism  depends on the weights and the bits only.
/// Errors       argument_error for no weights, more than 2^31 - 1, weights that are negative or not finite, a sum of 0.
/// Reference    Walker 1977, Vose 1991.
class alias_table {
 public:
  explicit alias_table(std::span<const double> weights);

  index_t size() const { return static_cast<index_t>(cells_.size()); }
  /// The id that these bits stand for: the upper half chooses a cell, the lower half one of the two ids in it.
  label_t operator()(std::uint64_t bits) const {
    const std::uint64_t at = (bits >> 32) * cells_.size() >> 32;
    const cell& c = cells_[at];
    return (bits & 0xFFFFFFFF) < c.share ? static_cast<label_t>(at) : c.other;
  }

 private:
  struct cell {
    std::uint32_t share;  // of 2^32: the cell's own id
    label_t other;
  };
  std::vector<cell> cells_;
};

}  // namespace kindred::words

#if !defined(KINDRED_COMPILED)
#include <kindred/words/detail/alias_table_impl.hpp>
#endif
