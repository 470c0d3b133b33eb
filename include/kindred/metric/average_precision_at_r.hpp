// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/metric/average_precision.hpp>

namespace kindred::metric {

/// Average precision of the first R results, R the number of relevant items; its mean is "MAP@R".
///
/// AP@R = 1/R * sum over relevant items with rank_j <= R of j / rank_j
///
/// in [0, 1]; at most the R-precision. 0 for a query without relevant items.
///
/// Complexity   O(R); the expectation over ties O(R + tied items).
/// Reference    Musgrave et al. 2020, section 3.2. Their code leaves out queries whose class has one member;
///              without_relevant::skip does that here.
struct average_precision_at_r {
  double operator()(std::span<const index_t> ranks, index_t items) const {
    return average_precision{.top = static_cast<index_t>(ranks.size())}(ranks, items);
  }
  /// Over all orders of items with the same score.
  double expected(const ranking& r) const {
    return average_precision{.top = static_cast<index_t>(r.ties.size())}.expected(r);
  }
};
static_assert(RankMetric<average_precision_at_r>);

}  // namespace kindred::metric
