// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <functional>
#include <kindred/core/group.hpp>
#include <kindred/metric/concept.hpp>
#include <kindred/op/finite.hpp>
#include <kindred/op/rank.hpp>
#include <kindred/op/scores.hpp>
#include <kindred/relation/reversed.hpp>
#include <kindred/similarity/concept.hpp>
#include <tuple>

namespace kindred::retrieval {

/// What a query without any relevant item does to the metrics.
enum class without_relevant {
  count,  ///< it counts with what the metric gives it: 0 for shares and precisions, items + 1 for ranks
  skip    ///< it is left out
};

struct evaluate_options {
  index_t memory = index_t(64) << 20;  ///< bytes for scores and ranks at a time; at least one query's are held
  retrieval::without_relevant without_relevant = retrieval::without_relevant::count;
  std::function<void(index_t done, index_t queries)> progress{};  ///< called after each band of queries; may be empty
};

/// The metrics of both directions, in the order in which they were asked for.
template <std::size_t Metrics>
struct both_directions {
  std::array<double, Metrics> forward, backward;
};

namespace detail {

template <class T, Device D>
void check_side(context<D>& ctx, const char* side, matrix_view<const T, D> x) {
  expects<argument_error>(x.rows() > 0, "retrieval::evaluate: no {}", side);
  expects(x.cols() > 0, "retrieval::evaluate: {} of 0 numbers", side);
  const index_t bad = op::first_non_finite_row<T>(ctx, x);
  expects<argument_error>(bad < 0, "retrieval::evaluate: row {} of the {} holds NaN or infinity", bad, side);
}

template <class T, Device D>
struct largest_magnitude_row {
  matrix_view<const T, D> x;
  vector_view<T, D> out;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const T most = g.reduce(x.cols(), T(0), maximum{}, [&](index_t c) { return x(r, c) < T(0) ? -x(r, c) : x(r, c); });
    g.once([&] { out(r) = most; });
  }
};

/// The largest magnitude in the rows of one side, which have to be finite.
template <class T, Device D>
T largest_magnitude(context<D>& ctx, const char* side, const similarity::prepared<T, D>& x) {
  if (x.changed) {
    const index_t bad = op::first_non_finite_row<T>(ctx, x.rows);
    expects<argument_error>(bad < 0,
                            "retrieval::evaluate: row {} of the {} is too large, the similarity makes NaN or infinity "
                            "of it",
                            bad, side);
  }
  vector<T, D> rows(ctx, x.rows.rows(), uninitialized);
  ctx.for_each_row(x.rows.rows(), x.rows.cols(), largest_magnitude_row<T, D>{x.rows, rows.view()});
  T most = 0;
  for (const T row : rows.to_host()) most = std::max(most, row);
  return most;
}

/// 1, or the power of two that brings numbers up to `most` near 1 where their squares could leave the range of T.
template <class T>
T factor_into_range(T most) {
  constexpr int highest = std::numeric_limits<T>::max_exponent - 1, ordinary = highest / 4;
  if (most == T(0)) return T(1);
  const int exponent = std::ilogb(most);
  if (exponent >= -ordinary && exponent <= ordinary) return T(1);
  return std::ldexp(T(1), std::min(-exponent, highest));
}

template <class T, Device D>
struct multiplied_at {
  matrix_view<const T, D> x;
  T factor;
  matrix_view<T, D> out;
  KINDRED_HD void operator()(index_t r, index_t c) const { out(r, c) = factor * x(r, c); }
};

/// The same rows times a power of two, which changes no ranking.
template <class T, Device D>
similarity::prepared<T, D> multiplied(context<D>& ctx, similarity::prepared<T, D> x, T factor) {
  if (factor == T(1)) return x;
  similarity::prepared<T, D> out{.rows = {}, .changed = matrix<T, D>(ctx, x.rows.rows(), x.rows.cols(), uninitialized)};
  ctx.for_each(x.rows.rows(), x.rows.cols(), multiplied_at<T, D>{x.rows, factor, out.changed->view()});
  out.rows = std::as_const(*out.changed).view();
  if (x.square_norms) {
    out.square_norms.emplace(ctx, x.rows.rows(), uninitialized);
    op::square_norms<T, D>(ctx, out.rows, out.square_norms->view());
  }
  ctx.synchronize();  // x is read until then
  return out;
}

/// visit(first query, ranks) for one band of queries after the other.
template <class T, Device D, class S, class R, class Visit>
void over_bands(context<D>& ctx, const S& similarity, matrix_view<const T, D> queries, matrix_view<const T, D> gallery,
                const R& relation, const evaluate_options& options, op::rank_details details, Visit visit) {
  check_side(ctx, "queries", queries);
  check_side(ctx, "gallery", gallery);
  expects(similarity::different_widths<S>() || queries.cols() == gallery.cols(),
          "retrieval::evaluate: queries of {} numbers but a gallery of {}", queries.cols(), gallery.cols());
  if constexpr (relation::Sized<R>)
    expects(relation.queries() == queries.rows() && relation.gallery() == gallery.rows(),
            "retrieval::evaluate: {} queries and {} gallery items but a relation about {} and {}", queries.rows(),
            gallery.rows(), relation.queries(), relation.gallery());
  const index_t n = queries.rows(), items = gallery.rows();
  const op::ranker<R, D> ranker(ctx, relation, items, details);
  const index_t most =
      std::min(n, std::max<index_t>(1, options.memory / (items * index_t(sizeof(T)) + ranker.bytes_per_query())));
  const index_t bands = (n + most - 1) / most, band = (n + bands - 1) / bands;
  matrix<T, D> scores(ctx, band, items, uninitialized);  // not from the arena, which would keep it
  op::ranks ranks;
  const auto each = [&](auto score) {
    for (index_t first = 0; first < n; first += band) {
      const index_t rows = std::min(band, n - first);
      score(first, scores.view().middle_rows(0, rows));
      ranker(ctx, as_const(scores).middle_rows(0, rows), first, ranks);
      visit(first, std::as_const(ranks));
      if (options.progress) options.progress(first + rows, n);
    }
  };
  if constexpr (similarity::ProductSimilarity<S, T, D> || similarity::TwoSidedSimilarity<S, T, D>) {
    similarity::prepared<T, D> x = similarity::prepare_first<S, T, D>(ctx, similarity, queries),
                               y = similarity::prepare_second<S, T, D>(ctx, similarity, gallery);
    T most_x = largest_magnitude<T, D>(ctx, "queries", x), most_y = largest_magnitude<T, D>(ctx, "gallery", y);
    if (S::scoring == op::scoring::negative_square_distance) most_x = most_y = std::max(most_x, most_y);
    const similarity::prepared<T, D> a = multiplied<T, D>(ctx, std::move(x), factor_into_range(most_x)),
                                     b = multiplied<T, D>(ctx, std::move(y), factor_into_range(most_y));
    each([&](index_t first, matrix_view<T, D> s) {
      op::scores(ctx, a.view().segment(first, s.rows()), b.view(), S::scoring, s);
    });
  } else {
    each([&](index_t first, matrix_view<T, D> s) {
      similarity.score(ctx, queries.middle_rows(first, s.rows()), gallery, s);
    });
  }
}

/// f(i) for i in [0, n), on all threads of the host where the context has them.
template <Device D, class F>
void on_host_threads(context<D>& ctx, index_t n, F f) {
  constexpr index_t grain = 16;
  if constexpr (std::is_same_v<D, cpu>)
    ctx.pool().run((n + grain - 1) / grain, [&](index_t chunk, int) {
      for (index_t i = chunk * grain; i < std::min(n, (chunk + 1) * grain); ++i) f(i);
    });
  else
    for (index_t i = 0; i < n; ++i) f(i);
}

/// What these metrics want to know of rankings by this relation.
template <class R, class... Metrics>
inline constexpr op::rank_details details_for{
    .ties = (metric::wants_ties<Metrics> || ...),
    .grades = relation::GradedRelation<R> && (metric::wants_grades<Metrics> || ...)};

/// The values of some metrics, query by query, and what becomes of them.
template <class... Metrics>
class collector {
 public:
  collector(index_t queries, retrieval::without_relevant without_relevant, const Metrics&... metrics)
      : queries_(queries), skip_(without_relevant == without_relevant::skip), metrics_(metrics...) {
    for (auto& v : values_) v.resize(static_cast<std::size_t>(queries));
  }

