// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/op/rank_hits.hpp>
#include <kindred/retrieval/evaluate.hpp>

namespace kindred::retrieval {

/// Ranking metrics of search results: what a list of the k best of each query is worth.
///
///   const auto found = index.search(ctx, queries, 100);
///   const auto [recall] = retrieval::evaluate_hits(ctx, found, index.size(), relation::same_label(q, g),
///                                                  metric::recall{.k = 10});
///
/// hits      queries x k as an index gives them, best first; -1 is no result
/// gallery   how many items the index holds
/// relation  who is relevant to whom: relation(query row, id)
/// metrics   as evaluate(). What they are divided by counts all relevant items of the gallery, found or not
/// Returns   one number per metric, in order
///
/// A relevant item that was not found stands behind every k. So with k results precision, recall, hit and average
/// precision of the first k or fewer are those of the whole ranking; metrics of the whole ranking (average_precision
/// with top = 0, ndcg with top = 0, the rank of the first relevant item) see the list as the whole: what was not found
/// adds nothing, and a list without a relevant item counts as rank (number of results) + 1. Ties are those inside the
/// list.
///
/// Complexity   as op::rank_hits.
/// Determinism  as evaluate().
/// Errors       argument_error for no queries, ids outside the gallery or twice in a list, or, when skipping, if no
///              query has a relevant item; shape_error when the relation is about other numbers of items.
template <class T, Device D, relation::Relation R, metric::Metric... Metrics>
requires(sizeof...(Metrics) > 0)
std::array<double, sizeof...(Metrics)> evaluate_hits(context<D>& ctx, const op::hits<T, D>& hits, index_t gallery,
                                                     const R& relation, retrieval::without_relevant without_relevant,
                                                     const Metrics&... metrics) {
  const index_t n = hits.ids.rows();
  expects<argument_error>(n > 0, "retrieval::evaluate_hits: no queries");
  detail::collector<Metrics...> values(n, without_relevant, metrics...);
  values.add(ctx, op::rank_hits(ctx, hits, relation, gallery, detail::details_for<R, Metrics...>));
  return values.result();
}

template <class T, Device D, relation::Relation R, metric::Metric... Metrics>
requires(sizeof...(Metrics) > 0)
std::array<double, sizeof...(Metrics)> evaluate_hits(context<D>& ctx, const op::hits<T, D>& hits, index_t gallery,
                                                     const R& relation, const Metrics&... metrics) {
  return evaluate_hits(ctx, hits, gallery, relation, without_relevant::count, metrics...);
}

}  // namespace kindred::retrieval
