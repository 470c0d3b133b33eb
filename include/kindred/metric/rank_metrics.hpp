// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/option.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/concept.hpp>
#include <vector>

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

/// Share of the first k results that are relevant.
///
/// precision@k = |{j : rank_j <= k}| / k
///
/// in [0, 1]; a ranking of fewer than k items counts as if irrelevant ones followed. 0 for a query without relevant
/// items.
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

/// Precision at the number of relevant items, where it equals recall.
///
/// R-precision = |{j : rank_j <= R}| / R
///
/// in [0, 1]; 0 for a query without relevant items.
/// Reference  Manning et al. 2008, 8.4; trec_eval's Rprec.
struct r_precision {
  double operator()(std::span<const index_t> ranks, index_t) const {
    if (ranks.empty()) return 0;
    const auto hits = std::upper_bound(ranks.begin(), ranks.end(), static_cast<index_t>(ranks.size())) - ranks.begin();
    return static_cast<double>(hits) / static_cast<double>(ranks.size());
  }
  /// Over all orders of items with the same score.
  double expected(const ranking& r) const {
    const auto relevant = static_cast<index_t>(r.ties.size());
    return relevant == 0 ? 0.0 : detail::expected_hits(r.ties, relevant) / static_cast<double>(relevant);
  }
};
static_assert(RankMetric<r_precision>);

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

/// One over the rank of the first relevant item; its mean is "MRR".
///
/// RR = 1 / rank_1
///
/// in (0, 1]; 0 for a query without relevant items, or whose list of results holds none. Under ties (metric::expected)
/// the first of r relevant items among t tied ones stands at place j of them with probability C(t - j, r - 1) / C(t,
/// r).
/// Reference  Voorhees 1999 (TREC-8 question answering).
struct reciprocal_rank {
  double operator()(std::span<const index_t> ranks, index_t) const {
    return ranks.empty() || ranks.front() == op::missing ? 0.0 : 1.0 / static_cast<double>(ranks.front());
  }
  /// Over all orders of items with the same score.
  double expected(const ranking& r) const {
    double sum = 0;
    detail::over_groups(r.ties, [&](const detail::tie_group& g) {
      double probability = static_cast<double>(g.relevant) / static_cast<double>(g.tied());
      for (index_t rank = g.first, left = g.tied() - g.relevant; left >= 0; ++rank, --left) {
        sum += probability / static_cast<double>(rank);
        if (left > 0) probability *= static_cast<double>(left) / static_cast<double>(g.last - rank);
      }
      return false;
    });
    return sum;
  }
};
static_assert(RankMetric<reciprocal_rank>);

/// Rank of the first relevant item, averaged over queries; lower is better.
///
/// rank_1, 1-based; a query without relevant items counts as items + 1, behind the whole ranking, and so does one whose
/// list of results holds none. Under ties (metric::expected) k0 + (t + 1) / (r + 1), for the first group with relevant
/// items: t items of which r are relevant, after k0 others.
struct mean_rank {
  double operator()(std::span<const index_t> ranks, index_t items) const {
    return static_cast<double>(detail::first_rank(ranks, items));
  }
  /// Over all orders of items with the same score.
  double expected(const ranking& r) const {
    double rank = static_cast<double>(r.items + 1);
    detail::over_groups(r.ties, [&](const detail::tie_group& g) {
      rank = static_cast<double>(g.first - 1) + static_cast<double>(g.tied() + 1) / static_cast<double>(g.relevant + 1);
      return false;
    });
    return rank;
  }
};
static_assert(RankMetric<mean_rank>);

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
