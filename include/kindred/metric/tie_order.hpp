// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <kindred/metric/concept.hpp>
#include <vector>

namespace kindred::metric {

/// In which order items of the same score are taken. Without one of these, metrics take them by id, lowest first.
enum class ties {
  optimistic,     ///< the relevant ones first, higher grades before lower: an upper bound
  pessimistic,    ///< the relevant ones last, lower grades before higher: a lower bound
  ids_descending  ///< by id, highest first; trec_eval's rule where ids go like the names of documents
};

/// A metric of the ranking whose ties are ordered otherwise.
///
///   metric::tie_order{metric::ties::optimistic, metric::average_precision{}}
///
/// optimistic >= expected >= pessimistic for metrics that reward early relevant items (the other way round for ranks).
/// An expectation inside does not depend on the order. A median keeps its own aggregate().
///
/// Complexity   O(R log R) and a copy of the ranks, beside what the metric does.
template <Metric M>
struct tie_order {
  static constexpr bool wants_ties = true;
  static constexpr bool wants_grades = metric::wants_grades<M>;

  metric::ties order = metric::ties::optimistic;
  M metric{};

  double operator()(const ranking& r) const {
    std::vector<index_t> ranks(r.ranks.begin(), r.ranks.end());
    std::vector<float> grades(r.grades.begin(), r.grades.end());
    detail::over_groups(r.ties, [&](const detail::tie_group& g) {
      const auto begin = static_cast<std::size_t>(g.relevant_before),
                 end = begin + static_cast<std::size_t>(g.relevant);
      const auto at = [begin, end](auto& v) {
        return std::pair{v.begin() + static_cast<std::ptrdiff_t>(begin), v.begin() + static_cast<std::ptrdiff_t>(end)};
      };
      if (order == metric::ties::ids_descending) {
        for (std::size_t j = begin; j < end; ++j) ranks[j] = g.first + g.last - r.ranks[begin + end - 1 - j];
        if (!grades.empty()) std::reverse(at(grades).first, at(grades).second);
        return true;
      }
      const bool first = order == metric::ties::optimistic;
      for (std::size_t j = begin; j < end; ++j)
        ranks[j] = (first ? g.first : g.last - g.relevant + 1) + static_cast<index_t>(j - begin);
      if (!grades.empty()) {
        std::sort(at(grades).first, at(grades).second);
        if (first) std::reverse(at(grades).first, at(grades).second);
      }
      return true;
    });
    return evaluate(metric, ranking{ranks, r.items, r.ties, grades});
  }
  double aggregate(std::span<const double> values) const { return metric::aggregate(metric, values); }
};
template <class M>
tie_order(metric::ties, M) -> tie_order<M>;

}  // namespace kindred::metric
