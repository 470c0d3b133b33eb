// SPDX-License-Identifier: Apache-2.0
// Every metric against plain loops over the ranking as a list, on ten thousand small rankings with ties, grades,
// ignored items and lists of results that were cut off; expectations against all orders of tied items.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/metric/expected.hpp>
#include <kindred/metric/ndcg.hpp>
#include <kindred/metric/precision_recall_curve.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/metric/tie_order.hpp>
#include <kindred/op/rank_hits.hpp>

using namespace kindred;

namespace {

/// One query: score and grade of every item; grade -1 stands in no ranking.
struct query {
  std::vector<float> scores, grades;
  index_t items() const { return static_cast<index_t>(scores.size()); }
};

struct asked {
  const query* q;
  relation::kind operator()(index_t, index_t c) const {
    const float g = q->grades[static_cast<std::size_t>(c)];
    return g < 0 ? relation::kind::ignored : g > 0 ? relation::kind::positive : relation::kind::negative;
  }
  float grade(index_t, index_t c) const { return std::max(0.0f, q->grades[static_cast<std::size_t>(c)]); }
};

/// The grades down a list of results, and those of everything relevant. The definitions, word by word.
struct list {
  std::vector<double> down, all;

  double hits(std::size_t k) const {
    double h = 0;
    for (std::size_t i = 0; i < down.size() && i < k; ++i) h += down[i] > 0 ? 1 : 0;
    return h;
  }
  double relevant() const { return static_cast<double>(all.size()); }
  double precision(std::size_t k) const { return hits(k) / static_cast<double>(k); }
  double recall(std::size_t k) const { return all.empty() ? 0 : hits(k) / relevant(); }
  double hit(std::size_t k) const { return hits(k) > 0 ? 1 : 0; }
  double sum(std::size_t k) const {
    double s = 0;
    for (std::size_t i = 0; i < down.size() && i < k; ++i)
      if (down[i] > 0) s += precision(i + 1);
    return s;
  }
  double average_precision(std::size_t k, metric::divisor z) const {
    const double by = z == metric::divisor::relevant ? relevant()
                      : z == metric::divisor::hits   ? hits(k)
                                                     : std::min(relevant(), static_cast<double>(k));
    return by > 0 ? sum(k) / by : 0;
  }
  double r_precision() const { return recall(all.size()); }
  double average_precision_at_r() const { return average_precision(all.size(), metric::divisor::relevant); }
  double first() const {
    for (std::size_t i = 0; i < down.size(); ++i)
      if (down[i] > 0) return static_cast<double>(i + 1);
    return static_cast<double>(down.size() + 1);
  }
  double reciprocal_rank() const { return hits(down.size()) > 0 ? 1 / first() : 0; }
  double ndcg(std::size_t k, bool exponential, bool binary) const {
    const auto dcg = [&](const std::vector<double>& grades) {
      double s = 0;
      for (std::size_t i = 0; i < grades.size() && i < k; ++i) {
        const double g = binary && grades[i] > 0 ? 1 : grades[i];
        s += (exponential ? std::pow(2.0, g) - 1 : g) / (std::log(static_cast<double>(i + 2)) / std::log(2.0));
      }
      return s;
    };
    auto best = all;
    std::sort(best.begin(), best.end(), std::greater<>());
    return all.empty() ? 0 : dcg(down) / dcg(best);
  }
};

bool same(double a, double b) { return std::abs(a - b) <= 1e-12 * std::max(1.0, std::abs(b)); }

/// The items that are ranked, in the library's order; `less` decides among equal scores.
template <class Less>
std::vector<std::size_t> order(const query& q, Less less) {
  std::vector<std::size_t> ids;
  for (std::size_t i = 0; i < q.scores.size(); ++i)
    if (q.grades[i] >= 0) ids.push_back(i);
  std::stable_sort(ids.begin(), ids.end(), [&](std::size_t a, std::size_t b) {
    const bool na = std::isnan(q.scores[a]), nb = std::isnan(q.scores[b]);
    if (na != nb) return nb;
    if (!na && q.scores[a] != q.scores[b]) return q.scores[a] > q.scores[b];
    return less(a, b);
  });
  return ids;
}

list as_list(const query& q, const std::vector<std::size_t>& ids) {
  list l;
  for (const auto i : ids) l.down.push_back(static_cast<double>(q.grades[i]));
  for (const float g : q.grades)
    if (g > 0) l.all.push_back(static_cast<double>(g));
  return l;
}

using value = std::function<double(const list&)>;

/// The mean, the largest and the smallest value over all orders of equal scores.
struct over_orders {
  double mean = 0, most = -1e9, least = 1e9;
};
std::vector<over_orders> enumerate(const query& q, std::vector<std::size_t> ids, const std::vector<value>& values) {
  std::vector<over_orders> all(values.size());
  const auto tied = [&](std::size_t a, std::size_t b) {
    return q.scores[a] == q.scores[b] || (std::isnan(q.scores[a]) && std::isnan(q.scores[b]));
  };
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (i == 0 || !tied(ids[i - 1], ids[i])) starts.push_back(i);
  starts.push_back(ids.size());
  double orders = 0;
  const std::function<void(std::size_t)> go = [&](std::size_t group) {
    if (group + 1 == starts.size()) {
      ++orders;
      const list l = as_list(q, ids);
      for (std::size_t v = 0; v < values.size(); ++v) {
        const double x = values[v](l);
        all[v].mean += x;
        all[v].most = std::max(all[v].most, x);
        all[v].least = std::min(all[v].least, x);
      }
      return;
    }
    const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(starts[group]),
               end = ids.begin() + static_cast<std::ptrdiff_t>(starts[group + 1]);
    std::sort(begin, end);
    do go(group + 1);
    while (std::next_permutation(begin, end));
  };
  go(0);
  for (auto& v : all) v.mean /= orders;
  return all;
}

query make_query(std::uint64_t seed, index_t most) {
  query q;
  const index_t items = 1 + random::below(most, seed, 0, 0), levels = 1 + random::below(6, seed, 0, 1);
  for (index_t i = 0; i < items; ++i) {
    const auto at = static_cast<std::uint64_t>(i);
    const index_t level = random::below(levels, seed, 1, at);
    q.scores.push_back(level == 5 ? std::nanf("") : static_cast<float>(level));
    q.grades.push_back(static_cast<float>(std::max<index_t>(0, random::below(6, seed, 2, at) - 2)));
    if (random::below(12, seed, 3, at) == 0) q.grades.back() = -1;
  }
  return q;
}

/// Checks every metric on ranks against the list.
void check_all(const metric::ranking& r, const list& l, std::vector<std::string>& wrong) {
  const auto is = [&](const char* name, double got, double wanted) {
    if (!same(got, wanted))
      wrong.push_back(std::string(name) + ": " + std::to_string(got) + ", " + std::to_string(wanted));
  };
  const metric::ranking plain{r.ranks, r.items, {}, {}};
  using metric::divisor;
  for (const divisor z : {divisor::relevant, divisor::hits, divisor::reachable}) {
    is("average_precision", metric::average_precision{.divisor = z}(r.ranks, r.items),
       l.average_precision(l.down.size(), z));
    for (const index_t k : {1, 2, 5, 20})
      is("average_precision@k", metric::average_precision{.top = k, .divisor = z}(r.ranks, r.items),
         l.average_precision(static_cast<std::size_t>(k), z));
  }
  for (const index_t k : {1, 3, 20}) {
    const auto n = static_cast<std::size_t>(k);
    is("hit", metric::hit{k}(r.ranks, r.items), l.hit(n));
    is("recall", metric::recall{k}(r.ranks, r.items), l.recall(n));
    is("precision", metric::precision{k}(r.ranks, r.items), l.precision(n));
    is("ndcg@k", metric::ndcg{.top = k}(r), l.ndcg(n, false, false));
    is("exponential ndcg@k", metric::ndcg{.top = k, .gain = metric::gain::exponential}(r), l.ndcg(n, true, false));
    is("binary ndcg@k", metric::ndcg{.top = k}(plain), l.ndcg(n, false, true));
  }
  is("ndcg", metric::ndcg{}(r), l.ndcg(1000, false, false));
  is("r_precision", metric::r_precision{}(r.ranks, r.items), l.r_precision());
  is("average_precision_at_r", metric::average_precision_at_r{}(r.ranks, r.items), l.average_precision_at_r());
  is("reciprocal_rank", metric::reciprocal_rank{}(r.ranks, r.items), l.reciprocal_rank());
  is("mean_rank", metric::mean_rank{}(r.ranks, r.items), l.first());
  is("median_rank", metric::median_rank{}(r.ranks, r.items), l.first());
  for (const index_t levels : {11, 101}) {
    metric::precision_recall_curve curve(levels);
    curve.add(r.ranks);
    const auto points = curve.curve();
    for (index_t level = 0; level < levels; ++level) {
      double best = 0;
      for (std::size_t i = 0; i < l.down.size(); ++i)
        if (l.down[i] > 0 &&
            l.hits(i + 1) * static_cast<double>(levels - 1) >= static_cast<double>(level) * l.relevant())
          best = std::max(best, l.precision(i + 1));
      is("curve", points[static_cast<std::size_t>(level)].precision, best);
    }
  }
  const auto raw = metric::precision_recall_curve::points(r.ranks);
  std::size_t next = 0;
  for (std::size_t i = 0; i < l.down.size(); ++i) {
    if (l.down[i] == 0) continue;
    if (next == raw.size()) {
      wrong.push_back("too few points");
      break;
    }
    is("point", raw[next].precision, l.precision(i + 1));
    is("point", raw[next++].recall, l.recall(i + 1));
  }
  if (next != raw.size()) wrong.push_back("too many points");
}

/// The metrics whose expectation is known, beside their definitions.
struct with_expectation {
  const char* name;
  std::function<double(const metric::ranking&)> expected, optimistic, pessimistic;
  value plain;
};
template <class M>
with_expectation entry(const char* name, M m, value plain) {
  return {name, metric::expected{m}, metric::tie_order{metric::ties::optimistic, m},
          metric::tie_order{metric::ties::pessimistic, m}, std::move(plain)};
}

std::vector<with_expectation> metrics_with_expectation() {
  using metric::divisor;
  return {
      entry("average_precision", metric::average_precision{},
            [](const list& l) { return l.average_precision(l.down.size(), divisor::relevant); }),
      entry("average_precision@3", metric::average_precision{.top = 3},
            [](const list& l) { return l.average_precision(3, divisor::relevant); }),
      entry("average_precision@3/reachable", metric::average_precision{.top = 3, .divisor = divisor::reachable},
            [](const list& l) { return l.average_precision(3, divisor::reachable); }),
      entry("average_precision/hits", metric::average_precision{.divisor = divisor::hits},
            [](const list& l) { return l.average_precision(l.down.size(), divisor::hits); }),
      entry("average_precision_at_r", metric::average_precision_at_r{},
            [](const list& l) { return l.average_precision_at_r(); }),
      entry("precision@2", metric::precision{2}, [](const list& l) { return l.precision(2); }),
      entry("recall@3", metric::recall{3}, [](const list& l) { return l.recall(3); }),
      entry("hit@2", metric::hit{2}, [](const list& l) { return l.hit(2); }),
      entry("r_precision", metric::r_precision{}, [](const list& l) { return l.r_precision(); }),
      entry("reciprocal_rank", metric::reciprocal_rank{}, [](const list& l) { return l.reciprocal_rank(); }),
      entry("ndcg", metric::ndcg{}, [](const list& l) { return l.ndcg(1000, false, false); }),
      entry("ndcg@2", metric::ndcg{.top = 2, .gain = metric::gain::exponential},
            [](const list& l) { return l.ndcg(2, true, false); }),
  };
}

}  // namespace

