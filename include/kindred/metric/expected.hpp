// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/metric/average_precision.hpp>

namespace kindred::metric {

/// A metric that knows its expectation over all orders of items with the same score.
template <class M>
concept ExpectedMetric = Metric<M> && requires(const M& metric, const ranking& r) {
  { metric.expected(r) } -> std::same_as<double>;
};

/// A metric when ties are broken at random: its mean over all orders of items with the same score, in closed form.
///
///   metric::expected{metric::ndcg{.top = 10}}
///
/// The only value of a ranking with ties that no order of the gallery can change. Equal to the metric itself where no
/// score of a relevant item is shared. NaN scores tie with each other.
///
/// Complexity   O(R + items tied with a relevant one) beside what the metric does.
/// Reference    McSherry and Najork 2008.
template <ExpectedMetric M>
struct expected {
  static constexpr bool wants_ties = true;
  static constexpr bool wants_grades = metric::wants_grades<M>;

  M metric{};

  double operator()(const ranking& r) const { return metric.expected(r); }
};
template <class M>
expected(M) -> expected<M>;

/// Average precision when ties are broken at random: the exact expectation.
using expected_average_precision = expected<average_precision>;
static_assert(RankingMetric<expected_average_precision>);

}  // namespace kindred::metric
