// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/limits.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/selection/search.hpp>

using namespace kindred;
using selection::part;

namespace {

enum class form { itself, other };
struct nested {
  double rate = 1;
};
/// Options of no learner in particular.
struct learner {
  double x = 0, y = 0;
  index_t count = 1;
  bool flag = false;
  form kind = form::itself;
  nested training{};
};

const data::split one_part{{0, 1, 2}, {3, 4}, {}};

selection::space<learner> grid_of(index_t points) {
  std::vector<double> values;
  for (index_t i = 0; i < points; ++i) values.push_back(static_cast<double>(i) / 10);
  return selection::space<learner>().add("x", &learner::x, values).add("y", &learner::y, values);
}

template <class Result>
std::vector<double> means(const Result& found) {
  std::vector<double> out;
  for (const auto& t : found.trials) out.push_back(t.mean);
  return out;
}

}  // namespace

TEST_CASE("search: a grid finds the point next to the optimum, and its table holds every point once") {
  const auto value = [](const learner& o, const part&) {
    return -(o.x - 0.32) * (o.x - 0.32) - (o.y - 0.68) * (o.y - 0.68);
  };
  const auto found = selection::search(grid_of(11), learner{.count = 7}, one_part, value);
  CHECK(found.trials.size() == 121);
  CHECK(found.options.x == 0.3);
  CHECK(found.options.y == 0.7);
  CHECK(found.options.count == 7);
  CHECK(found.best_trial().rank == 1);
  CHECK(found.best_trial().mean == doctest::Approx(-0.0008).epsilon(1e-12));
  std::set<std::pair<double, double>> points;
  std::set<index_t> ranks;
  for (const auto& t : found.trials) {
    points.emplace(t.settings[0].value, t.settings[1].value);
    ranks.insert(t.rank);
    CHECK(t.mean == value({.x = t.settings[0].value, .y = t.settings[1].value}, {}));
  }
  CHECK(points.size() == 121);
  CHECK(ranks.size() == 121);
}

TEST_CASE("search: options are members or functions, of any type, and the table names their values") {
  auto space = selection::space<learner>()
                   .add("count", &learner::count, {1, 2})
                   .add("flag", &learner::flag, {false, true})
                   .add("kind", &learner::kind, {form::itself, form::other}, {"itself", "other"})
                   .add("rate", [](learner& o, double rate) { o.training.rate = rate; }, {1e-3, 0.5})
                   .add(
                       "name", [](learner& o, const std::string& s) { o.y = static_cast<double>(s.size()); },
                       std::vector<std::string>{"a", "long"});
  CHECK(space.size() == 32);
  const auto found = selection::search(space, {}, one_part, [](const learner& o, const part&) {
    return static_cast<double>(o.count) + (o.flag ? 1 : 0) + (o.kind == form::other ? 1 : 0) + o.training.rate + o.y;
  });
  const auto& best = found.best_trial();
  CHECK(best.number == 31);
  CHECK(best.mean == 2 + 1 + 1 + 0.5 + 4);
  std::string texts;
  for (const auto& s : best.settings) texts += s.name + "=" + s.text + " ";
  CHECK(texts == "count=2 flag=true kind=other rate=0.5 name=long ");
  CHECK(best.settings[1].value == 1);
  CHECK(best.settings[4].value == 1);
  const std::string table = selection::csv(found);
  CHECK(std::count(table.begin(), table.end(), '\n') == 33);
  CHECK(table.find("trial,rank,outcome,mean,deviation,cut,\"count\",\"flag\"") == 0);
  CHECK(table.find("\"other\",\"0.5\",\"long\"") != std::string::npos);
  const std::string without = selection::csv(found, false);
  CHECK(without.find("\"name\",error\n0,32,finished,2.001,0,0,\"1\",\"false\",\"itself\",\"0.001\",\"a\",\"\"\n1,") !=
        std::string::npos);

  CHECK_THROWS_WITH_AS(space.add("flag", &learner::flag, {true}), doctest::Contains("flag is named twice"),
                       argument_error);
  CHECK_THROWS_AS(space.add("", &learner::x, {1.0}), argument_error);
  CHECK_THROWS_AS(space.add("x", &learner::x, std::vector<double>{}), argument_error);
  CHECK_THROWS_AS(space.add("x", &learner::x, {1.0}, {"one", "two"}), argument_error);
  CHECK_THROWS_AS(space.add("x", &learner::x, selection::uniform{1, 1}), argument_error);
  CHECK_THROWS_AS(space.add("x", &learner::x, selection::log_uniform{0, 1}), argument_error);
}