TEST_CASE("every metric equals its definition on 10,000 small rankings and lists of results, with ties and grades") {
  context<cpu> ctx;
  const auto tied = metrics_with_expectation();
  std::vector<value> plain;
  for (const auto& m : tied) plain.push_back(m.plain);
  plain.push_back([](const list& l) { return l.first(); });
  std::vector<std::string> wrong;
  int with_ties = 0, cut = 0;
  for (std::uint64_t seed = 1; seed <= 10000 && wrong.empty(); ++seed) {
    CAPTURE(seed);
    const query q = make_query(seed, seed % 4 == 0 ? 14 : 6);
    const asked relation{&q};
    const matrix<float, cpu> scores(ctx, 1, q.items(), q.scores);
    const op::ranks found = op::rank(ctx, scores, relation, {.ties = true, .grades = true});
    const metric::ranking r{found.of(0), found.ranked[0], found.ties_of(0), found.grades_of(0)};
    const auto by_id = order(q, std::less<>()), by_id_descending = order(q, std::greater<>());
    REQUIRE(r.items == static_cast<index_t>(by_id.size()));
    check_all(r, as_list(q, by_id), wrong);

    const list down = as_list(q, by_id_descending);
    const auto last_id_first = [&](auto m) { return metric::tie_order{metric::ties::ids_descending, m}(r); };
    if (!same(last_id_first(metric::average_precision{}), down.average_precision(1000, metric::divisor::relevant)) ||
        !same(last_id_first(metric::ndcg{.top = 3}), down.ndcg(3, false, false)) ||
        !same(last_id_first(metric::median_rank{}), down.first()))
      wrong.push_back("ids_descending");

    const index_t k = 1 + random::below(q.items() + 2, seed, 5, 0);
    const op::ranks listed = op::rank_hits(ctx, op::top_k(ctx, scores, k), relation, q.items(), {true, true});
    const metric::ranking cut_off{listed.of(0), listed.ranked[0], listed.ties_of(0), listed.grades_of(0)};
    std::vector<std::size_t> ids;  // ignored items take a place among the k results
    query everything = q;
    for (float& g : everything.grades) g = 1;
    for (const auto i : order(everything, std::less<>()))
      if (static_cast<index_t>(ids.size()) < k) ids.push_back(i);
    ids.erase(std::remove_if(ids.begin(), ids.end(), [&](std::size_t i) { return q.grades[i] < 0; }), ids.end());
    REQUIRE(cut_off.items == static_cast<index_t>(ids.size()));
    REQUIRE(cut_off.ranks.size() == r.ranks.size());
    check_all(cut_off, as_list(q, ids), wrong);
    cut += cut_off.items < r.items;

    if (seed % 4 == 0) continue;  // too many orders
    using both = std::pair<const metric::ranking*, const std::vector<std::size_t>*>;
    for (const auto& [ranking, of] : {both{&r, &by_id}, both{&cut_off, &ids}}) {
      const auto all = enumerate(q, *of, plain);
      for (std::size_t m = 0; m < tied.size(); ++m) {
        with_ties += all[m].most > all[m].least;
        if (!same(tied[m].expected(*ranking), all[m].mean) || !same(tied[m].optimistic(*ranking), all[m].most) ||
            !same(tied[m].pessimistic(*ranking), all[m].least))
          wrong.push_back(std::string(tied[m].name) + " under ties");
      }
      if (!same(metric::expected{metric::mean_rank{}}(*ranking), all.back().mean)) wrong.push_back("mean_rank");
    }
  }
  for (const auto& w : wrong) FAIL_CHECK(w);
  CHECK(with_ties > 10000);  // the cases are worth their name
  CHECK(cut > 1000);
}

