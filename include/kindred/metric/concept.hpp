// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/types.hpp>
#include <span>

namespace kindred::metric {

/// A ranking to a number: metric(ranks, items) for one query.
///
/// ranks  1-based ranks of its relevant items, ascending; empty when it has none
/// items  how many items its ranking holds
///
/// Over many queries the value is the mean, unless the metric has aggregate(values), which gets the values of all
/// queries in their order. A metric says what it gives for empty ranks. Metrics are computed on the host in double.
template <class M>
concept Metric = std::copyable<M> && requires(const M& metric, std::span<const index_t> ranks, index_t items) {
  { metric(ranks, items) } -> std::same_as<double>;
};

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

}  // namespace kindred::metric
