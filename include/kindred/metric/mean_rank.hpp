// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/metric/concept.hpp>

namespace kindred::metric {

/// Rank of the first relevant item, averaged over queries; lower is better.
///
/// rank_1, 1-based; a query without relevant items counts as items + 1, behind the whole ranking
struct mean_rank {
  double operator()(std::span<const index_t> ranks, index_t items) const {
    return static_cast<double>(ranks.empty() ? items + 1 : ranks.front());
  }
};
static_assert(Metric<mean_rank>);

}  // namespace kindred::metric
