// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/types.hpp>
#include <vector>

namespace kindred::index {

/// What a search by score found, on the host: as many rows per query as there are. Those of query i stand at
/// [offsets[i], offsets[i + 1]), best first, equal scores by id.
template <class T>
struct range_hits {
  std::vector<index_t> offsets;  ///< queries + 1
  std::vector<index_t> ids;
  std::vector<T> scores;
};

}  // namespace kindred::index
