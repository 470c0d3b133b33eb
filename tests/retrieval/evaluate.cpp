// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/precision_recall_curve.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/evaluate.hpp>
#include <kindred/similarity/bilinear.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <kindred/similarity/normalized_correlation.hpp>
#include <limits>
#include <numeric>
#include <string>

using namespace kindred;
using doctest::Approx;

namespace {

/// Rows of few different numbers, every third row a copy of another one, so that scores tie.
std::vector<float> make_rows(index_t n, index_t d, std::uint64_t seed) {
  std::vector<float> x(static_cast<std::size_t>(n * d));
  for (index_t r = 0; r < n; ++r)
    for (index_t c = 0; c < d; ++c)
      x[static_cast<std::size_t>(r * d + c)] = static_cast<float>(
          random::below(7, seed, static_cast<std::uint64_t>(r % 3 == 2 ? r / 2 : r), static_cast<std::uint64_t>(c)) -
          3);
  return x;
}
std::vector<label_t> make_labels(index_t n, index_t classes, std::uint64_t seed) {
  std::vector<label_t> l(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < l.size(); ++i) l[i] = static_cast<label_t>(random::below(classes, seed, 9, i));
  return l;
}

/// Mean average precision the plain way: all scores, a stable sort of each row.
template <class R>
double naive_map(const std::vector<float>& scores, index_t n, index_t m, const R& relation) {
  double total = 0;
  for (index_t q = 0; q < n; ++q) {
    std::vector<index_t> order;
    for (index_t c = 0; c < m; ++c)
      if (relation(q, c) != relation::kind::ignored) order.push_back(c);
    std::stable_sort(order.begin(), order.end(), [&](index_t a, index_t b) {
      return scores[static_cast<std::size_t>(q * m + a)] > scores[static_cast<std::size_t>(q * m + b)];
    });
    double hits = 0, sum = 0;
    for (std::size_t i = 0; i < order.size(); ++i)
      if (relation(q, order[i]) == relation::kind::positive) sum += ++hits / static_cast<double>(i + 1);
    total += hits > 0 ? sum / hits : 0;
  }
  return total / static_cast<double>(n);
}

/// Not a product of rows: -max |a - b|.
struct negative_chebyshev {
  template <Scalar T, Device D>
  void score(context<D>&, const_matrix<T, D> a, const_matrix<T, D> b, matrix_view<T, D> s) const {
    for (index_t i = 0; i < a.rows(); ++i)
      for (index_t j = 0; j < b.rows(); ++j) {
        s(i, j) = 0;
        for (index_t k = 0; k < a.cols(); ++k) s(i, j) = std::min(s(i, j), -std::abs(a(i, k) - b(j, k)));
      }
  }
};

const index_t n = 90, m = 130, d = 5;

}  // namespace

TEST_CASE_TEMPLATE("mAP of every similarity equals that of sorting its scores, in both directions", S, similarity::dot,
                   similarity::cosine, similarity::negative_squared_euclidean, similarity::negative_euclidean,
                   similarity::normalized_correlation, negative_chebyshev) {
  context<cpu> ctx;
  const matrix<float, cpu> a(ctx, n, d, make_rows(n, d, 1)), b(ctx, m, d, make_rows(m, d, 2));
  const auto la = make_labels(n, 6, 3), lb = make_labels(m, 6, 4);
  const vector<label_t, cpu> ql(ctx, la), gl(ctx, lb);
  const relation::same_label relevant(ql, gl);
  matrix<float, cpu> scores(ctx, n, m), back(ctx, m, n);
  S{}.template score<float, cpu>(ctx, a, b, scores.view());
  S{}.template score<float, cpu>(ctx, b, a, back.view());
  const auto [forward, backward] =
      retrieval::evaluate_both(ctx, S{}, a, b.view(), relevant, {.memory = 9000}, metric::average_precision{});
  CHECK(forward[0] == Approx(naive_map(scores.to_host(), n, m, relevant)).epsilon(1e-12));
  CHECK(backward[0] == Approx(naive_map(back.to_host(), m, n, relation::reversed(relevant))).epsilon(1e-12));
}

