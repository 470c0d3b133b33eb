// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/metric/concept.hpp>

namespace kindred::metric {

/// Rank of the first relevant item, averaged over queries; lower is better.
///
/// rank_1, 1-based; a query without relevant items counts as items + 1, behind the whole ranking, and so does one whose
/// list of results holds none. Under ties (metric::expected) k0 + (t + 1) / (r + 1), for the first group with relevant
/// items: t items of which r are relevant, after k0 others.
struct mean_rank {
  double operator()(std::span<const index_t> ranks, index_t items) const {
    return static_cast<double>(detail::first_rank(ranks, items));
  }
  /// Over all orders of items with the same score.
  double expected(const ranking& r) const {
    double rank = static_cast<double>(r.items + 1);
    detail::over_groups(r.ties, [&](const detail::tie_group& g) {
      rank = static_cast<double>(g.first - 1) + static_cast<double>(g.tied() + 1) / static_cast<double>(g.relevant + 1);
      return false;
    });
    return rank;
  }
};
static_assert(RankMetric<mean_rank>);

}  // namespace kindred::metric
