// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/data/balanced_sampler.hpp>
#include <kindred/data/batches.hpp>
#include <kindred/data/graph_sampler.hpp>
#include <kindred/data/k_fold.hpp>
#include <map>
#include <set>

using namespace kindred;

namespace {

using rows_list = std::vector<std::vector<index_t>>;

template <class S>
rows_list epoch_of(const S& sampler, index_t epoch) {
  rows_list all;
  sampler(epoch, [&](std::span<const index_t> rows) { all.emplace_back(rows.begin(), rows.end()); });
  CHECK(static_cast<index_t>(all.size()) == sampler.length());
  return all;
}

std::vector<index_t> together(const rows_list& lists) {
  std::vector<index_t> all;
  for (const auto& l : lists) all.insert(all.end(), l.begin(), l.end());
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<index_t> counted(index_t n) {
  std::vector<index_t> v;
  for (index_t i = 0; i < n; ++i) v.push_back(i);
  return v;
}

// labels whose classes have 1, 2, ..., classes items, in no order
std::vector<label_t> stairs(label_t classes) {
  std::vector<label_t> labels;
  for (label_t c = 0; c < classes; ++c) labels.insert(labels.end(), static_cast<std::size_t>(c) + 1, 10 * c - 20);
  std::vector<label_t> mixed;
  for (const index_t i : random::permutation(static_cast<index_t>(labels.size()), 5))
    mixed.push_back(labels[static_cast<std::size_t>(i)]);
  return mixed;
}

}  // namespace

TEST_CASE("a shuffle keeps all rows and depends on seed and stream") {
  const std::vector<index_t> rows{3, 1, 4, 1, 5, 9, 2, 6, 5, 3};
  const auto a = data::shuffle(rows, 1), b = data::shuffle(rows, 1, 1), c = data::shuffle(rows, 2);
  CHECK(a == data::shuffle(rows, 1));
  CHECK(a != b);
  CHECK(a != c);
  auto x = a, y = rows;
  std::sort(x.begin(), x.end());
  std::sort(y.begin(), y.end());
  CHECK(x == y);
}

TEST_CASE("batches show every item once per epoch, in another order each time, and repeat an epoch exactly") {
  const data::batches sampler(10, {.size = 4, .seed = 3});
  const auto a = epoch_of(sampler, 0), b = epoch_of(sampler, 1);
  CHECK(a.size() == 3);
  CHECK(a[2].size() == 2);
  CHECK(together(a) == counted(10));
  CHECK(together(b) == counted(10));
  CHECK(a != b);
  CHECK(a == epoch_of(sampler, 0));
  const data::batches dropped(10, {.size = 4, .drop_last = true, .shuffle = false});
  CHECK(epoch_of(dropped, 7) == rows_list{{0, 1, 2, 3}, {4, 5, 6, 7}});
  CHECK(epoch_of(data::batches(0), 0).empty());
  CHECK(epoch_of(data::batches(3, {.size = 4, .drop_last = true}), 0).empty());
  CHECK_THROWS_WITH_AS(data::batches(3, {.size = 0}), doctest::Contains("batches of 0 items"), argument_error);
}

TEST_CASE("balanced batches hold P different classes with K items each, and an epoch shows every class") {
  const auto labels = stairs(7);  // 28 items
  const data::balanced_sampler sampler(labels, {.classes = 3, .per_class = 2, .seed = 1});
  CHECK(sampler.classes() == 7);
  CHECK(sampler.length() == 5);  // 28 items in batches of 6
  std::set<rows_list> epochs;
  for (index_t epoch = 0; epoch < 20; ++epoch) {
    const auto batches = epoch_of(sampler, epoch);
    std::map<label_t, std::vector<index_t>> shown;
    for (const auto& rows : batches) {
      REQUIRE(rows.size() == 6);
      std::set<label_t> classes;
      for (std::size_t i = 0; i < rows.size(); i += 2) {
        const label_t c = labels[static_cast<std::size_t>(rows[i])];
        CHECK(labels[static_cast<std::size_t>(rows[i + 1])] == c);
        if (c > -20) CHECK(rows[i] != rows[i + 1]);  // only the first class has a single item
        classes.insert(c);
        shown[c].insert(shown[c].end(), {rows[i], rows[i + 1]});
      }
      CHECK(classes.size() == 3);
    }
    CHECK(shown.size() == 7);
    // a class begins again only when all its items were shown
    for (const auto& [c, items] : shown) {
      const auto size = static_cast<std::size_t>((c + 20) / 10 + 1), seen = items.size() < size ? items.size() : size;
      CHECK(std::set<index_t>(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(seen)).size() == seen);
    }
    epochs.insert(batches);
    CHECK(batches == epoch_of(sampler, epoch));
  }
  CHECK(epochs.size() == 20);
}

TEST_CASE("classes with too few items are left out, or show them again") {
  const auto labels = stairs(5);
  const data::balanced_sampler left_out(labels, {.classes = 2, .per_class = 3, .least = 3, .seed = 1});
  CHECK(left_out.classes() == 3);
  for (const auto& rows : epoch_of(left_out, 0)) CHECK(std::set<index_t>(rows.begin(), rows.end()).size() == 6);
  const data::balanced_sampler repeated(labels, {.classes = 5, .per_class = 3, .length = 1});
  const auto rows = epoch_of(repeated, 0)[0];
  CHECK(std::set<index_t>(rows.begin(), rows.end()).size() == 1 + 2 + 3 + 3 + 3);
  CHECK_THROWS_WITH_AS(data::balanced_sampler(labels, {.classes = 4, .least = 3}),
                       doctest::Contains("batches of 4 classes, but 3 have 3 items or more"), argument_error);
  CHECK_THROWS_AS(data::balanced_sampler(labels, {.classes = 0}), argument_error);
  CHECK_THROWS_AS(data::balanced_sampler(labels, {.classes = 1, .per_class = 0}), argument_error);
  for (const int bits : {40, 62})
    CHECK_THROWS_AS(data::balanced_sampler(labels, {.classes = 2, .per_class = index_t(1) << bits}), argument_error);
}

TEST_CASE("splits take every row once, with the shares asked for") {
  const auto check = [](const data::split& s, index_t n) {
    CHECK(together({s.train, s.validation, s.test}) == counted(n));
    for (const auto* side : {&s.train, &s.validation, &s.test}) CHECK(std::is_sorted(side->begin(), side->end()));
  };
  const auto s = data::split::random(50, {.validation = 0.1, .test = 0.3, .seed = 1});
  check(s, 50);
  CHECK(s.validation.size() == 5);
  CHECK(s.test.size() == 15);
  CHECK(s.test == data::split::random(50, {.validation = 0.1, .test = 0.3, .seed = 1}).test);
  CHECK(s.test != data::split::random(50, {.validation = 0.1, .test = 0.3, .seed = 2}).test);
  check(data::split::random(0), 0);
  check(data::split::random(1, {.validation = 0.5, .test = 0.5}), 1);
  CHECK_THROWS_WITH_AS(data::split::random(5, {.validation = 0.6, .test = 0.5}), doctest::Contains("shares 0.6"),
                       argument_error);

  std::vector<label_t> labels;
  for (int i = 0; i < 60; ++i) labels.push_back(i % 10 < 7 ? 2 : i % 10 < 9 ? -1 : 40);  // 42, 12 and 6 rows
  const auto count = [&](const std::vector<index_t>& rows, label_t l) {
    return std::count_if(rows.begin(), rows.end(), [&](index_t r) { return labels[static_cast<std::size_t>(r)] == l; });
  };
  const auto stratified = data::split::stratified(labels, {.validation = 1.0 / 6, .test = 0.5, .seed = 1});
  check(stratified, 60);
  CHECK(count(stratified.test, 2) == 21);
  CHECK(count(stratified.test, -1) == 6);
  CHECK(count(stratified.test, 40) == 3);
  CHECK(count(stratified.validation, 2) == 7);
  CHECK(count(stratified.validation, -1) == 2);
  CHECK(count(stratified.validation, 40) == 1);
}

TEST_CASE("groups and classes stay on one side") {
  const auto labels = stairs(12);  // 78 rows
  const auto n = static_cast<index_t>(labels.size());
  const auto classes = [&](const std::vector<index_t>& rows) {
    std::set<label_t> found;
    for (const index_t r : rows) found.insert(labels[static_cast<std::size_t>(r)]);
    return found;
  };
  const auto disjoint = [&](const data::split& s) {
    CHECK(together({s.train, s.validation, s.test}) == counted(n));
    CHECK(classes(s.train).size() + classes(s.validation).size() + classes(s.test).size() == 12);
  };
  const auto grouped = data::split::by_group(labels, {.validation = 0.25, .test = 0.25, .seed = 1});
  disjoint(grouped);
  CHECK(std::abs(static_cast<double>(grouped.test.size()) - 19.5) < 2);  // small groups come last and fill the gaps
  CHECK(std::abs(static_cast<double>(grouped.validation.size()) - 19.5) < 2);
  const auto none = data::split::by_group(labels, {.validation = 0, .test = 0});
  CHECK(none.train.size() == labels.size());
  const auto by_class = data::split::by_class(labels, {.validation = 0, .test = 0.5, .seed = 1});
  disjoint(by_class);
  CHECK(classes(by_class.test).size() == 6);
  CHECK(classes(by_class.train).size() == 6);
}

TEST_CASE("folds test every row once and differ by at most one row, in all and per label") {
  const data::k_fold folds(11, 3, 1);
  std::vector<std::vector<index_t>> tests;
  for (index_t f = 0; f < folds.size(); ++f) {
    tests.emplace_back(folds.test(f).begin(), folds.test(f).end());
    CHECK(together({tests.back(), folds.train(f)}) == counted(11));
    CHECK((tests.back().size() == 3 || tests.back().size() == 4));
  }
  CHECK(together(tests) == counted(11));
  const auto labels = stairs(6);  // 21 rows
  const data::k_fold stratified(labels, 4, 1);
  std::map<label_t, std::pair<int, int>> range;
  for (index_t f = 0; f < 4; ++f) {
    std::map<label_t, int> count;
    for (label_t c = 0; c < 6; ++c) count[10 * c - 20] = 0;
    for (const index_t r : stratified.test(f)) ++count[labels[static_cast<std::size_t>(r)]];
    for (const auto& [c, many] : count) {
      const auto [at, fresh] = range.try_emplace(c, many, many);
      at->second = {std::min(at->second.first, many), std::max(at->second.second, many)};
    }
    CHECK((stratified.test(f).size() == 5 || stratified.test(f).size() == 6));
  }
  for (const auto& [c, least_most] : range) CHECK(least_most.second - least_most.first <= 1);
  CHECK_THROWS_WITH_AS(data::k_fold(3, 4), doctest::Contains("4 folds of 3 rows"), argument_error);
  CHECK_THROWS_AS(data::k_fold(3, 1), argument_error);
  CHECK_THROWS_AS(folds.test(3), argument_error);
}

TEST_CASE(
    "a graph's positives are within the hops, its negatives outside, and every node with both is an anchor once") {
  // two paths 0-1-2-3-4 and 5-6-7, and 8 alone
  std::vector<std::pair<index_t, index_t>> edges;
  for (const auto& [a, b] : {std::pair<index_t, index_t>{0, 1}, {1, 2}, {2, 3}, {3, 4}, {5, 6}, {6, 7}}) {
    edges.emplace_back(a, b);
    edges.emplace_back(b, a);
  }
  const relation::pairs links(9, 9, edges);
  const auto distance = [](index_t a, index_t b) {
    return (a < 5) == (b < 5) && a < 8 && b < 8 ? std::abs(a - b) : 99;
  };
  const data::graph_sampler sampler(links.relation(),
                                    {.anchors = 3, .hops = 2, .positives = 2, .negatives = 3, .seed = 1});
  std::map<index_t, std::set<index_t>> positives, negatives;
  for (index_t epoch = 0; epoch < 60; ++epoch) {
    std::vector<index_t> anchors;
    for (const auto& rows : epoch_of(sampler, epoch)) {
      REQUIRE(rows.size() % 6 == 0);
      for (std::size_t at = 0; at < rows.size(); at += 6) {
        const index_t anchor = rows[at];
        anchors.push_back(anchor);
        for (std::size_t i = 1; i < 3; ++i) positives[anchor].insert(rows[at + i]);
        for (std::size_t i = 3; i < 6; ++i) negatives[anchor].insert(rows[at + i]);
      }
    }
    CHECK(together({anchors}) == counted(8));
  }
  CHECK(epoch_of(sampler, 3) == epoch_of(sampler, 3));
  CHECK(epoch_of(sampler, 3) != epoch_of(sampler, 4));
  // 60 epochs are enough that all that may be drawn is drawn
  for (index_t a = 0; a < 8; ++a) {
    std::set<index_t> near, far;
    for (index_t b = 0; b < 9; ++b)
      if (a != b) (distance(a, b) <= 2 ? near : far).insert(b);
    CHECK(positives[a] == near);
    CHECK(negatives[a] == far);
  }
  const std::vector<index_t> batch{0, 2, 4, 0, 6};
  const auto related = sampler.related(batch);
  const auto r = related.relation();
  for (index_t i = 0; i < 5; ++i)
    for (index_t j = 0; j < 5; ++j) {
      const bool close = distance(batch[static_cast<std::size_t>(i)], batch[static_cast<std::size_t>(j)]) <= 2;
      const relation::kind wanted = i == j  ? relation::kind::ignored
                                    : close ? relation::kind::positive
                                            : relation::kind::negative;
      CHECK(r(i, j) == wanted);
    }
  CHECK_THROWS_AS(sampler.related(std::vector<index_t>{9}), argument_error);
}

TEST_CASE("weighted positives come as often as their edges weigh") {
  const std::vector<index_t> offsets{0, 3, 3, 3, 3, 3}, items{1, 2, 3};
  const std::vector<float> grades{1, 0, 3};
  const relation::csr<cpu> graph({offsets.data(), 6}, {items.data(), 3}, 5, {grades.data(), 3});
  const data::graph_sampler sampler(graph, {.positives = 4000, .weighted = true, .seed = 2});
  const auto rows = epoch_of(sampler, 0)[0];
  CHECK(std::count(rows.begin() + 1, rows.begin() + 4001, 2) == 0);
  const auto heavy = static_cast<double>(std::count(rows.begin() + 1, rows.begin() + 4001, 3));
  CHECK(std::abs(heavy / 4000 - 0.75) < 4 * std::sqrt(0.75 * 0.25 / 4000));
  // without weights edges of grade 0 lead nowhere either
  const data::graph_sampler plain(graph, {.positives = 50});
  const auto drawn = epoch_of(plain, 0)[0];
  CHECK(std::set<index_t>(drawn.begin() + 1, drawn.begin() + 51) == std::set<index_t>{1, 3});
  CHECK_THROWS_WITH_AS(data::graph_sampler(graph, {.anchors = 0}), doctest::Contains("0 anchors"), argument_error);
  const relation::pairs complete(2, 2, {{0, 1}, {1, 0}});
  CHECK_THROWS_WITH_AS(data::graph_sampler(complete.relation()), doctest::Contains("no node has both"), argument_error);
}
