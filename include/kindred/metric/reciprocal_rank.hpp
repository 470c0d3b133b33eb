// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/metric/concept.hpp>

namespace kindred::metric {

/// One over the rank of the first relevant item; its mean is "MRR".
///
/// RR = 1 / rank_1
///
/// in (0, 1]; 0 for a query without relevant items.
/// Reference  Voorhees 1999 (TREC-8 question answering).
struct reciprocal_rank {
  double operator()(std::span<const index_t> ranks, index_t) const {
    return ranks.empty() ? 0.0 : 1.0 / static_cast<double>(ranks.front());
  }
};
static_assert(Metric<reciprocal_rank>);

}  // namespace kindred::metric
