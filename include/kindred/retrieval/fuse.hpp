// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/op/top_k.hpp>
#include <utility>
#include <vector>

namespace kindred::retrieval {

/// What an item gets from a list that holds it; a list that does not gives nothing.
enum class fusion {
  reciprocal_rank,  ///< 1 / (offset + rank), ranks from 1
  min_max           ///< (score - lowest) / (highest - lowest) of the query's list, 1 where all are equal, 0 for NaN
};

struct fuse_options {
  index_t k = 10;                                                 ///< results of each query
  retrieval::fusion fusion = retrieval::fusion::reciprocal_rank;  ///< see fusion
  double offset = 60;             ///< of reciprocal_rank: how little the first places stand out
  std::vector<double> weights{};  ///< one for each list; empty: 1 each
};

namespace detail {

/// The entries of one list on the host.
struct fused_list {
  std::vector<index_t> ids;
  std::vector<double> scores;
  index_t queries, length;

  template <class T, Device D>
  static fused_list of(const op::hits<T, D>& found) {
    const auto scores = found.scores.to_host();
    return {found.ids.to_host(), {scores.begin(), scores.end()}, found.ids.rows(), found.ids.cols()};
  }
};

/// Adds (id, what it gets) for every entry of query `q` in `list`.
inline void add_parts(const fused_list& list, index_t q, double weight, const fuse_options& options,
                      std::vector<std::pair<index_t, double>>& parts) {
  const auto first = static_cast<std::size_t>(q * list.length), begin = parts.size();
  double low = infinity<double>, high = -infinity<double>;
  for (std::size_t j = first; j < first + static_cast<std::size_t>(list.length); ++j) {
    if (list.ids[j] < 0) continue;
    const double rank = static_cast<double>(j - first + 1);
    parts.emplace_back(list.ids[j],
                       options.fusion == fusion::min_max ? list.scores[j] : weight / (options.offset + rank));
    if (list.scores[j] < low) low = list.scores[j];
    if (list.scores[j] > high) high = list.scores[j];
  }
  if (options.fusion != fusion::min_max) return;
  for (std::size_t i = begin; i < parts.size(); ++i) {
    double& part = parts[i].second;
    part = !(part == part) ? 0 : high > low ? weight * (part - low) / (high - low) : weight;
  }
}

}  // namespace detail

/// One ranking of several: items that stand high in many lists come first.
///
///   const auto found = retrieval::fuse(ctx, {.k = 10}, by_picture, by_words);
///
/// score(item) = sum over lists of weight * what the item gets there, see fusion
///
/// lists    results of searches for the same queries over one set of ids; lengths and number types may differ. Entries
///          of id -1 are none; of an id that stands in one list twice the first entry counts
/// Returns  queries x k by score, then by id; where there are fewer items, id -1 and score -infinity
///
/// Complexity   O(entries log entries) per query, on the host.
/// Determinism  lists are added in the order given.
/// Errors       shape_error for lists about different numbers of queries; argument_error for k or offset below 0,
///              weights of another number than the lists, below 0 or not finite.
/// Reference    Cormack, Clarke and Buettcher 2009 (reciprocal rank, offset 60); Fox and Shaw 1994 (CombSUM) over
///              scores scaled to [0, 1].
template <Device D, class... T>
requires(sizeof...(T) > 0)
op::hits<double, D> fuse(context<D>& ctx, const fuse_options& options, const op::hits<T, D>&... lists) {
  const std::vector<detail::fused_list> all{detail::fused_list::of(lists)...};
  const index_t queries = all.front().queries, k = options.k;
  expects<argument_error>(k >= 0, "retrieval::fuse: k is {}", k);
  expects<argument_error>(options.offset >= 0 && options.offset < infinity<double>,
                          "retrieval::fuse: expected an offset of at least 0, got {}", options.offset);
  expects<argument_error>(options.weights.empty() || options.weights.size() == all.size(),
                          "retrieval::fuse: {} weights for {} lists", options.weights.size(), all.size());
  for (const double w : options.weights)
    expects<argument_error>(w >= 0 && w < infinity<double>, "retrieval::fuse: a weight is {}", w);
  for (const auto& list : all)
    expects(list.queries == queries, "retrieval::fuse: lists of {} and {} queries", queries, list.queries);

  std::vector<double> values(static_cast<std::size_t>(queries * k), -infinity<double>);
  std::vector<index_t> ids(static_cast<std::size_t>(queries * k), -1);
  std::vector<std::pair<index_t, double>> parts, sums;
  for (index_t q = 0; q < queries; ++q) {
    sums.clear();
    const auto by_id = [](const auto& a, const auto& b) { return a.first < b.first; };
    for (std::size_t l = 0; l < all.size(); ++l) {
      parts.clear();
      detail::add_parts(all[l], q, options.weights.empty() ? 1.0 : options.weights[l], options, parts);
      std::stable_sort(parts.begin(), parts.end(), by_id);
      const auto same_id = [](const auto& a, const auto& b) { return a.first == b.first; };
      parts.erase(std::unique(parts.begin(), parts.end(), same_id), parts.end());
      sums.insert(sums.end(), parts.begin(), parts.end());
    }
    std::stable_sort(sums.begin(), sums.end(), by_id);
    std::size_t items = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) {
      if (items > 0 && sums[items - 1].first == sums[i].first)
        sums[items - 1].second += sums[i].second;
      else
        sums[items++] = sums[i];
    }
    sums.resize(items);
    std::sort(sums.begin(), sums.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    for (std::size_t j = 0; j < std::min(items, static_cast<std::size_t>(k)); ++j) {
      const auto at = static_cast<std::size_t>(q * k) + j;
      ids[at] = sums[j].first;
      values[at] = sums[j].second;
    }
  }
  return {matrix<double, D>(ctx, queries, k, values), matrix<index_t, D>(ctx, queries, k, ids)};
}

}  // namespace kindred::retrieval
