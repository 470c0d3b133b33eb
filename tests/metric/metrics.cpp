// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/ndcg.hpp>
#include <kindred/metric/precision_recall_curve.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/op/rank.hpp>
#include <numeric>
#include <sstream>

using namespace kindred;
using doctest::Approx;

namespace {

/// What a ranking looks like to the definitions: true where the item of that rank is relevant.
std::vector<bool> as_list(const std::vector<index_t>& ranks, index_t items) {
  std::vector<bool> relevant(static_cast<std::size_t>(items));
  for (const index_t r : ranks) relevant[static_cast<std::size_t>(r - 1)] = true;
  return relevant;
}

// the definitions, word by word, over the list
struct naive {
  std::vector<bool> relevant;
  double hits(std::size_t k) const {
    double h = 0;
    for (std::size_t i = 0; i < relevant.size() && i < k; ++i) h += relevant[i];
    return h;
  }
  double all() const { return hits(relevant.size()); }
  double average_precision(std::size_t k, metric::divisor z) const {
    double sum = 0;
    for (std::size_t i = 0; i < relevant.size() && i < k; ++i)
      if (relevant[i]) sum += hits(i + 1) / static_cast<double>(i + 1);
    const double by = z == metric::divisor::relevant ? all()
                      : z == metric::divisor::hits   ? hits(k)
                                                     : std::min(all(), static_cast<double>(k));
    return by > 0 ? sum / by : 0;
  }
  std::size_t first() const {
    for (std::size_t i = 0; i < relevant.size(); ++i)
      if (relevant[i]) return i + 1;
    return relevant.size() + 1;
  }
};

struct by_table {
  const std::vector<char>* positive;
  index_t items;
  relation::kind operator()(index_t r, index_t c) const {
    return (*positive)[static_cast<std::size_t>(r * items + c)] ? relation::kind::positive : relation::kind::negative;
  }
};

}  // namespace

TEST_CASE("every metric equals its definition on thousands of small rankings with ties") {
  context<cpu> ctx;
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    const index_t items = 1 + random::below(12, seed, 0, 0), levels = 1 + random::below(6, seed, 0, 1);
    std::vector<float> scores(static_cast<std::size_t>(items));
    std::vector<char> positive(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      scores[i] = static_cast<float>(random::below(levels, seed, 1, i));
      positive[i] = random::below(3, seed, 2, i) == 0;
    }
    // the library's order: score descending, id ascending
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return scores[a] > scores[b]; });
    naive list;
    for (const auto i : order) list.relevant.push_back(positive[i]);

    const auto found = op::rank(ctx, matrix<float, cpu>(ctx, 1, items, scores), by_table{&positive, items});
    const auto ranks = found.of(0);
    REQUIRE(as_list({ranks.begin(), ranks.end()}, items) == list.relevant);
    CAPTURE(seed);
    for (const auto z : {metric::divisor::relevant, metric::divisor::hits, metric::divisor::reachable}) {
      CHECK(metric::average_precision{.divisor = z}(ranks, items) ==
            Approx(list.average_precision(list.relevant.size(), metric::divisor::relevant)).epsilon(1e-12));
      for (const index_t k : {1, 2, 5, 20})
        CHECK(metric::average_precision{.top = k, .divisor = z}(ranks, items) ==
              Approx(list.average_precision(static_cast<std::size_t>(k), z)).epsilon(1e-12));
    }
    for (const index_t k : {1, 3, 20}) {
      const double hits = list.hits(static_cast<std::size_t>(k));
      CHECK(metric::hit{k}(ranks, items) == (hits > 0 ? 1.0 : 0.0));
      CHECK(metric::recall{k}(ranks, items) == (list.all() > 0 ? hits / list.all() : 0.0));
      CHECK(metric::precision{k}(ranks, items) == hits / static_cast<double>(k));
    }
    CHECK(metric::r_precision{}(ranks, items) ==
          (list.all() > 0 ? list.hits(static_cast<std::size_t>(list.all())) / list.all() : 0.0));
    CHECK(metric::reciprocal_rank{}(ranks, items) == (list.all() > 0 ? 1.0 / static_cast<double>(list.first()) : 0.0));
    CHECK(metric::mean_rank{}(ranks, items) == static_cast<double>(list.first()));
    CHECK(metric::median_rank{}(ranks, items) == static_cast<double>(list.first()));

    metric::precision_recall_curve curve(11);
    curve.add(ranks);
    const auto points = metric::precision_recall_curve::points(ranks);
    REQUIRE(points.size() == ranks.size());
    for (int level = 0; level <= 10; ++level) {
      double best = 0;
      std::size_t seen = 0;
      for (std::size_t i = 0; i < list.relevant.size(); ++i) {
        if (!list.relevant[i]) continue;
        ++seen;
        CHECK(points[seen - 1].precision == static_cast<double>(seen) / static_cast<double>(i + 1));
        if (static_cast<double>(seen) * 10 >= level * list.all())
          best = std::max(best, static_cast<double>(seen) / static_cast<double>(i + 1));
      }
      CHECK(curve.curve()[static_cast<std::size_t>(level)].precision == best);
      CHECK(curve.curve()[static_cast<std::size_t>(level)].recall == Approx(level / 10.0).epsilon(1e-15));
    }
  }
}

