// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/option.hpp>
#include <kindred/metric/concept.hpp>

namespace kindred::metric {

/// Share of the first k results that are relevant.
///
/// precision@k = |{j : rank_j <= k}| / k
///
/// in [0, 1]; a ranking of fewer than k items counts as if irrelevant ones followed. 0 for a query without relevant items.
/// Errors     argument_error for k < 1.
/// Reference  Manning et al. 2008, 8.3; trec_eval's P.
struct precision {
  index_t k = 1;  ///< how many results are looked at

  double operator()(std::span<const index_t> ranks, index_t) const {
    expect_at_least("metric::precision", "k", k, 1);
    const auto hits = std::upper_bound(ranks.begin(), ranks.end(), k) - ranks.begin();
    return static_cast<double>(hits) / static_cast<double>(k);
  }
  /// Over all orders of items with the same score.
  double expected(const ranking& r) const {
    expect_at_least("metric::precision", "k", k, 1);
    return detail::expected_hits(r.ties, k) / static_cast<double>(k);
  }
};
static_assert(RankMetric<precision>);

}  // namespace kindred::metric
