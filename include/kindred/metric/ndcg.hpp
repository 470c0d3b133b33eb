// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <kindred/core/option.hpp>
#include <kindred/metric/concept.hpp>
#include <vector>

namespace kindred::metric {

/// What an item of grade g is worth.
enum class gain {
  linear,      ///< g: Jarvelin and Kekalainen 2002, trec_eval, scikit-learn
  exponential  ///< 2^g - 1: Burges et al. 2005
};

/// Normalized discounted cumulative gain.
///
/// nDCG@k = DCG / IDCG,   DCG = sum over relevant items with rank_j <= k of gain(grade_j) / log2(1 + rank_j),
/// IDCG = the same for the best order of all relevant items, also those that a list of results does not hold
///
/// in [0, 1]. Relations without grades count every relevant item as grade 1. 0 for a query without relevant items.
/// Items that are not relevant have gain 0.
///
/// Under ties (metric::expected) a rank inside a group of equal scores gains the mean of the group, which is what
/// scikit-learn's ndcg_score does.
///
/// Complexity   O(R log R); the expectation O(R log R + tied items).
/// Errors       argument_error for top < 0.
/// Reference    Jarvelin and Kekalainen 2002, with the discount log2(1 + rank) that trec_eval has; McSherry and Najork
///              2008 for ties.
struct ndcg {
  static constexpr bool wants_grades = true;

  index_t top = 0;                           ///< k, the ranks that count; 0: all
  metric::gain gain = metric::gain::linear;  ///< what a grade is worth

  double operator()(const ranking& r) const {
    return normalized(r, [&](index_t k) {
      double sum = 0;
      for (std::size_t j = 0; j < r.ranks.size() && r.ranks[j] <= k; ++j) sum += worth(r, j) / discount(r.ranks[j]);
      return sum;
    });
  }
  double operator()(std::span<const index_t> ranks, index_t items) const { return (*this)(ranking{ranks, items}); }
  /// Over all orders of items with the same score.
  double expected(const ranking& r) const {
    return normalized(r, [&](index_t k) {
      double sum = 0;
      detail::over_groups(r.ties, [&](const detail::tie_group& g) {
        double gains = 0, discounts = 0;
        for (index_t j = 0; j < g.relevant; ++j) gains += worth(r, static_cast<std::size_t>(g.relevant_before + j));
        for (index_t rank = g.first; rank <= std::min(g.last, k); ++rank) discounts += 1 / discount(rank);
        sum += gains / static_cast<double>(g.tied()) * discounts;
        return g.last < k;
      });
      return sum;
    });
  }

 private:
  static double discount(index_t rank) { return std::log2(static_cast<double>(rank) + 1); }
  double worth(const ranking& r, std::size_t j) const {
    const double grade = r.grades.empty() ? 1.0 : static_cast<double>(r.grades[j]);
    return gain == metric::gain::linear ? grade : std::exp2(grade) - 1;
  }
  template <class F>
  double normalized(const ranking& r, F cumulative) const {
    expect_at_least("metric::ndcg", "top", top, 0);
    const std::size_t relevant = std::max(r.ranks.size(), r.ties.size());
    std::vector<double> best(relevant);
    for (std::size_t j = 0; j < relevant; ++j) best[j] = worth(r, j);
    std::sort(best.begin(), best.end(), std::greater<>());
    const std::size_t counted = top > 0 ? std::min(relevant, static_cast<std::size_t>(top)) : relevant;
    double ideal = 0;
    for (std::size_t j = 0; j < counted; ++j) ideal += best[j] / discount(static_cast<index_t>(j) + 1);
    return ideal > 0 ? cumulative(top > 0 ? top : r.items) / ideal : 0.0;
  }
};
static_assert(RankMetric<ndcg> && RankingMetric<ndcg>);

}  // namespace kindred::metric
