// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/metric/concept.hpp>

namespace kindred::metric {

/// One over the rank of the first relevant item; its mean is "MRR".
///
/// RR = 1 / rank_1
///
/// in (0, 1]; 0 for a query without relevant items, or whose list of results holds none. Under ties (metric::expected) the
/// first of r relevant items among t tied ones stands at place j of them with probability C(t - j, r - 1) / C(t, r).
/// Reference  Voorhees 1999 (TREC-8 question answering).
struct reciprocal_rank {
  double operator()(std::span<const index_t> ranks, index_t) const {
    return ranks.empty() || ranks.front() == op::missing ? 0.0 : 1.0 / static_cast<double>(ranks.front());
  }
  /// Over all orders of items with the same score.
  double expected(const ranking& r) const {
    double sum = 0;
    detail::over_groups(r.ties, [&](const detail::tie_group& g) {
      double probability = static_cast<double>(g.relevant) / static_cast<double>(g.tied());
      for (index_t rank = g.first, left = g.tied() - g.relevant; left >= 0; ++rank, --left) {
        sum += probability / static_cast<double>(rank);
        if (left > 0) probability *= static_cast<double>(left) / static_cast<double>(g.last - rank);
      }
      return false;
    });
    return sum;
  }
};
static_assert(RankMetric<reciprocal_rank>);

}  // namespace kindred::metric