TEST_CASE("average precision equals scikit-learn's on rankings without ties") {
  std::ifstream in(std::string(KINDRED_SOURCE_DIR) + "/tests/data/metric/average_precision.tsv");
  REQUIRE(in.good());
  context<cpu> ctx;
  int cases = 0;
  for (std::string line; std::getline(in, line); ++cases) {
    std::istringstream fields(line);
    double wanted = 0;
    index_t items = 0;
    fields >> wanted >> items;
    std::vector<float> scores(static_cast<std::size_t>(items));
    std::vector<char> positive(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      int p = 0;
      fields >> scores[i] >> p;
      positive[i] = p == 1;
    }
    REQUIRE(!fields.fail());
    const auto found = op::rank(ctx, matrix<float, cpu>(ctx, 1, items, scores), by_table{&positive, items});
    CHECK(metric::average_precision{}(found.of(0), items) == Approx(wanted).epsilon(1e-12));
  }
  CHECK(cases == 60);
}

TEST_CASE("the example of the textbook: relevant at ranks 1, 3 and 6 of 10") {
  const std::vector<index_t> ranks{1, 3, 6};
  CHECK(metric::average_precision{}(ranks, 10) == Approx((1 + 2.0 / 3 + 3.0 / 6) / 3));
  CHECK(metric::average_precision{.top = 5}(ranks, 10) == Approx((1 + 2.0 / 3) / 3));
  CHECK(metric::average_precision{.top = 5, .divisor = metric::divisor::hits}(ranks, 10) == Approx((1 + 2.0 / 3) / 2));
  CHECK(metric::average_precision{.top = 2, .divisor = metric::divisor::reachable}(ranks, 10) == Approx(0.5));
  CHECK(metric::recall{.k = 3}(ranks, 10) == Approx(2.0 / 3));
  CHECK(metric::precision{.k = 3}(ranks, 10) == Approx(2.0 / 3));
  CHECK(metric::r_precision{}(ranks, 10) == Approx(2.0 / 3));
}

TEST_CASE("the median of an even number of queries follows its policy, of an odd number none") {
  const std::vector<double> even{9, 1, 4, 2}, odd{9, 1, 4};
  using metric::middle;
  CHECK(metric::aggregate(metric::median_rank{}, even) == 3);
  CHECK(metric::aggregate(metric::median_rank{middle::lower}, even) == 2);
  CHECK(metric::aggregate(metric::median_rank{middle::upper}, even) == 4);
  CHECK(metric::aggregate(metric::median_rank{}, std::vector<double>{1, 2}) == 1.5);
  CHECK(metric::aggregate(metric::median_rank{middle::floor}, std::vector<double>{1, 2}) == 1);
  for (const auto m : {middle::mean, middle::lower, middle::upper, middle::floor})
    CHECK(metric::aggregate(metric::median_rank{m}, odd) == 4);
  CHECK(metric::aggregate(metric::mean_rank{}, even) == 4);
  CHECK(metric::aggregate(metric::mean_rank{}, std::vector<double>{}) == 0);
}

TEST_CASE("a query without relevant items is worth nothing and ranks behind everything") {
  const std::vector<index_t> none;
  CHECK(metric::average_precision{}(none, 7) == 0);
  CHECK(metric::hit{.k = 7}(none, 7) == 0);
  CHECK(metric::recall{.k = 7}(none, 7) == 0);
  CHECK(metric::precision{.k = 7}(none, 7) == 0);
  CHECK(metric::r_precision{}(none, 7) == 0);
  CHECK(metric::reciprocal_rank{}(none, 7) == 0);
  CHECK(metric::mean_rank{}(none, 7) == 8);
  CHECK(metric::median_rank{}(none, 7) == 8);
}

TEST_CASE("a precision-recall curve averages its queries and starts at the best precision") {
  metric::precision_recall_curve curve(3);
  CHECK(curve.curve()[0].precision == 0);
  curve.add(std::vector<index_t>{2, 4});  // 1/2 at recall 1/2, 2/4 at 1
  curve.add(std::vector<index_t>{1, 10});
  curve.add(std::vector<index_t>{});
  CHECK(curve.queries() == 3);
  CHECK(curve.curve()[0].precision == Approx((0.5 + 1 + 0) / 3));
  CHECK(curve.curve()[1].precision == Approx((0.5 + 1 + 0) / 3));
  CHECK(curve.curve()[2].precision == Approx((0.5 + 0.2 + 0) / 3));
  CHECK_THROWS_AS(metric::precision_recall_curve(1), argument_error);
  CHECK_THROWS_AS(metric::precision_recall_curve(-1), argument_error);
}

TEST_CASE("counts of results that make no sense are refused, in every form of a metric") {
  const std::vector<index_t> ranks{1, 3};
  const std::vector<op::tie> ties{{1, 2}, {3, 3}};
  const metric::ranking r{ranks, 4, ties, {}};
  const auto refuses = [&](const auto& m, const char* expected) {
    CHECK_THROWS_WITH_AS(metric::evaluate(m, r), doctest::Contains(expected), argument_error);
    CHECK_THROWS_WITH_AS(m.expected(r), doctest::Contains(expected), argument_error);
  };
  refuses(metric::hit{.k = 0}, "metric::hit: expected k of at least 1, got 0");
  refuses(metric::hit{-1}, "metric::hit: expected k of at least 1, got -1");
  refuses(metric::precision{-3}, "metric::precision: expected k of at least 1, got -3");
  refuses(metric::recall{0}, "metric::recall: expected k of at least 1, got 0");
  refuses(metric::average_precision{.top = -1}, "metric::average_precision: expected top of at least 0, got -1");
  refuses(metric::ndcg{.top = -2}, "metric::ndcg: expected top of at least 0, got -2");
}
