// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/error.hpp>
#include <kindred/core/option.hpp>
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
/// in [0, 1]. With top = 0 the sum goes over the whole ranking; the three divisors then agree, unless it is a list of
/// results that lacks relevant items. 0 for a query without relevant items, or without one in the top k.
///
/// Under ties (metric::expected): a group of t equal scores after k0 items and r0 relevant ones, r of its items
/// relevant,
/// adds   sum over j = 1..t, k0 + j <= k of r/t * (r0 + 1 + (r - 1)(j - 1)/(t - 1)) / (k0 + j)   to the sum.
///
/// Complexity   O(R); the expectation O(R + tied items).
/// Errors       argument_error for top < 0 and for the expectation of divisor::hits over a top k, which is no closed
///              form.
/// Reference    Manning et al. 2008, 8.4; McSherry and Najork 2008 for ties; differs from scikit-learn, which treats
///              tied scores as one step, only on ties.
struct average_precision {
  index_t top = 0;                              ///< k, the ranks that count; 0: all
  metric::divisor divisor = divisor::relevant;  ///< Z

  double operator()(std::span<const index_t> ranks, index_t items) const {
    expect_at_least("metric::average_precision", "top", top, 0);
    const index_t k = top > 0 ? top : items;
    double sum = 0;
    std::size_t hits = 0;
    for (; hits < ranks.size() && ranks[hits] <= k; ++hits)
      sum += static_cast<double>(hits + 1) / static_cast<double>(ranks[hits]);
    if (hits == 0) return 0;
    return sum / static_cast<double>(divisor == metric::divisor::hits ? hits : divided_by(ranks.size(), k));
  }
  /// Over all orders of items with the same score.
  double expected(const ranking& r) const {
    expect_at_least("metric::average_precision", "top", top, 0);
    expects<argument_error>(top == 0 || divisor != metric::divisor::hits,
                            "metric::average_precision: no expectation for a top {} divided by its hits", top);
    const index_t k = top > 0 ? top : r.items;
    double sum = 0;
    std::size_t found = 0;
    detail::over_groups(r.ties, [&](const detail::tie_group& g) {
      if (g.first > k) return false;
      found += static_cast<std::size_t>(g.relevant);
      const double share = static_cast<double>(g.relevant) / static_cast<double>(g.tied());
      // each relevant item ahead inside the group stands at any of the ranks before with the same probability
      const double step = g.tied() > 1 ? static_cast<double>(g.relevant - 1) / static_cast<double>(g.tied() - 1) : 0.0;
      const double first = static_cast<double>(g.relevant_before + 1);
      double group = 0;
      for (index_t rank = g.first; rank <= std::min(g.last, k); ++rank)
        group += (first + step * static_cast<double>(rank - g.first)) / static_cast<double>(rank);
      sum += share * group;
      return true;
    });
    if (sum == 0) return 0;
    return sum / static_cast<double>(divisor == metric::divisor::hits ? found : divided_by(r.ties.size(), k));
  }

 private:
  std::size_t divided_by(std::size_t relevant, index_t k) const {
    return divisor == metric::divisor::relevant ? relevant : std::min(relevant, static_cast<std::size_t>(k));
  }
};
static_assert(RankMetric<average_precision>);

}  // namespace kindred::metric
