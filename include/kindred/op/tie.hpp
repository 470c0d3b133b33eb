// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/types.hpp>
#include <limits>

namespace kindred::op {

/// The rank of a relevant item that a list of results does not hold: behind everything.
inline constexpr index_t missing = std::numeric_limits<index_t>::max();

/// The ranks that an item and those of the same score share, 1-based: `first - 1` items stand ahead of all of them, and
/// `last - first + 1` are tied. An item without equals has first = last = its rank; one that a list of results does not
/// hold has {missing, missing}.
struct tie {
  index_t first, last;
  friend bool operator==(const tie&, const tie&) = default;
};

}  // namespace kindred::op
