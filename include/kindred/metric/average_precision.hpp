// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/metric/concept.hpp>

namespace kindred::metric {

/// By what the sum of precisions is divided. R relevant items in the ranking, H of them in the top k.
enum class divisor {
  relevant,  ///< R: what is missed counts; trec_eval's map_cut
  hits,      ///< H: only what was found counts; code of Corr-AE, CMDN, DSCMR
  reachable  ///< min(R, k): 1 for a perfect top k
};

/// Average precision; its mean over queries is "mAP".
///
/// AP = 1/Z * sum over relevant items with rank_j <= k of j / rank_j,   rank_1 < rank_2 < ...
///
/// in [0, 1]. With top = 0 the sum goes over the whole ranking and the three divisors agree. 0 for a query without
/// relevant items, or without one in the top k.
///
/// Complexity   O(R).
/// Reference    Manning et al. 2008, 8.4; differs from scikit-learn, which treats tied scores as one step, only on ties.
struct average_precision {
  index_t top = 0;                              ///< k, the ranks that count; 0: all
  metric::divisor divisor = divisor::relevant;  ///< Z

  double operator()(std::span<const index_t> ranks, index_t items) const {
    const index_t k = top > 0 ? top : items;
    double sum = 0;
    std::size_t hits = 0;
    for (; hits < ranks.size() && ranks[hits] <= k; ++hits)
      sum += static_cast<double>(hits + 1) / static_cast<double>(ranks[hits]);
    if (hits == 0) return 0;
    const std::size_t by = divisor == metric::divisor::relevant ? ranks.size()
                           : divisor == metric::divisor::hits   ? hits
                                                                : std::min(ranks.size(), static_cast<std::size_t>(k));
    return sum / static_cast<double>(by);
  }
};
static_assert(Metric<average_precision>);

}  // namespace kindred::metric