  /// The next queries.
  template <Device D>
  void add(context<D>& ctx, const op::ranks& ranks) {
    // where each query's values go, before the threads start
    std::vector<std::size_t> at(static_cast<std::size_t>(ranks.queries()));
    for (std::size_t i = 0; i < at.size(); ++i) {
      at[i] = counted_;
      counted_ += !skip_ || !ranks.lists[i].empty();
    }
    on_host_threads(ctx, ranks.queries(), [&](index_t query) {
      const auto i = static_cast<std::size_t>(query);
      if (skip_ && ranks.of(query).empty()) return;
      const metric::ranking r{ranks.of(query), ranks.ranked[i], ranks.ties_of(query), ranks.grades_of(query)};
      std::apply(
          [&](const Metrics&... metrics) {
            std::size_t m = 0;
            ((values_[m++][at[i]] = metric::evaluate(metrics, r)), ...);
          },
          metrics_);
    });
  }
  std::array<double, sizeof...(Metrics)> result() const {
    expects<argument_error>(counted_ > 0, "retrieval::evaluate: none of {} queries has a relevant item", queries_);
    return std::apply(
        [&](const Metrics&... metrics) -> std::array<double, sizeof...(Metrics)> {
          std::size_t m = 0;
          return {metric::aggregate(metrics, std::span<const double>(values_[m++].data(), counted_))...};
        },
        metrics_);
  }