TEST_CASE("metrics have the same bytes for 1, 2 and 4 threads and any memory ceiling") {
  std::vector<std::array<double, 4>> all;
  for (const int threads : {1, 2, 4}) {
    context<cpu> ctx(threads);
    const matrix<float, cpu> a(ctx, n, d, make_rows(n, d, 1)), b(ctx, m, d, make_rows(m, d, 2));
    const auto la = make_labels(n, 6, 3), lb = make_labels(m, 6, 4);
    const vector<label_t, cpu> ql(ctx, la), gl(ctx, lb);
    for (const index_t memory : {0, 1000, 7777, 1 << 20})
      all.push_back(retrieval::evaluate(ctx, similarity::cosine{}, a, b, relation::same_label(ql, gl),
                                        {.memory = memory}, metric::average_precision{}, metric::recall{.k = 7},
                                        metric::median_rank{}, metric::reciprocal_rank{}));
  }
  for (const auto& one : all) CHECK(one == all.front());
  CHECK(all.front()[0] > 0.1);
}

TEST_CASE("the values of a query are the same alone and among others") {
  context<cpu> ctx;
  const matrix<float, cpu> a(ctx, n, d, make_rows(n, d, 1)), b(ctx, m, d, make_rows(m, d, 2));
  const auto la = make_labels(n, 6, 3), lb = make_labels(m, 6, 4);
  const vector<label_t, cpu> ql(ctx, la), gl(ctx, lb);
  std::vector<std::vector<index_t>> together;
  index_t next = 0;
  retrieval::evaluate_each(ctx, similarity::cosine{}, a, b, relation::same_label(ql, gl), {.memory = 5000},
                           [&](index_t query, std::span<const index_t> ranks, index_t items) {
                             CHECK(query == next++);
                             CHECK(items == m);
                             together.emplace_back(ranks.begin(), ranks.end());
                           });
  CHECK(next == n);
  for (index_t q = 0; q < n; ++q)
    retrieval::evaluate_each(
        ctx, similarity::cosine{}, a.view().middle_rows(q, 1), b,
        relation::same_label(ql.view().segment(q, 1), gl.view()), {},
        [&](index_t, std::span<const index_t> ranks, index_t) {
          CHECK(std::vector<index_t>(ranks.begin(), ranks.end()) == together[static_cast<std::size_t>(q)]);
        });
}

TEST_CASE("a permuted gallery without ties has the same metrics to the last bit") {
  context<cpu> ctx(2);
  const index_t size = 53;  // few enough that no two of a query's scores are equal
  std::vector<float> x(static_cast<std::size_t>(size * 16)), g(x.size()), permuted(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(random::uniform(1, 1, i) - 0.5);
    g[i] = static_cast<float>(random::uniform(1, 2, i) - 0.5);
  }
  const auto la = make_labels(size, 9, 3), lb = make_labels(size, 9, 4);
  std::vector<label_t> lp(lb.size());
  for (std::size_t i = 0; i < lb.size(); ++i) {
    const std::size_t to = i * 20 % lb.size();  // 20 and 53 have no common divisor
    lp[to] = lb[i];
    std::copy_n(g.begin() + static_cast<std::ptrdiff_t>(i * 16), 16,
                permuted.begin() + static_cast<std::ptrdiff_t>(to * 16));
  }
  const matrix<float, cpu> a(ctx, size, 16, x), b(ctx, size, 16, g), c(ctx, size, 16, permuted);
  const vector<label_t, cpu> ql(ctx, la), gl(ctx, lb), pl(ctx, lp);
  const auto one = retrieval::evaluate(ctx, similarity::negative_euclidean{}, a, b, relation::same_label(ql, gl),
                                       metric::average_precision{}, metric::hit{.k = 3});
  const auto other = retrieval::evaluate(ctx, similarity::negative_euclidean{}, a, c, relation::same_label(ql, pl),
                                         metric::average_precision{}, metric::hit{.k = 3});
  CHECK(one == other);
}

