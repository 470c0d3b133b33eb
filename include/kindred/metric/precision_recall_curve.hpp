// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <kindred/op/tie.hpp>
#include <span>
#include <vector>

namespace kindred::metric {

/// Precision against recall, of one query or averaged over many.
///
/// Raw points of one query: (j / R, j / rank_j) for its R relevant items, j = 1..R, as far as a list of results holds
/// them. Interpolated: precision at recall level l = max over j with j / R >= l of j / rank_j, at `levels` equally
/// spaced recall levels 0, ..., 1; averaged over the added queries, one without relevant items adding zeros.
///
/// Complexity   O(R + levels) per query.
/// Determinism  levels are compared in whole numbers; sums go in the order of add().
/// Errors       argument_error for fewer than 2 levels.
/// Reference    Manning et al. 2008, 8.4 (11-point interpolated average precision).
class precision_recall_curve {
 public:
  struct point {
    double recall, precision;
  };

  explicit precision_recall_curve(index_t levels = 11) : sums_(static_cast<std::size_t>(std::max<index_t>(levels, 0))) {
    expects<argument_error>(levels >= 2, "metric::precision_recall_curve: expected at least 2 recall levels, got {}",
                            levels);
  }

  /// The points of one query; `ranks` as metrics get them.
  static std::vector<point> points(std::span<const index_t> ranks) {
    const auto found = std::lower_bound(ranks.begin(), ranks.end(), op::missing) - ranks.begin();
    std::vector<point> all(static_cast<std::size_t>(found));
    for (std::size_t j = 0; j < all.size(); ++j)
      all[j] = {static_cast<double>(j + 1) / static_cast<double>(ranks.size()),
                static_cast<double>(j + 1) / static_cast<double>(ranks[j])};
    return all;
  }

  /// Adds a query to the average.
  void add(std::span<const index_t> ranks) {
    ++queries_;
    const std::size_t last = sums_.size() - 1;
    double best = 0;
    std::size_t j = ranks.size();
    for (std::size_t level = sums_.size(); level-- > 0;) {
      // levels from the top, so that the best precision from here to recall 1 is at hand
      for (; j > 0 && j * last >= level * ranks.size(); --j)
        if (ranks[j - 1] != op::missing)
          best = std::max(best, static_cast<double>(j) / static_cast<double>(ranks[j - 1]));
      sums_[level] += best;
    }
  }

  index_t queries() const { return queries_; }
  /// The averaged curve: one point per level, recall ascending; zeros before anything was added.
  std::vector<point> curve() const {
    std::vector<point> all(sums_.size());
    for (std::size_t level = 0; level < all.size(); ++level)
      all[level] = {static_cast<double>(level) / static_cast<double>(all.size() - 1),
                    queries_ > 0 ? sums_[level] / static_cast<double>(queries_) : 0.0};
    return all;
  }

 private:
  std::vector<double> sums_;
  index_t queries_ = 0;
};

}  // namespace kindred::metric
