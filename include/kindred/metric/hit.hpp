// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/option.hpp>
#include <kindred/metric/concept.hpp>

namespace kindred::metric {

/// Whether any relevant item is among the first k; its mean is "Recall@K" of image-text and metric-learning papers.
///
/// hit@k = 1 if rank_1 <= k, else 0
///
/// 0 for a query without relevant items. Under ties (metric::expected) the probability that the first k hold
/// a relevant item. Not the share of relevant items found, which is `recall`.
/// Errors  argument_error for k < 1.
struct hit {
  index_t k = 1;  ///< how many results are looked at

  double operator()(std::span<const index_t> ranks, index_t) const {
    expect_at_least("metric::hit", "k", k, 1);
    return !ranks.empty() && ranks.front() <= k ? 1.0 : 0.0;
  }
  /// Over all orders of items with the same score.
  double expected(const ranking& r) const {
    expect_at_least("metric::hit", "k", k, 1);
    double missed = 1;
    detail::over_groups(r.ties, [&](const detail::tie_group& g) {
      const index_t drawn = g.within(k), others = g.tied() - g.relevant;
      for (index_t i = 0; i < drawn && missed > 0; ++i)
        missed *= i < others ? static_cast<double>(others - i) / static_cast<double>(g.tied() - i) : 0.0;
      return missed > 0 && g.last < k;
    });
    return 1 - missed;
  }
};
static_assert(RankMetric<hit>);

}  // namespace kindred::metric