TEST_CASE("emu gives what cpu gives where scores are exact") {
  context<cpu> ctx;
  context<emu> up, down(lane_order::descending);
  const auto x = make_rows(n, d, 1), y = make_rows(m, d, 2);
  const auto la = make_labels(n, 6, 3), lb = make_labels(m, 6, 4);
  const matrix<float, cpu> a(ctx, n, d, x), b(ctx, m, d, y);
  const vector<label_t, cpu> ql(ctx, la), gl(ctx, lb);
  const auto wanted = retrieval::evaluate(ctx, similarity::dot{}, a, b, relation::same_label(ql, gl),
                                          metric::average_precision{}, metric::hit{.k = 3});
  for (context<emu>* e : {&up, &down}) {
    const matrix<float, emu> ea(*e, n, d, x), eb(*e, m, d, y);
    const vector<label_t, emu> eq(*e, la), eg(*e, lb);
    CHECK(retrieval::evaluate(*e, similarity::dot{}, ea, eb, relation::same_label(eq, eg), {.memory = 50000},
                              metric::average_precision{}, metric::hit{.k = 3}) == wanted);
  }
}

TEST_CASE("an item searched among its own set does not find itself") {
  context<cpu> ctx;
  const std::vector<float> x{1, 0, 1, 0.1f, 0, 1, 0.1f, 1};
  const std::vector<label_t> l{0, 0, 1, 1};
  const matrix<float, cpu> a(ctx, 4, 2, x);
  const vector<label_t, cpu> labels(ctx, l);
  const auto [with, mrr] =
      retrieval::evaluate(ctx, similarity::cosine{}, a, a, relation::same_label(labels, labels, true),
                          metric::hit{.k = 1}, metric::reciprocal_rank{});
  CHECK(with == 1);
  CHECK(mrr == 1);
  retrieval::evaluate_each(ctx, similarity::cosine{}, a, a, relation::same_label(labels, labels, true), {},
                           [&](index_t, std::span<const index_t> ranks, index_t items) {
                             CHECK(ranks.size() == 1);
                             CHECK(items == 3);
                           });
}

TEST_CASE("queries without relevant items count as zero or are skipped, as asked") {
  context<cpu> ctx;
  const std::vector<float> x{1, 0, 0, 1, 1, 1};
  const std::vector<label_t> asked{0, 5, 1}, there{0, 1, 1};
  const matrix<float, cpu> a(ctx, 3, 2, x);
  const vector<label_t, cpu> ql(ctx, asked), gl(ctx, there);
  const relation::same_label relevant(ql, gl);
  using retrieval::without_relevant;
  const auto [counted] = retrieval::evaluate(ctx, similarity::cosine{}, a, a, relevant, metric::hit{.k = 3});
  CHECK(counted == Approx(2.0 / 3));
  const auto [skipped, median] = retrieval::evaluate(ctx, similarity::cosine{}, a, a, relevant,
                                                     {.memory = 1, .without_relevant = without_relevant::skip},
                                                     metric::hit{.k = 3}, metric::median_rank{});
  CHECK(skipped == 1);
  CHECK(median == 1);
  int visited = 0;
  retrieval::evaluate_each(ctx, similarity::cosine{}, a, a, relevant, {.without_relevant = without_relevant::skip},
                           [&](index_t query, std::span<const index_t>, index_t) {
                             CHECK(query != 1);
                             ++visited;
                           });
  CHECK(visited == 2);
  const std::vector<label_t> nowhere{7, 8, 9};
  const vector<label_t, cpu> nl(ctx, nowhere);
  CHECK_THROWS_AS(retrieval::evaluate(ctx, similarity::cosine{}, a, a, relation::same_label(nl, gl),
                                      {.without_relevant = without_relevant::skip}, metric::hit{}),
                  argument_error);
}

TEST_CASE("progress tells the queries done, up to all of them") {
  context<cpu> ctx;
  const matrix<float, cpu> a(ctx, n, d, make_rows(n, d, 1));
  std::vector<index_t> done;
  retrieval::evaluate(ctx, similarity::dot{}, a, a, relation::paired{},
                      {.memory = 20000,
                       .progress =
                           [&](index_t now, index_t all) {
                             CHECK(all == n);
                             done.push_back(now);
                           }},
                      metric::hit{});
  CHECK(done.size() > 2);
  CHECK(std::is_sorted(done.begin(), done.end()));
  CHECK(done.back() == n);
}

