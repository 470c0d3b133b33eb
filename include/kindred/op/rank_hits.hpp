// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/op/rank.hpp>
#include <kindred/op/top_k.hpp>

namespace kindred::op {

namespace detail {

/// What a relation says of the results of one query, where the host cannot ask it.
template <class D, class R>
struct judge_row {
  R relation;
  index_t first_query, items;
  matrix_view<const index_t, D> ids;
  matrix_view<signed char, D> kinds;   // rows x k
  vector_view<index_t, D> relevant;    // how many gallery items are
  matrix_view<float, D> found_grades;  // rows x k; may be absent
  matrix_view<float, D> grades;        // rows x items, of all relevant items, by id; absent with found_grades

  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    using relation::kind;
    const index_t query = first_query + r;
    g.for_each(ids.cols(), [&](index_t j) {
      const index_t id = ids(r, j);
      kinds(r, j) = static_cast<signed char>(id < 0 ? kind::ignored : relation(query, id));
      if constexpr (relation::GradedRelation<R>)
        if (found_grades) found_grades(r, j) = id < 0 ? 0.0f : relation.grade(query, id);
    });
    const index_t all = select(
        g, items, [&](index_t c) { return relation(query, c) == kind::positive; },
        [&](index_t at, index_t c) {
          if constexpr (relation::GradedRelation<R>)
            if (grades) grades(r, at) = relation.grade(query, c);
        });
    g.once([&] { relevant(r) = all; });
  }
};

/// Puts together what is known of one query's results. ask(j) is the kind of result j, grade(j) how relevant it is.
template <class T, class Ask, class Grade>
void rank_results(std::span<const index_t> ids, std::span<const T> scores, index_t relevant, Ask ask, Grade grade,
                  rank_details details, std::size_t at, ranks& out) {
  auto& list = out.lists[at];
  list.clear();
  if (details.ties) out.ties[at].clear();
  if (details.grades) out.grades[at].clear();
  index_t rank = 0, first = 1;
  std::size_t open = 0;  // the first element of `list` whose tie is not known yet
  const auto close = [&] {
    for (; details.ties && open < list.size(); ++open) out.ties[at].push_back({first, rank});
    first = rank + 1;
  };
  T last{};
  for (std::size_t j = 0; j < ids.size(); ++j) {
    if (ids[j] < 0) continue;
    const relation::kind kind = ask(j);
    if (kind == relation::kind::ignored) continue;
    const bool equal = scores[j] == last || (scores[j] != scores[j] && last != last);
    if (rank > 0 && !equal) close();
    last = scores[j];
    ++rank;
    if (kind != relation::kind::positive) continue;
    list.push_back(rank);
    if (details.grades) out.grades[at].push_back(grade(j));
  }
  close();
  out.ranked[at] = rank;
  list.resize(static_cast<std::size_t>(relevant), missing);
  if (details.ties) out.ties[at].resize(list.size(), {missing, missing});
}

/// Appends the grades of relevant items that are not among the results; as a set, since their order has no meaning.
inline void append_missing(std::vector<float> all, std::vector<float>& grades) {
  std::vector<float> found = grades, rest;
  std::sort(all.begin(), all.end(), std::greater<>());
  std::sort(found.begin(), found.end(), std::greater<>());
  std::set_difference(all.begin(), all.end(), found.begin(), found.end(), std::back_inserter(rest), std::greater<>());
  grades.insert(grades.end(), rest.begin(), rest.end());
}

/// Refuses ids outside the gallery and ids that come twice.
inline void check_results(std::span<const index_t> ids, index_t query, index_t items, std::vector<index_t>& sorted) {
  sorted.assign(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t j = 0; j < sorted.size(); ++j) {
    const index_t id = sorted[j];
    expects<argument_error>(id >= -1 && id < items, "op::rank_hits: query {} found item {} of a gallery of {}", query,
                            id, items);
    expects<argument_error>(j == 0 || id < 0 || id != sorted[j - 1], "op::rank_hits: query {} found item {} twice",
                            query, id);
  }
}

}  // namespace detail

