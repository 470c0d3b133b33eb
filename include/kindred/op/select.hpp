// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/group.hpp>

namespace kindred::op {

/// For kernel bodies: emit(position, i) for every i in [0, n) with keep(i), where position counts them in ascending
/// order of i. Returns how many there are.
///
/// keep  called up to twice per i; must not read what `emit` writes
///
/// Complexity   O(n) shared out among the lanes.
/// Determinism  integers: the same on every device.
template <Group G, class Keep, class Emit>
KINDRED_HD index_t select(const G& g, index_t n, Keep keep, Emit emit) {
  return g.scan(
      n, [&](index_t i) -> index_t { return keep(i) ? 1 : 0; },
      [&](index_t i, index_t position) {
        if (keep(i)) emit(position, i);
      });
}

}  // namespace kindred::op
