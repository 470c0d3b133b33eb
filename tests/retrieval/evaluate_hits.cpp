// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/expected.hpp>
#include <kindred/metric/ndcg.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/metric/tie_order.hpp>
#include <kindred/relation/graded.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/relation/pairs.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/evaluate_hits.hpp>
#include <kindred/retrieval/evaluate_scores.hpp>
#include <kindred/similarity/dot.hpp>
#include <limits>

using namespace kindred;
using doctest::Approx;

namespace {

const index_t n = 40, m = 60, d = 4;

/// Few different numbers, so that scores are exact and tie.
std::vector<float> numbers(index_t count, index_t levels, std::uint64_t seed) {
  std::vector<float> x(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(random::below(levels, seed, 1, i) - levels / 2);
  return x;
}

}  // namespace

TEST_CASE("metrics of a list as long as the gallery are those of the ranking, on cpu and emu, for graded relations") {
  context<cpu> ctx(2);
  context<emu> e;
  const auto x = numbers(n * d, 5, 1), y = numbers(m * d, 5, 2), g = numbers(n * m, 6, 3);
  const auto all = [&](auto& c) {
    using D = typename std::remove_reference_t<decltype(matrix(c, n, d, std::span<const float>(x)))>::device;
    const matrix<float, D> a(c, n, d, x), b(c, m, d, y), grades(c, n, m, g);
    matrix<float, D> scores(c, n, m);
    similarity::dot{}.template score<float, D>(c, a, b, scores.view());
    const relation::graded relevant(grades);
    const auto ask = [&](auto... metrics) {
      const auto whole = retrieval::evaluate(c, similarity::dot{}, a, b, relevant, {.memory = 20000}, metrics...);
      const auto listed = retrieval::evaluate_hits(c, op::top_k(c, scores, m), m, relevant, metrics...);
      CHECK(whole == listed);
      CHECK(retrieval::evaluate_scores(c, scores, relevant, metrics...) == listed);
      return listed;
    };
    return ask(metric::average_precision{}, metric::expected_average_precision{}, metric::ndcg{},
               metric::expected{metric::ndcg{.top = 10}}, metric::average_precision_at_r{}, metric::median_rank{},
               metric::tie_order{metric::ties::ids_descending, metric::reciprocal_rank{}});
  };
  const auto on_cpu = all(ctx);
  CHECK(all(e) == on_cpu);
  CHECK(on_cpu[0] != on_cpu[1]);  // there are ties
  CHECK(on_cpu[2] > 0.5);
}

TEST_CASE("the first k results of an index have the metrics at k of the whole ranking") {
  context<cpu> ctx;
  const auto x = numbers(n * d, 5, 1), y = numbers(m * d, 5, 2);
  std::vector<label_t> la, lb;
  for (index_t i = 0; i < n; ++i) la.push_back(static_cast<label_t>(i % 7));
  for (index_t i = 0; i < m; ++i) lb.push_back(static_cast<label_t>(i % 6));
  const matrix<float, cpu> a(ctx, n, d, x), b(ctx, m, d, y);
  const vector<label_t, cpu> ql(ctx, la), gl(ctx, lb);
  const relation::same_label relevant(ql, gl);
  index::flat<float, cpu, similarity::dot> index(ctx, d);
  index.add(ctx, b);
  const auto ask = [&](auto... metrics) {
    const auto whole = retrieval::evaluate(ctx, similarity::dot{}, a, b, relevant, metrics...);
    const auto listed = retrieval::evaluate_hits(ctx, index.search(ctx, a, 10), m, relevant, metrics...);
    CHECK(whole == listed);
    return whole;
  };
  const auto values =
      ask(metric::average_precision{.top = 10}, metric::average_precision{.top = 5, .divisor = metric::divisor::hits},
          metric::average_precision{.top = 10, .divisor = metric::divisor::reachable}, metric::recall{10},
          metric::precision{7}, metric::hit{3}, metric::ndcg{.top = 10});
  CHECK(values[3] > 0.05);
  CHECK(values[3] < 0.9);
  // 10 relevant per query but for class 6, which has none
  CHECK(ask(metric::r_precision{}, metric::average_precision_at_r{})[0] > 0);
}

TEST_CASE("lists, labels and plain questions about every pair give the same metrics") {
  context<cpu> ctx;
  const auto x = numbers(n * d, 5, 1), y = numbers(m * d, 5, 2);
  const matrix<float, cpu> a(ctx, n, d, x), b(ctx, m, d, y);
  std::vector<std::pair<index_t, index_t>> links;
  std::vector<float> table(static_cast<std::size_t>(n * m));
  for (index_t q = 0; q < n; ++q)
    for (index_t c = 0; c < m; ++c)
      if (q % 5 == c % 5) {
        links.emplace_back(q, c);
        table[static_cast<std::size_t>(q * m + c)] = 1;
      }
  std::vector<label_t> la, lb;
  for (index_t i = 0; i < m; ++i) lb.push_back(static_cast<label_t>(i % 5));
  la.assign(lb.begin(), lb.begin() + n);
  const vector<label_t, cpu> ql(ctx, la), gl(ctx, lb);
  const relation::pairs pairs(n, m, links);
  const matrix<float, cpu> grades(ctx, n, m, table);
  const auto ask = [&](const auto& relation) {
    const auto both = retrieval::evaluate_both(ctx, similarity::dot{}, a, b, relation, metric::average_precision{},
                                               metric::ndcg{}, metric::expected{metric::ndcg{}}, metric::recall{5});
    return std::pair{both.forward, both.backward};
  };
  const auto wanted = ask(relation::same_label(ql, gl));
  CHECK(ask(pairs.relation()) == wanted);
  CHECK(ask(relation::graded(grades)) == wanted);
}

TEST_CASE("expectations over ties do not depend on the order of the gallery, threads or memory") {
  const auto x = numbers(n * d, 3, 1), y = numbers(m * d, 3, 2);
  std::vector<label_t> la(static_cast<std::size_t>(n)), lb(static_cast<std::size_t>(m));
  for (std::size_t i = 0; i < la.size(); ++i) la[i] = static_cast<label_t>(i % 3);
  for (std::size_t i = 0; i < lb.size(); ++i) lb[i] = static_cast<label_t>(i * 7 % 4);
  std::vector<std::array<double, 3>> values;
  std::vector<double> plain;
  for (const int threads : {1, 2})
    for (const index_t memory : {1, 30000})
      for (const index_t step : {1, 7}) {  // 60 and 7 have no common divisor
        context<cpu> ctx(threads);
        std::vector<float> moved(y.size());
        std::vector<label_t> moved_labels(lb.size());
        for (index_t i = 0; i < m; ++i) {
          const index_t to = i * step % m;
          std::copy_n(y.begin() + i * d, d, moved.begin() + to * d);
          moved_labels[static_cast<std::size_t>(to)] = lb[static_cast<std::size_t>(i)];
        }
        const matrix<float, cpu> a(ctx, n, d, x), b(ctx, m, d, moved);
        const vector<label_t, cpu> ql(ctx, la), gl(ctx, moved_labels);
        const auto [map, ndcg, hit, by_id] =
            retrieval::evaluate(ctx, similarity::dot{}, a, b, relation::same_label(ql, gl), {.memory = memory},
                                metric::expected_average_precision{}, metric::expected{metric::ndcg{.top = 9}},
                                metric::expected{metric::hit{2}}, metric::average_precision{});
        values.push_back({map, ndcg, hit});
        plain.push_back(by_id);
      }
  for (const auto& v : values) CHECK(v == values.front());
  CHECK(plain[0] != plain[1]);  // the metric itself does
  CHECK(values.front()[0] == Approx(plain[0]).epsilon(0.2));
}

TEST_CASE("NaN scores of a similarity rank last and tie with each other") {
  struct broken {
    void score(context<cpu>&, matrix_view<const float, cpu> a, matrix_view<const float, cpu> b,
               matrix_view<float, cpu> s) const {
      for (index_t i = 0; i < a.rows(); ++i)
        for (index_t j = 0; j < b.rows(); ++j) s(i, j) = j == 1 ? 1.0f : std::numeric_limits<float>::quiet_NaN();
    }
  };
  context<cpu> ctx;
  const matrix<float, cpu> a(ctx, 1, 1), b(ctx, 4, 1);
  const relation::pairs third(1, 4, {{0, 2}});
  const auto [first, last, expected] = retrieval::evaluate(
      ctx, broken{}, a, b, third.relation(), metric::mean_rank{},
      metric::tie_order{metric::ties::pessimistic, metric::mean_rank{}}, metric::expected{metric::mean_rank{}});
  CHECK(first == 3);
  CHECK(last == 4);
  CHECK(expected == 3);
}

TEST_CASE("lists without queries, without relevant items and without results have documented values") {
  context<cpu> ctx;
  const op::hits<float, cpu> none{{ctx, 0, 3}, {ctx, 0, 3}};
  CHECK_THROWS_AS(retrieval::evaluate_hits(ctx, none, 3, relation::paired{}, metric::hit{}), argument_error);
  const std::vector<index_t> nothing{-1, -1, -1, -1};
  const op::hits<float, cpu> empty{{ctx, 2, 2}, {ctx, 2, 2, nothing}};
  const auto [ap, rank] =
      retrieval::evaluate_hits(ctx, empty, 2, relation::paired{}, metric::average_precision{}, metric::mean_rank{});
  CHECK(ap == 0);
  CHECK(rank == 1);  // behind 0 results
  const relation::pairs one(2, 2, {{0, 0}}), no_pairs(2, 2, {});
  const std::vector<index_t> ids{0, 1, 1, 0};
  const op::hits<float, cpu> hits{{ctx, 2, 2}, {ctx, 2, 2, ids}};
  CHECK(retrieval::evaluate_hits(ctx, hits, 2, one.relation(), metric::hit{})[0] == 0.5);
  CHECK(retrieval::evaluate_hits(ctx, hits, 2, one.relation(), retrieval::without_relevant::skip, metric::hit{})[0] ==
        1);
  CHECK_THROWS_AS(
      retrieval::evaluate_hits(ctx, hits, 2, no_pairs.relation(), retrieval::without_relevant::skip, metric::hit{}),
      argument_error);
}

TEST_CASE("evaluate_scores: closed forms, NaN last, equal scores by column, queries without relevant items, sizes") {
  context<cpu> ctx;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const matrix<float, cpu> scores(ctx, 3, 4,
                                  std::vector<float>{0.9f, 0.8f, 0.7f, 0.6f, nan, 0.5f, 0.5f, 0.1f, 1, 2, 3, 4});
  const vector<label_t, cpu> queries(ctx, std::vector<label_t>{0, 1, 9}), items(ctx, std::vector<label_t>{0, 1, 1, 0});
  const relation::same_label relevant(queries, items);
  // ranks of relevant items: 1 and 4; 1 and 2 (the tie goes to column 1, NaN is last); none
  const auto [map, recall, hit, mrr] =
      retrieval::evaluate_scores(ctx, scores, relevant, metric::average_precision{}, metric::recall{.k = 1},
                                 metric::hit{.k = 1}, metric::reciprocal_rank{});
  CHECK(map == Approx(((1.0 / 1 + 2.0 / 4) / 2 + 1.0 + 0.0) / 3));
  CHECK(recall == Approx((0.5 + 0.5 + 0.0) / 3));
  CHECK(hit == Approx(2.0 / 3));
  CHECK(mrr == Approx(2.0 / 3));
  CHECK(retrieval::evaluate_scores(ctx, scores, relevant, retrieval::without_relevant::skip,
                                   metric::average_precision{})[0] == Approx(((1.0 / 1 + 2.0 / 4) / 2 + 1.0) / 2));
  const auto fewer = scores.view().middle_cols(0, 3);
  CHECK_THROWS_WITH_AS(retrieval::evaluate_scores(ctx, fewer, relevant, metric::average_precision{}),
                       "retrieval::evaluate_scores: expected a relation about 3 queries and 3 items, got 3 and 4",
                       shape_error);
  const auto none = scores.view().middle_rows(0, 0);
  CHECK_THROWS_AS(retrieval::evaluate_scores(ctx, none, relevant, metric::average_precision{}), argument_error);
}