TEST_CASE("search: of equal trials the earlier one is the best; NaN and failed fits rank last and say why") {
  const auto space = selection::space<learner>().add("count", &learner::count, {0, 1, 2, 3, 4});
  const auto found = selection::search(space, {}, one_part, [](const learner& o, const part&) -> double {
    if (o.count == 0) throw shape_error("no \"solver\" for 0");
    if (o.count == 1) return not_a_number<double>;
    return o.count == 4 ? 0.5 : 0.75;
  });
  CHECK(found.best == 2);
  CHECK(found.options.count == 2);
  std::vector<index_t> ranks;
  for (const auto& t : found.trials) ranks.push_back(t.rank);
  CHECK(ranks == std::vector<index_t>{4, 5, 1, 2, 3});
  CHECK(found.trials[0].outcome == selection::outcome::failed);
  CHECK(found.trials[0].error.find("no \"solver\" for 0") != std::string::npos);
  CHECK(std::isnan(found.trials[0].mean));
  CHECK(found.trials[1].outcome == selection::outcome::failed);
  CHECK(found.trials[1].error.empty());
  CHECK(selection::csv(found).find("no \"\"solver\"\" for 0") != std::string::npos);

  const auto fails = [](const learner&, const part&) -> double { throw argument_error("too small"); };
  CHECK_THROWS_WITH_AS(selection::search(space, {}, one_part, fails), doctest::Contains("none of 5 trials"),
                       argument_error);
  CHECK_THROWS_WITH_AS(selection::search(space, {}, one_part, fails), doctest::Contains("too small"), argument_error);
}