 private:
  index_t queries_;
  bool skip_;
  std::tuple<Metrics...> metrics_;
  std::array<std::vector<double>, sizeof...(Metrics)> values_;
  std::size_t counted_ = 0;
};

}  // namespace detail

/// Ranks the whole gallery for every query and hands each query's ranks to visit(query, ranks, items), in query order,
/// on the calling thread: `ranks` are the 1-based ranks of its relevant items, ascending, a span that is valid during
/// the call; `items` is how many items its ranking holds. For values per query, and for curves.
///
/// Arguments, memory, determinism and errors as evaluate().
template <Device D, MatrixArgument<D> Queries, MatrixArgument<D> Gallery, relation::Relation R, class S, class Visit>
requires similarity::Similarity<S, typename Queries::value_type, D>
void evaluate_each(context<D>& ctx, const S& similarity, const Queries& queries, const Gallery& gallery,
                   const R& relation, const evaluate_options& options, Visit visit) {
  detail::over_bands<typename Queries::value_type, D>(
      ctx, similarity, as_const(queries), as_const(gallery), relation, options, {},
      [&](index_t first, const op::ranks& ranks) {
        for (index_t i = 0; i < ranks.queries(); ++i) {
          const bool counts = options.without_relevant == without_relevant::count || !ranks.of(i).empty();
          if (counts) visit(first + i, ranks.of(i), ranks.ranked[static_cast<std::size_t>(i)]);
        }
      });
}