TEST_CASE("the expectation of average precision over ties has the values worked out by hand") {
  // scores 3 2 2 2 1, relevant 0 1 0 1 1
  const std::vector<index_t> ranks{2, 4, 5};
  const std::vector<op::tie> ties{{2, 4}, {2, 4}, {5, 5}};
  const metric::ranking r{ranks, 5, ties, {}};
  CHECK(std::abs(metric::expected_average_precision{}(r)-0.533333) < 5e-7);
  CHECK(std::abs(metric::tie_order{metric::ties::optimistic, metric::average_precision{}}(r)-0.588889) < 5e-7);
  CHECK(std::abs(metric::tie_order{metric::ties::pessimistic, metric::average_precision{}}(r)-0.477778) < 5e-7);
  // four equal scores, two relevant
  const std::vector<index_t> two{1, 2};
  const std::vector<op::tie> four{{1, 4}, {1, 4}};
  CHECK(std::abs(metric::expected_average_precision{}(metric::ranking{two, 4, four, {}}) - 0.680556) < 5e-7);
}

TEST_CASE("the expectation of average precision divided by the hits of a top k is refused") {
  const std::vector<index_t> ranks{1};
  const std::vector<op::tie> ties{{1, 2}};
  const metric::expected m{metric::average_precision{.top = 1, .divisor = metric::divisor::hits}};
  CHECK_THROWS_AS(m(metric::ranking{ranks, 2, ties, {}}), argument_error);
}

