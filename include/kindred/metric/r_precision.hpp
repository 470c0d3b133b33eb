// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/metric/concept.hpp>

namespace kindred::metric {

/// Precision at the number of relevant items, where it equals recall.
///
/// R-precision = |{j : rank_j <= R}| / R
///
/// in [0, 1]; 0 for a query without relevant items.
/// Reference  Manning et al. 2008, 8.4; trec_eval's Rprec.
struct r_precision {
  double operator()(std::span<const index_t> ranks, index_t) const {
    if (ranks.empty()) return 0;
    const auto hits = std::upper_bound(ranks.begin(), ranks.end(), static_cast<index_t>(ranks.size())) - ranks.begin();
    return static_cast<double>(hits) / static_cast<double>(ranks.size());
  }
  /// Over all orders of items with the same score.
  double expected(const ranking& r) const {
    const auto relevant = static_cast<index_t>(r.ties.size());
    return relevant == 0 ? 0.0 : detail::expected_hits(r.ties, relevant) / static_cast<double>(relevant);
  }
};
static_assert(RankMetric<r_precision>);

}  // namespace kindred::metric