TEST_CASE("bad input is refused with one clear sentence") {
  context<cpu> ctx;
  std::vector<float> x = make_rows(n, d, 1);
  const auto l = make_labels(n, 3, 1);
  const vector<label_t, cpu> labels(ctx, l);
  const matrix<float, cpu> a(ctx, n, d, x);
  const auto message = [&](const matrix<float, cpu>& q, const matrix<float, cpu>& g, const auto& relation) {
    try {
      retrieval::evaluate(ctx, similarity::cosine{}, q, g, relation, metric::hit{});
    } catch (const error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const relation::same_label relevant(labels, labels);
  CHECK(message(a, a, relevant).empty());
  x[17 * static_cast<std::size_t>(d) + 2] = std::numeric_limits<float>::quiet_NaN();
  CHECK(message(matrix<float, cpu>(ctx, n, d, x), a, relevant).find("row 17 of the queries") != std::string::npos);
  x[17 * static_cast<std::size_t>(d) + 2] = -std::numeric_limits<float>::infinity();
  CHECK(message(a, matrix<float, cpu>(ctx, n, d, x), relevant).find("row 17 of the gallery") != std::string::npos);
  CHECK(message(matrix<float, cpu>(ctx, 0, d), a, relation::paired{}).find("no queries") != std::string::npos);
  CHECK(message(a, matrix<float, cpu>(ctx, 0, d), relation::paired{}).find("no gallery") != std::string::npos);
  CHECK(message(a, matrix<float, cpu>(ctx, n, d + 1), relevant).find("queries of 5 numbers but a gallery of 6") !=
        std::string::npos);
  CHECK(message(a, matrix<float, cpu>(ctx, n + 1, d), relevant).find("a relation about 90 and 90") !=
        std::string::npos);
}

TEST_CASE("two classes far apart are found perfectly and zero rows tie in order of their ids") {
  context<cpu> ctx;
  const std::vector<float> x{1, 0, 2, 0, 0, 1, 0, 3};
  const std::vector<label_t> l{0, 0, 1, 1};
  const matrix<float, cpu> a(ctx, 4, 2, x), zeros(ctx, 4, 2);
  const vector<label_t, cpu> labels(ctx, l);
  const relation::same_label relevant(labels, labels);
  CHECK(retrieval::evaluate(ctx, similarity::cosine{}, a, a, relevant, metric::average_precision{})[0] == 1);
  const auto [tied] = retrieval::evaluate(ctx, similarity::cosine{}, zeros, a, relevant, metric::average_precision{});
  CHECK(tied == Approx((1 + (1 / 3.0 + 2 / 4.0) / 2) / 2));
}

TEST_CASE_TEMPLATE("metrics do not change where data are moved or scaled, to the ends of the range", D, cpu, emu) {
  context<D> ctx;
  const auto labels = make_labels(n, 6, 3);
  const vector<label_t, D> l(ctx, labels);
  std::vector<float> values(static_cast<std::size_t>(n * d));  // whole numbers, so that moved ones are exact
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(random::below(50, 1, 0, i)) +
                static_cast<float>(labels[i / static_cast<std::size_t>(d)] * 20);
  const auto map = [&](const auto& similarity, float offset, float scale) {
    std::vector<float> changed = values;
    for (float& x : changed) x = (x + offset) * scale;
    const matrix<float, D> x(ctx, n, d, changed);
    return retrieval::evaluate(ctx, similarity, x, x, relation::same_label<D>(l, l), metric::average_precision{})[0];
  };
  const double expected = map(similarity::negative_euclidean{}, 0, 1);
  for (const float offset : {1e3f, 1e5f, 1e6f})
    CHECK(map(similarity::negative_euclidean{}, offset, 1) == Approx(expected).epsilon(1e-6));
  for (const float scale : {0x1p100f, 0x1p-100f, 0x1p-140f}) {
    CHECK(map(similarity::negative_euclidean{}, 0, scale) == expected);
    CHECK(map(similarity::dot{}, 0, scale) == map(similarity::dot{}, 0, 1));
  }
}

TEST_CASE("a row of which a similarity makes numbers that are not finite is refused by name") {
  context<cpu> ctx;
  const matrix<float, cpu> x(ctx, 2, 1, std::vector<float>{1, 3e38f});
  const similarity::bilinear<float, cpu> times_ten(ctx, matrix<float, cpu>(ctx, 1, 1, std::vector<float>{10}));
  CHECK_THROWS_WITH_AS(retrieval::evaluate(ctx, times_ten, x, x, relation::paired{}, metric::average_precision{}),
                       doctest::Contains("row 1 of the "), argument_error);
}