TEST_CASE("without relevant items every metric has its documented value, with ties, grades and cut lists too") {
  const metric::ranking nothing{{}, 7, {}, {}};
  CHECK(metric::ndcg{}(nothing) == 0);
  CHECK(metric::average_precision_at_r{}({}, 7) == 0);
  CHECK(metric::expected_average_precision{}(nothing) == 0);
  CHECK(metric::expected{metric::hit{3}}(nothing) == 0);
  CHECK(metric::expected{metric::ndcg{}}(nothing) == 0);
  CHECK(metric::expected{metric::mean_rank{}}(nothing) == 8);
  CHECK(metric::tie_order{metric::ties::optimistic, metric::median_rank{}}(nothing) == 8);
  // relevant items exist, but the list of 7 results holds none
  const std::vector<index_t> ranks{op::missing, op::missing};
  const std::vector<op::tie> ties{{op::missing, op::missing}, {op::missing, op::missing}};
  const metric::ranking lacking{ranks, 7, ties, {}};
  CHECK(metric::average_precision{}(ranks, 7) == 0);
  CHECK(metric::hit{1000}(ranks, 7) == 0);
  CHECK(metric::reciprocal_rank{}(ranks, 7) == 0);
  CHECK(metric::mean_rank{}(ranks, 7) == 8);
  CHECK(metric::median_rank{}(ranks, 7) == 8);
  CHECK(metric::ndcg{}(lacking) == 0);
  CHECK(metric::expected{metric::mean_rank{}}(lacking) == 8);
  CHECK(metric::expected{metric::reciprocal_rank{}}(lacking) == 0);
  CHECK(metric::precision_recall_curve::points(ranks).empty());
  // no results at all
  CHECK(metric::mean_rank{}(ranks, 0) == 1);
  CHECK(metric::average_precision{.divisor = metric::divisor::reachable}(ranks, 0) == 0);
}

TEST_CASE("when everything is relevant and tied, all orders agree") {
  const std::vector<index_t> ranks{1, 2, 3};
  const std::vector<op::tie> ties{{1, 3}, {1, 3}, {1, 3}};
  const metric::ranking r{ranks, 3, ties, {}};
  CHECK(metric::expected_average_precision{}(r) == doctest::Approx(1).epsilon(1e-15));
  CHECK(metric::expected{metric::ndcg{.top = 10}}(r) == doctest::Approx(1).epsilon(1e-15));
  CHECK(metric::expected{metric::precision{10}}(r) == doctest::Approx(0.3).epsilon(1e-15));
  CHECK(metric::expected{metric::hit{1}}(r) == 1);
}