/// The ranks of relevant items in lists of search results.
///
/// rank of a result = its place among the results that are not ignored; op::missing for relevant items that are not
/// found
///
/// hits      queries x k, best first; -1 is no result. Scores count for ties only
/// relation  about query r and gallery item id. All its relevant items are counted, so that shares are those of the
///           gallery
/// items     how many items the gallery holds
/// details   what is found beside the ranks. Ties are those inside the list: what it cut off is unknown
///
/// A list as long as the gallery gives what rank() gives for the same scores.
///
/// Complexity   O(k log k) per query beside counting its relevant items: by class or list on context<cpu>, else the
///              relation is asked about every pair.
/// Determinism  integers: the same on every device and for any number of threads.
/// Errors       shape_error when the relation is about other numbers of queries or items, or ids and scores differ in
///              shape; argument_error for an id outside the gallery or twice among the results of a query, and for
///              grades of a relation that has none.
template <class T, Device D, relation::Relation R>
ranks rank_hits(context<D>& ctx, const hits<T, D>& hits, const R& relation, index_t items, rank_details details = {}) {
  const index_t queries = hits.ids.rows(), k = hits.ids.cols();
  expects(hits.scores.rows() == queries && hits.scores.cols() == k, "op::rank_hits: {} x {} ids but {} x {} scores",
          queries, k, hits.scores.rows(), hits.scores.cols());
  if constexpr (relation::Sized<R>)
    expects(relation.queries() == queries && relation.gallery() == items,
            "op::rank_hits: {} queries and {} gallery items but a relation about {} and {}", queries, items,
            relation.queries(), relation.gallery());
  expects<argument_error>(!details.grades || relation::GradedRelation<R>, "op::rank_hits: a relation without grades");
  const auto ids = hits.ids.to_host();
  const auto scores = hits.scores.to_host();
  ranks out;
  out.resize(queries, details);
  const auto row = [k](const auto& all, index_t r) {
    return std::span(all).subspan(static_cast<std::size_t>(r * k), static_cast<std::size_t>(k));
  };
  std::vector<index_t> sorted;
  for (index_t r = 0; r < queries; ++r) detail::check_results(row(ids, r), r, items, sorted);
  if constexpr (std::is_same_v<D, cpu>) {
    const detail::finder<R> find(relation, items);
    constexpr index_t chunk = 16;
    ctx.pool().run((queries + chunk - 1) / chunk, [&](index_t at, int) {
      std::vector<index_t> relevant, ignored;
      for (index_t r = at * chunk; r < std::min(queries, (at + 1) * chunk); ++r) {
        const auto here = static_cast<std::size_t>(r);
        const auto mine = row(ids, r);
        find(r, relevant, ignored);
        const auto grade = [&]([[maybe_unused]] index_t id) {
          if constexpr (relation::GradedRelation<R>)
            return relation.grade(r, id);
          else
            return 1.0f;
        };
        detail::rank_results<T>(
            mine, row(scores, r), static_cast<index_t>(relevant.size()),
            [&](std::size_t j) { return relation(r, mine[j]); }, [&](std::size_t j) { return grade(mine[j]); }, details,
            here, out);
        if (!details.grades) continue;
        std::vector<float> all;
        for (const index_t id : relevant) all.push_back(grade(id));
        detail::append_missing(std::move(all), out.grades[here]);
      }
    });
  } else {
    // all grades of a query take a row as long as the gallery
    const index_t band =
        details.grades ? std::max<index_t>(1, (index_t(1) << 24) / std::max<index_t>(1, items)) : queries;
    for (index_t first = 0; first < queries; first += band) {
      const index_t rows = std::min(band, queries - first), graded = details.grades ? rows : 0;
      matrix<signed char, D> kinds(ctx, rows, k, uninitialized);
      vector<index_t, D> relevant(ctx, rows, uninitialized);
      matrix<float, D> found_grades(ctx, graded, k, uninitialized), grades(ctx, graded, items, uninitialized);
      ctx.for_each_row(
          rows, items,
          detail::judge_row<D, R>{relation, first, items, hits.ids.view().middle_rows(first, rows), kinds.view(),
                                  relevant.view(), details.grades ? found_grades.view() : matrix_view<float, D>{},
                                  details.grades ? grades.view() : matrix_view<float, D>{}});
      const auto host_kinds = kinds.to_host();
      const auto counts = relevant.to_host();
      const auto host_found = found_grades.to_host();
      std::vector<std::vector<float>> all(static_cast<std::size_t>(graded));
      if (details.grades) detail::copy_lists<float, D>(ctx, as_const(grades), counts, all);
      ctx.synchronize();
      for (index_t r = 0; r < rows; ++r) {
        const auto here = static_cast<std::size_t>(first + r);
        const auto result = [k, r](std::size_t j) { return static_cast<std::size_t>(r * k) + j; };
        detail::rank_results<T>(
            row(ids, first + r), row(scores, first + r), counts[static_cast<std::size_t>(r)],
            [&](std::size_t j) { return static_cast<relation::kind>(host_kinds[result(j)]); },
            [&](std::size_t j) { return host_found[result(j)]; }, details, here, out);
        if (details.grades) detail::append_missing(std::move(all[static_cast<std::size_t>(r)]), out.grades[here]);
      }
    }
  }
  return out;
}

}  // namespace kindred::op
