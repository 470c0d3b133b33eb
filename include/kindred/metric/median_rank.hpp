// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/metric/concept.hpp>
#include <vector>

namespace kindred::metric {

/// The median of an even number of values, whose two middle ones are a <= b.
enum class middle {
  mean,   ///< (a + b) / 2
  lower,  ///< a
  upper,  ///< b
  floor   ///< floor((a + b) / 2): the code of VSE++ and its followers
};

/// Median over queries of the rank of the first relevant item ("MedR"); lower is better.
///
/// rank_1, 1-based; a query without relevant items counts as items + 1, behind the whole ranking, and so does one whose
/// list of results holds none
///
/// Complexity   O(queries) expected, and a copy of the values.
/// Reference    Faghri et al. 2018 (VSE++) for `floor`.
struct median_rank {
  metric::middle middle = middle::mean;  ///< what an even number of queries gives

  double operator()(std::span<const index_t> ranks, index_t items) const {
    return static_cast<double>(detail::first_rank(ranks, items));
  }
  double aggregate(std::span<const double> values) const {
    std::vector<double> v(values.begin(), values.end());
    const auto half = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
    std::nth_element(v.begin(), half, v.end());
    const double upper = *half;
    if (v.size() % 2 == 1 || middle == metric::middle::upper) return upper;
    const double lower = *std::max_element(v.begin(), half);
    if (middle == metric::middle::lower) return lower;
    const double mean = (lower + upper) / 2;  // of whole numbers
    return middle == metric::middle::mean ? mean : static_cast<double>(static_cast<index_t>(mean));
  }
};
static_assert(RankMetric<median_rank>);

}  // namespace kindred::metric