/// Ranking metrics of a retrieval: every query ranks the whole gallery; all metrics come from one pass.
///
///   const auto [map, hit] = retrieval::evaluate(ctx, similarity::cosine{}, images, texts, relation::same_label(l, l),
///                                               metric::average_precision{}, metric::hit{.k = 10});
///
/// similarity  a Similarity; a ProductSimilarity is prepared once, another one gets bands of queries
/// queries     n x d
/// gallery     m x d
/// relation    who is relevant to whom: relation(query row, gallery row)
/// options     memory, queries without relevant items, progress; may be left out
/// metrics     functions of ranks, ties and grades, see metric/concept.hpp; ties and grades are found where one asks
/// Returns     one number per metric, in order: the mean over queries or what the metric's aggregate() says
///
/// Rankings go by score, highest first; equal scores by gallery row, lowest first; NaN scores last. Where the squares
/// of what a ProductSimilarity makes of its rows could leave the range of T (numbers all below 2^-31 or some above 2^32
/// in float, 2^+-255 in double), copies times a power of two are compared, so that scores neither overflow nor vanish:
/// data times 1e30 or 1e-30 rank as the data. Another similarity's infinite scores rank as numbers do and tie with each
/// other.
///
/// Complexity   n m d for the product, then ranks as op::ranker. Never holds n x m scores: bands of queries whose
///              scores and ranks fit options.memory, or one query. Beside that: prepared copies of both sides, 8 n
///              bytes per metric, and on context<cpu> about 50 bytes per relevant item and thread.
/// Determinism  values have the same bits for any number of threads and any memory ceiling (context<cpu>): ranks are
///              integers, and metrics are computed from them on the host, in double, in query order.
/// Errors       argument_error for empty sides, a row that holds NaN or infinity, or of which the similarity makes such
///              numbers (named), or, when skipping, if no query has a relevant item; shape_error when widths differ or
///              the relation is about other numbers of items.
template <Device D, MatrixArgument<D> Queries, MatrixArgument<D> Gallery, relation::Relation R, class S,
          metric::Metric... Metrics>
requires similarity::Similarity<S, typename Queries::value_type, D> && (sizeof...(Metrics) > 0)
std::array<double, sizeof...(Metrics)> evaluate(context<D>& ctx, const S& similarity, const Queries& queries,
                                                const Gallery& gallery, const R& relation,
                                                const evaluate_options& options, const Metrics&... metrics) {
  const index_t n = as_const(queries).rows();
  detail::collector<Metrics...> values(n, options.without_relevant, metrics...);
  detail::over_bands<typename Queries::value_type, D>(ctx, similarity, as_const(queries), as_const(gallery), relation,
                                                      options, detail::details_for<R, Metrics...>,
                                                      [&](index_t, const op::ranks& ranks) { values.add(ctx, ranks); });
  return values.result();
}

template <Device D, MatrixArgument<D> Queries, MatrixArgument<D> Gallery, relation::Relation R, class S,
          metric::Metric... Metrics>
requires similarity::Similarity<S, typename Queries::value_type, D> && (sizeof...(Metrics) > 0)
std::array<double, sizeof...(Metrics)> evaluate(context<D>& ctx, const S& similarity, const Queries& queries,
                                                const Gallery& gallery, const R& relation, const Metrics&... metrics) {
  return evaluate(ctx, similarity, queries, gallery, relation, evaluate_options{}, metrics...);
}

/// Both directions: rows of `a` ask for rows of `b`, then rows of `b` ask for rows of `a`.
///
/// relation  relation(row of a, row of b); the way back uses relation::reversed and similarity::reversed
/// Returns   {forward, backward}, each as evaluate() gives it; progress runs through once per direction
/// Everything else as evaluate().
template <Device D, MatrixArgument<D> A, MatrixArgument<D> B, relation::Relation R, class S, metric::Metric... Metrics>
requires similarity::Similarity<S, typename A::value_type, D> && (sizeof...(Metrics) > 0)
both_directions<sizeof...(Metrics)> evaluate_both(context<D>& ctx, const S& similarity, const A& a, const B& b,
                                                  const R& relation, const evaluate_options& options,
                                                  const Metrics&... metrics) {
  return {evaluate(ctx, similarity, a, b, relation, options, metrics...),
          evaluate(ctx, similarity::reversed(similarity), b, a, relation::reversed<R>(relation), options, metrics...)};
}

template <Device D, MatrixArgument<D> A, MatrixArgument<D> B, relation::Relation R, class S, metric::Metric... Metrics>
requires similarity::Similarity<S, typename A::value_type, D> && (sizeof...(Metrics) > 0)
both_directions<sizeof...(Metrics)> evaluate_both(context<D>& ctx, const S& similarity, const A& a, const B& b,
                                                  const R& relation, const Metrics&... metrics) {
  return evaluate_both(ctx, similarity, a, b, relation, evaluate_options{}, metrics...);
}

}  // namespace kindred::retrieval