TEST_CASE("search: a budget draws without repetition, the first values first, and extends with the budget") {
  const auto value = [](const learner& o, const part&) { return o.x - 10 * o.y; };
  const auto points = [&](index_t trials, std::uint64_t seed) {
    std::vector<std::pair<double, double>> out;
    for (const auto& t : selection::search(grid_of(9), {}, one_part, value, {.trials = trials, .seed = seed}).trials)
      out.emplace_back(t.settings[0].value, t.settings[1].value);
    return out;
  };
  const auto few = points(5, 3), many = points(60, 3);
  CHECK(few.front() == std::pair<double, double>(0, 0));
  CHECK(std::equal(few.begin(), few.end(), many.begin()));
  CHECK(std::set<std::pair<double, double>>(many.begin(), many.end()).size() == 60);
  CHECK(points(5, 4) != few);
  CHECK(points(200, 4).size() == 81);

  // more combinations than a permutation is made of
  selection::space<learner> large;
  std::vector<double> values(2000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
  large.add("x", &learner::x, values).add("y", &learner::y, values);
  CHECK(large.size() == 4000000);
  const auto found = selection::search(large, {}, one_part, value, {.trials = 40});
  std::set<std::pair<double, double>> drawn;
  for (const auto& t : found.trials) drawn.emplace(t.settings[0].value, t.settings[1].value);
  CHECK(drawn.size() == 40);
  CHECK(drawn.count({0, 0}) == 1);
}

TEST_CASE("search: ranges are drawn uniformly, or their logarithms are") {
  const auto space = selection::space<learner>()
                         .add("x", &learner::x, selection::uniform{-1, 3})
                         .add("y", &learner::y, selection::log_uniform{1e-4, 1})
                         .add("count", &learner::count, selection::uniform{2, 5});
  const auto value = [](const learner& o, const part&) { return o.x; };
  const auto found = selection::search(space, {}, one_part, value, {.trials = 4000, .seed = 5});
  double sum = 0, logarithms = 0, counts = 0;
  for (const auto& t : found.trials) {
    CHECK((-1 <= t.settings[0].value && t.settings[0].value < 3));
    CHECK((1e-4 <= t.settings[1].value && t.settings[1].value < 1));
    sum += t.settings[0].value;
    logarithms += std::log10(t.settings[1].value);
    counts += t.settings[2].value;
    CHECK(t.settings[2].value == std::floor(t.settings[2].value));
  }
  CHECK(std::abs(sum / 4000 - 1) < 0.1);
  CHECK(std::abs(logarithms / 4000 + 2) < 0.1);
  CHECK(std::abs(counts / 4000 - 3) < 0.1);
  CHECK(found.options.x == found.best_trial().mean);
  CHECK_THROWS_WITH_AS(selection::search(space, {}, one_part, value), doctest::Contains("no grid"), argument_error);
}

TEST_CASE("search: folds give what a plain loop gives, cut by cut, and repeats have seeds of their own") {
  const index_t rows = 23;
  const data::k_fold folds(rows, 4, 9);
  const auto sum_of = [](std::span<const index_t> list) {
    double s = 0;
    for (const index_t i : list) s += static_cast<double>(i * i % 7);
    return s;
  };
  const std::vector<double> xs{0.1, 0.4, 0.9};
  const auto judge = [&](const learner& o, const part& p) {
    const double base = sum_of(p.train) * o.x - sum_of(p.validation);
    return std::vector<double>{base, base * base / 100, static_cast<double>(p.seed) * o.x};
  };
  const auto found = selection::search(selection::space<learner>().add("x", &learner::x, xs), {}, folds, judge,
                                       {.seed = 5, .repeats = 2});
  for (std::size_t t = 0; t < xs.size(); ++t) {
    double best = -1e300;
    index_t best_cut = -1;
    for (std::size_t cut = 0; cut < 3; ++cut) {
      double sum = 0;
      for (std::uint64_t repeat = 0; repeat < 2; ++repeat)
        for (index_t f = 0; f < 4; ++f) {
          const auto train = folds.train(f);
          sum += judge({.x = xs[t]}, {f, train, folds.test(f), 5 + repeat, {}})[cut];
        }
      if (sum / 8 > best) {
        best = sum / 8;
        best_cut = static_cast<index_t>(cut);
      }
    }
    CHECK(found.trials[t].mean == best);
    CHECK(found.trials[t].cut == best_cut);
    CHECK(found.trials[t].values.size() == 8);
  }
  const auto uneven = [](const learner&, const part& p) {
    return std::vector<double>(static_cast<std::size_t>(p.fold + 1));
  };
  CHECK_THROWS_AS(selection::search(selection::space<learner>(), {}, folds, uneven), argument_error);
}

TEST_CASE("search: a fit is asked to end by patience, and a trial that cannot win is given up") {
  const auto space = selection::space<learner>().add("count", &learner::count, {0, 1, 2, 3, 4, 5});
  std::vector<index_t> epochs(6);
  // trial c climbs to its peak at epoch 3 with height (6 - c) and falls again
  const auto curve = [](index_t c, index_t epoch) {
    return static_cast<double>(6 - c) - static_cast<double>(std::abs(epoch - 3)) / 10;
  };
  const auto learn = [&](const learner& o, const part& p) {
    double best = -1;
    for (index_t e = 0; e < 20; ++e) {
      epochs[static_cast<std::size_t>(o.count)] = e + 1;
      best = std::max(best, curve(o.count, e));
      if (!p.report(curve(o.count, e))) break;
    }
    return best;
  };
  const auto patient = selection::search(space, {}, one_part, learn, {.patience = 2});
  CHECK(epochs == std::vector<index_t>(6, 6));  // the peak at epoch 3 and two more
  CHECK(means(patient) == std::vector<double>{6, 5, 4, 3, 2, 1});
  CHECK(patient.trials[2].reports == std::vector<std::vector<double>>{{3.7, 3.8, 3.9, 4, 3.9, 3.8}});

  const auto median = selection::search(space, {}, one_part, learn, {.median_stop = true});
  CHECK(epochs == std::vector<index_t>{20, 20, 20, 20, 1, 1});
  CHECK(median.trials[4].outcome == selection::outcome::stopped);
  CHECK(median.trials[4].rank == 5);
  CHECK(median.best == 0);

  // of four parts a trial with 0 in the first can reach 0.75 at most, one with 0.5 could still have tied
  index_t fits = 0;
  const data::k_fold folds(8, 4);
  const auto counted = [&](const learner& o, const part& p) {
    ++fits;
    if (o.count == 0) return 0.875;
    return o.count == 1 ? 0.0 : p.fold == 0 ? 0.5 : 1.0;
  };
  const auto three = selection::space<learner>().add("count", &learner::count, {0, 1, 2});
  const auto bounded = selection::search(three, {}, folds, counted, {.highest = 1});
  CHECK(fits == 4 + 1 + 4);
  CHECK(bounded.best == 0);
  CHECK(bounded.trials[1].outcome == selection::outcome::stopped);
  CHECK(bounded.trials[1].rank == 3);
  CHECK(bounded.trials[2].outcome == selection::outcome::finished);
  CHECK(bounded.trials[2].rank == 2);
}

TEST_CASE("search: progress counts parts and trials, and ends a search with the trials that are finished") {
  const auto value = [](const learner& o, const part&) { return o.x; };
  const auto space = selection::space<learner>().add("x", &learner::x, {1.0, 2.0, 3.0});
  std::vector<std::pair<index_t, index_t>> seen;
  const auto all =
      selection::search(space, {}, data::k_fold(6, 2), value, {}, [&](const selection::search_progress& p) {
        seen.emplace_back(p.trial, p.part);
        CHECK((p.trials == 3 && p.parts == 2 && p.seconds_left >= 0));
      });
  CHECK(seen == std::vector<std::pair<index_t, index_t>>{{0, 0}, {0, 1}, {0, 2}, {1, 1}, {1, 2}, {2, 1}, {2, 2}});
  CHECK(all.options.x == 3);
  const auto some =
      selection::search(space, {}, data::k_fold(6, 2), value, {},
                        [](const selection::search_progress& p) { return !(p.trial == 2 && p.part == 1); });
  CHECK(some.trials.size() == 2);
  CHECK(some.options.x == 2);
  CHECK_THROWS_AS(
      selection::search(space, {}, one_part, value, {}, [](const selection::search_progress&) { return false; }),
      argument_error);
  CHECK_THROWS_AS(selection::search(space, {}, data::split{{0}, {}, {1}}, value), argument_error);
  CHECK_THROWS_AS(selection::search(space, {}, one_part, value, {.trials = -1}), argument_error);
  CHECK_THROWS_AS(selection::search(space, {}, one_part, value, {.repeats = 0}), argument_error);
}

TEST_CASE("search: a closed form over folds is chosen as by a loop, with the same bytes for 1 and 3 threads") {
  // two views of one hidden number in noise, more columns than the pairs support: the ridge matters
  const index_t n = 40, p = 12;
  context<cpu> host;
  matrix<double, cpu> x(host, n, p), y(host, n, p);
  for (index_t i = 0; i < n; ++i)
    for (index_t j = 0; j < p; ++j) {
      const double hidden = random::normal(1, 0, static_cast<std::uint64_t>(i));
      const auto at = static_cast<std::uint64_t>(i * p + j);
      x.view()(i, j) = hidden + 2 * random::normal(1, 1, at);
      y.view()(i, j) = hidden + 2 * random::normal(1, 2, at);
    }
  const auto rows_of = [](context<cpu>& ctx, const matrix<double, cpu>& m, std::span<const index_t> rows) {
    matrix<double, cpu> out(ctx, static_cast<index_t>(rows.size()), m.cols());
    for (index_t i = 0; i < out.rows(); ++i)
      for (index_t j = 0; j < m.cols(); ++j) out.view()(i, j) = m.view()(rows[static_cast<std::size_t>(i)], j);
    return out;
  };
  const data::k_fold folds(n, 4, 2);
  const auto correlation = [&](context<cpu>& ctx, const projection::cca& learner, std::span<const index_t> train,
                               std::span<const index_t> validation) {
    const auto fitted = learner.fit(ctx, rows_of(ctx, x, train), rows_of(ctx, y, train));
    const auto a = fitted.first(ctx, rows_of(ctx, x, validation)), b = fitted.second(ctx, rows_of(ctx, y, validation));
    double product = 0, first = 0, second = 0;
    for (index_t i = 0; i < a.rows(); ++i) {
      product += a.view()(i, 0) * b.view()(i, 0);
      first += a.view()(i, 0) * a.view()(i, 0);
      second += b.view()(i, 0) * b.view()(i, 0);
    }
    return product / std::sqrt(first * second);
  };
  const auto space = selection::space<projection::cca>().add("ridge", &projection::cca::ridge, {1e-6, 0.1, 1.0, 10.0});
  const auto searched = [&](int threads) {
    context<cpu> ctx(threads);
    return selection::search(space, projection::cca{.dimensions = 1}, folds,
                             [&](const projection::cca& learner, const part& q) {
                               return correlation(ctx, learner, q.train, q.validation);
                             });
  };
  const auto found = searched(1), again = searched(3);
  const auto a = means(found), b = means(again);
  CHECK(std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
  double best = -2;
  index_t best_at = -1;
  const double ridges[] = {1e-6, 0.1, 1, 10};
  for (index_t r = 0; r < 4; ++r) {
    double sum = 0;
    for (index_t f = 0; f < 4; ++f)
      sum += correlation(host, projection::cca{.dimensions = 1, .ridge = ridges[r]}, folds.train(f), folds.test(f));
    CHECK(a[static_cast<std::size_t>(r)] == sum / 4);
    if (sum / 4 > best) {
      best = sum / 4;
      best_at = r;
    }
  }
  CHECK(found.best == best_at);
  CHECK(best_at > 0);  // without a ridge twelve noisy columns are fitted too closely
  CHECK(found.options.fit(host, x, y).dimensions() == 1);
}
