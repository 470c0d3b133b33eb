// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/option.hpp>
#include <kindred/metric/concept.hpp>

namespace kindred::metric {

/// Share of the relevant items that are among the first k.
///
/// recall@k = |{j : rank_j <= k}| / R
///
/// in [0, 1]; 0 for a query without relevant items. The textbook's recall; whether any is found is `hit`.
/// Errors     argument_error for k < 1.
/// Reference  Manning et al. 2008, 8.3; trec_eval's recall.
struct recall {
  index_t k = 1;  ///< how many results are looked at

  double operator()(std::span<const index_t> ranks, index_t) const {
    expect_at_least("metric::recall", "k", k, 1);
    if (ranks.empty()) return 0;
    const auto hits = std::upper_bound(ranks.begin(), ranks.end(), k) - ranks.begin();
    return static_cast<double>(hits) / static_cast<double>(ranks.size());
  }
  /// Over all orders of items with the same score.
  double expected(const ranking& r) const {
    expect_at_least("metric::recall", "k", k, 1);
    return r.ties.empty() ? 0.0 : detail::expected_hits(r.ties, k) / static_cast<double>(r.ties.size());
  }
};
static_assert(RankMetric<recall>);

}  // namespace kindred::metric
