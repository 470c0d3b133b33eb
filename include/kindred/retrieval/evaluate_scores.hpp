// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/retrieval/evaluate.hpp>

namespace kindred::retrieval {

/// Computes ranking metrics of scores that any program made: `sklearn.metrics` for retrieval.
///
///   const auto [map, ndcg] = retrieval::evaluate_scores(ctx, scores, relation::same_label(query_labels, item_labels),
///                                                       metric::average_precision{}, metric::ndcg{.top = 10});
///
/// scores    queries x items, higher is closer
/// relation  which items are relevant to which query: relation(query row, item column)
/// metrics   as evaluate()
/// Returns   one value per metric, in order
///
/// Items are ranked by score, highest first; equal scores by column, lowest first; NaN last.
///
/// Complexity   as op::rank; about 50 bytes per relevant item, besides the scores.
/// Determinism  as evaluate().
/// Errors       argument_error for no queries or no items, or, when skipping, if no query has a relevant item;
///              shape_error when the relation is about other numbers of queries or items.
template <Device D, MatrixArgument<D> Scores, relation::Relation R, metric::Metric... Metrics>
requires(sizeof...(Metrics) > 0)
std::array<double, sizeof...(Metrics)> evaluate_scores(context<D>& ctx, const Scores& scores, const R& relation,
                                                       retrieval::without_relevant without_relevant,
                                                       const Metrics&... metrics) {
  const auto s = as_const(scores);
  expects<argument_error>(s.rows() > 0 && s.cols() > 0,
                          "retrieval::evaluate_scores: expected scores of at least one query and item, got {} x {}",
                          s.rows(), s.cols());
  if constexpr (relation::Sized<R>)
    expects(relation.queries() == s.rows() && relation.gallery() == s.cols(),
            "retrieval::evaluate_scores: expected a relation about {} queries and {} items, got {} and {}", s.rows(),
            s.cols(), relation.queries(), relation.gallery());
  detail::collector<Metrics...> values(s.rows(), without_relevant, metrics...);
  values.add(ctx, op::rank(ctx, s, relation, detail::details_for<R, Metrics...>));
  return values.result();
}

template <Device D, MatrixArgument<D> Scores, relation::Relation R, metric::Metric... Metrics>
requires(sizeof...(Metrics) > 0)
std::array<double, sizeof...(Metrics)> evaluate_scores(context<D>& ctx, const Scores& scores, const R& relation,
                                                       const Metrics&... metrics) {
  return evaluate_scores(ctx, scores, relation, without_relevant::count, metrics...);
}

}  // namespace kindred::retrieval
