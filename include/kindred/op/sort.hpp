// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/group.hpp>

namespace kindred::op {

/// For kernel bodies: sorts the n numbers at `ids` so that no before(ids[i + 1], ids[i]) is left.
///
/// before  a strict total order; must not read `ids`
///
/// Complexity   O(n log^2 n) comparisons shared out among the lanes; no memory.
/// Determinism  the same on every device.
/// Reference    Batcher 1968, merge exchange, as Knuth's algorithm 5.2.2 M: every pass exchanges disjoint pairs.
template <Group G, class Before>
KINDRED_HD void sort(const G& g, index_t n, index_t* ids, Before before) {
  index_t top = 1;
  while (top < n) top *= 2;
  for (index_t p = top / 2; p > 0; p /= 2) {
    index_t phase = 0, distance = p;
    for (index_t q = top / 2;; q /= 2) {
      g.for_each(n - distance, [&](index_t i) {
        if ((i & p) != phase || !before(ids[i + distance], ids[i])) return;
        const index_t other = ids[i];
        ids[i] = ids[i + distance];
        ids[i + distance] = other;
      });
      if (q == p) break;
      distance = q - p;
      phase = p;
    }
  }
}

}  // namespace kindred::op
