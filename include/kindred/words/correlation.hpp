// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/core/error.hpp>
#include <kindred/core/limits.hpp>
#include <kindred/core/types.hpp>
#include <span>
#include <vector>

namespace kindred::words {

/// Ranks from 1 in ascending order; equal values share the mean of their ranks. NaN in, NaN everywhere out.
///
/// Complexity   O(n log n).
/// Reference    scipy.stats.rankdata, method "average".
inline std::vector<double> average_ranks(std::span<const double> values) {
  std::vector<double> ranks(values.size(), std::nan(""));
  for (const double v : values)
    if (std::isnan(v)) return ranks;
  std::vector<std::size_t> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = static_cast<double>(begin + end + 1) / 2;
  }
  return ranks;
}

/// Pearson's correlation: r = sum of (x - mean x)(y - mean y) / sqrt(sum of (x - mean x)^2 * sum of (y - mean y)^2).
///
/// In [-1, 1]; NaN for fewer than two values, where one side does not vary, and for NaN or infinity in a side.
///
/// Complexity   O(n).
/// Errors       shape_error for sides of different sizes.
/// Reference    scipy.stats.pearsonr.
inline double pearson(std::span<const double> x, std::span<const double> y) {
  expects(x.size() == y.size(), "words::pearson: expected lists of equal length, got {} and {} values", x.size(),
          y.size());
  if (x.size() < 2) return std::nan("");
  const auto constant = [](std::span<const double> v) {
    return std::all_of(v.begin(), v.end(), [&](double e) { return e == v.front(); });
  };
  if (constant(x) || constant(y)) return std::nan("");  // the mean of equal values need not be that value
  const auto n = static_cast<double>(x.size());
  double mean_x = 0, mean_y = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mean_x += x[i] / n;
    mean_y += y[i] / n;
  }
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double dx = x[i] - mean_x, dy = y[i] - mean_y;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  const double r = xy / (std::sqrt(xx) * std::sqrt(yy));
  return r > 1 ? 1 : r < -1 ? -1 : r;
}

/// Spearman's rank correlation: pearson() of the average_ranks() of both sides.
///
/// In [-1, 1]; NaN where pearson() gives it.
///
/// Complexity   O(n log n).
/// Errors       shape_error for sides of different sizes.
/// Reference    scipy.stats.spearmanr.
inline double spearman(std::span<const double> x, std::span<const double> y) {
  expects(x.size() == y.size(), "words::spearman: expected lists of equal length, got {} and {} values", x.size(),
          y.size());
  return pearson(average_ranks(x), average_ranks(y));
}

}  // namespace kindred::words
