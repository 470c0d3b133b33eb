// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/types.hpp>
#include <kindred/op/tie.hpp>
#include <span>

namespace kindred::metric {

/// What the ranking of one query looks like to a metric. Every span has one element per relevant item, in the order of
/// the ranking; it must outlive the call.
struct ranking {
  std::span<const index_t> ranks;   ///< 1-based, ascending; op::missing for those a list of results does not hold
  index_t items = 0;                ///< how many items the ranking holds
  std::span<const op::tie> ties{};  ///< the ranks each shares with items of the same score; empty: nobody asked
  std::span<const float> grades{};  ///< how relevant each is, above 0; empty: all alike
};

/// A metric of ranks alone: metric(ranks, items).
template <class M>
concept RankMetric = requires(const M& metric, std::span<const index_t> ranks, index_t items) {
  { metric(ranks, items) } -> std::same_as<double>;
};

/// A metric that looks at ties or grades: metric(ranking). It says so by `static constexpr bool wants_ties = true` or
/// `wants_grades = true`; only then are they found.
template <class M>
concept RankingMetric = requires(const M& metric, const ranking& r) {
  { metric(r) } -> std::same_as<double>;
};

/// A ranking to a number, for one query: metric(ranks, items), or metric(ranking) where ties or grades count.
///
/// ranks  1-based ranks of its relevant items, ascending; empty when it has none. In a list of results that does not
///        hold the whole gallery, relevant items that it lacks have rank op::missing: they are counted, but stand
///        behind k
/// items  how many items its ranking holds
///
/// Over many queries the value is the mean, unless the metric has aggregate(values), which gets the values of all
/// queries in their order. A metric says what it gives for empty ranks. Metrics are computed on the host in double.
template <class M>
concept Metric = std::copyable<M> && (RankMetric<M> || RankingMetric<M>);

/// Whether M asks for the ties of relevant items.
template <class M>
inline constexpr bool wants_ties = [] {
  if constexpr (requires { M::wants_ties; })
    return static_cast<bool>(M::wants_ties);
  else
    return false;
}();

/// Whether M can use grades of relevance.
template <class M>
inline constexpr bool wants_grades = [] {
  if constexpr (requires { M::wants_grades; })
    return static_cast<bool>(M::wants_grades);
  else
    return false;
}();

/// The value of any metric for one query.
template <Metric M>
double evaluate(const M& metric, const ranking& r) {
  if constexpr (RankingMetric<M>)
    return metric(r);
  else
    return metric(r.ranks, r.items);
}

/// The value of a metric over many queries from the values of each, in order; 0 when there are none.
template <Metric M>
double aggregate(const M& metric, std::span<const double> values) {
  if (values.empty()) return 0;
  if constexpr (requires { metric.aggregate(values); }) {
    return metric.aggregate(values);
  } else {
    double sum = 0;
    for (const double v : values) sum += v;
    return sum / static_cast<double>(values.size());
  }
}

namespace detail {

/// Rank of the first relevant item; one behind the ranking when it holds none.
inline index_t first_rank(std::span<const index_t> ranks, index_t items) {
  return ranks.empty() || ranks.front() == op::missing ? items + 1 : ranks.front();
}

/// Relevant items that share a score: `relevant` of the items at ranks [first, last].
struct tie_group {
  index_t first, last, relevant_before, relevant;
  index_t tied() const { return last - first + 1; }
  /// How many of its ranks are among the first k.
  index_t within(index_t k) const { return k < first ? 0 : (k < last ? k : last) - first + 1; }
};

/// visit(group) for the groups of a ranking that hold relevant items, best first, without missing ones, while it
/// returns true.
template <class Visit>
void over_groups(std::span<const op::tie> ties, Visit visit) {
  for (std::size_t begin = 0, end = 0; begin < ties.size() && ties[begin].first != op::missing; begin = end) {
    while (end < ties.size() && ties[end].first == ties[begin].first) ++end;
    const tie_group group{ties[begin].first, ties[begin].last, static_cast<index_t>(begin),
                          static_cast<index_t>(end - begin)};
    if (!visit(group)) return;
  }
}

/// How many relevant items stand among the first k on average over all orders of tied items.
inline double expected_hits(std::span<const op::tie> ties, index_t k) {
  double sum = 0;
  over_groups(ties, [&](const tie_group& g) {
    sum += static_cast<double>(g.relevant) * static_cast<double>(g.within(k)) / static_cast<double>(g.tied());
    return g.last < k;
  });
  return sum;
}

}  // namespace detail
}  // namespace kindred::metric
