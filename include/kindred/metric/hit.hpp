// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/metric/concept.hpp>

namespace kindred::metric {

/// Whether any relevant item is among the first k; its mean is "Recall@K" of image-text and metric-learning papers.
///
/// hit@k = 1 if rank_1 <= k, else 0
///
/// 0 for a query without relevant items. Not the share of relevant items found, which is `recall`.
struct hit {
  index_t k = 1;  ///< how many results are looked at

  double operator()(std::span<const index_t> ranks, index_t) const {
    return !ranks.empty() && ranks.front() <= k ? 1.0 : 0.0;
  }
};
static_assert(Metric<hit>);

}  // namespace kindred::metric
