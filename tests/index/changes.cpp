// SPDX-License-Identifier: Apache-2.0
// index::flat under adds, replacements and removals, beside a list that is sorted afresh each time.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/permutation.hpp>
#include <kindred/core/random.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace kd = kindred;
using kd::cpu;
using kd::emu;
using kd::index_t;
namespace similarity = kd::similarity;

namespace {

/// Numbers from -2 to 2: exact scores with many ties.
std::vector<float> whole_numbers(index_t n, std::uint64_t stream) {
  std::vector<float> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(kd::random::below(5, 1, stream, i)) - 2;
  return v;
}

std::vector<float> noise(index_t n, std::uint64_t seed) {
  std::vector<float> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(kd::random::uniform(seed, 0, i) - 0.5);
  return v;
}

float score_of(const std::vector<float>& a, const float* b, similarity::dot) {
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}
float score_of(const std::vector<float>& a, const float* b, similarity::negative_euclidean) {
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return -std::sqrt(sum);
}

using rows_by_id = std::map<index_t, std::vector<float>>;

/// (score, id) of all rows, score descending, id ascending.
template <class S>
std::vector<std::pair<float, index_t>> sorted(const rows_by_id& rows, const float* query) {
  std::vector<std::pair<float, index_t>> all;
  for (const auto& [id, row] : rows) all.emplace_back(score_of(row, query, S()), id);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.first > b.first || (a.first == b.first && a.second < b.second);
  });
  return all;
}

template <class D, class S>
void check(kd::context<D>& ctx, const kd::index::flat<float, D, S>& index, const rows_by_id& rows,
           std::uint64_t stream) {
  const index_t q = 3, d = index.dimension(), n = static_cast<index_t>(rows.size());
  REQUIRE(index.size() == n);
  const auto asked = whole_numbers(q * d, stream);
  const kd::matrix<float, D> queries(ctx, q, d, asked);
  for (const index_t k : {index_t(2), n + 2}) {
    const auto hits = index.search(ctx, queries, k);
    const auto ids = hits.ids.to_host();
    const auto scores = hits.scores.to_host();
    for (index_t i = 0; i < q; ++i) {
      const auto want = sorted<S>(rows, asked.data() + i * d);
      for (index_t j = 0; j < k; ++j) {
        const auto at = static_cast<std::size_t>(i * k + j);
        CHECK(ids[at] == (j < n ? want[static_cast<std::size_t>(j)].second : -1));
        if (j < n) CHECK(scores[at] == want[static_cast<std::size_t>(j)].first);
      }
    }
  }
  const float least = -2.5f;
  const auto within = index.range_search(ctx, queries, least);
  std::vector<index_t> ids, offsets{0};
  std::vector<float> scores;
  for (index_t i = 0; i < q; ++i) {
    for (const auto& [score, id] : sorted<S>(rows, asked.data() + i * d))
      if (score >= least) {
        ids.push_back(id);
        scores.push_back(score);
      }
    offsets.push_back(static_cast<index_t>(ids.size()));
  }
  CHECK(within.offsets == offsets);
  CHECK(within.ids == ids);
  CHECK(within.scores == scores);
  index_t position = 0;
  for (const auto& [id, row] : rows) {
    CHECK(index.ids()(position) == id);
    CHECK(index.position(id) == position++);
    CHECK(kd::to_host(ctx, kd::as_matrix(index.row(id), 1, d)) == row);
  }
}

std::string message(auto f) {
  try {
    f();
  } catch (const kd::argument_error& e) {
    return e.what();
  }
  return "";
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

template <class D, class S>
void check_random_changes(int steps) {
  kd::context<D> ctx;
  const index_t d = 3;
  kd::index::flat<float, D, S> index(ctx, d);
  rows_by_id rows;
  index_t highest = -1;
  const auto draw = [&](index_t below, int step, std::uint64_t i) {
    return kd::random::below(below, 5, static_cast<std::uint64_t>(step), i);
  };
  for (int step = 0; step < steps; ++step) {
    const index_t n = draw(6, step, 0);
    const auto numbers = whole_numbers(n * d, 100 + static_cast<std::uint64_t>(step));
    const auto vectors = kd::matrix<float, D>(ctx, n, d, numbers);
    const auto row = [&](std::size_t i) {
      const auto at = numbers.begin() + static_cast<std::ptrdiff_t>(i) * d;
      return std::vector<float>(at, at + d);
    };
    std::vector<index_t> ids;
    for (index_t tries = 1; tries < 100 && static_cast<index_t>(ids.size()) < n; ++tries) {
      const index_t id = draw(60, step, static_cast<std::uint64_t>(tries));
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
    switch (draw(5, step, 1000)) {
      case 0: {  // some ids are not there, some come twice
        index_t there = 0;
        for (const index_t id : ids) there += static_cast<index_t>(rows.erase(id));
        ids.insert(ids.end(), ids.begin(), ids.end());
        CHECK(index.remove(ctx, ids) == there);
        break;
      }
      case 1: {
        std::vector<index_t> present;
        std::vector<float> values;
        for (std::size_t i = 0; i < ids.size(); ++i)
          if (rows.count(ids[i])) {
            present.push_back(ids[i]);
            const auto v = row(i);
            values.insert(values.end(), v.begin(), v.end());
            rows[ids[i]] = v;
          }
        index.replace(ctx, kd::matrix<float, D>(ctx, static_cast<index_t>(present.size()), d, values), present);
        break;
      }
      case 2:
        index.add(ctx, vectors);
        for (index_t i = 0; i < n; ++i) rows[++highest] = row(static_cast<std::size_t>(i));
        break;
      default: {
        std::vector<index_t> fresh;
        std::vector<float> values;
        for (std::size_t i = 0; i < ids.size(); ++i)
          if (!rows.count(ids[i])) {
            fresh.push_back(ids[i]);
            const auto v = row(i);
            values.insert(values.end(), v.begin(), v.end());
            rows[ids[i]] = v;
            highest = std::max(highest, ids[i]);
          }
        index.add(ctx, kd::matrix<float, D>(ctx, static_cast<index_t>(fresh.size()), d, values), fresh);
      }
    }
    check(ctx, index, rows, 5000 + static_cast<std::uint64_t>(step));
  }
  CHECK(rows.size() > 10);  // else little was tried
}

}  // namespace

TEST_CASE("after any sequence of changes the order is that of a list sorted by score and id") {
  check_random_changes<cpu, similarity::dot>(150);
  check_random_changes<cpu, similarity::negative_euclidean>(60);
  check_random_changes<emu, similarity::negative_euclidean>(60);
}

TEST_CASE("how rows came to be in the index cannot be seen in the bytes") {
  kd::context<cpu> ctx(2);
  const index_t n = 400, d = 20, q = 30, k = 50;
  const kd::matrix<float, cpu> x(ctx, n, d, noise(n * d, 1)), queries(ctx, q, d, noise(q * d, 2));
  kd::index::flat<float, cpu, similarity::cosine> plain(ctx, d), winding(ctx, d);
  plain.add(ctx, x);
  const auto order = kd::random::permutation(n, 3);
  const auto in_order = [&](index_t begin, index_t count) {
    kd::matrix<float, cpu> some(ctx, count, d);
    for (index_t i = 0; i < count; ++i)
      for (index_t c = 0; c < d; ++c) some.view()(i, c) = x.view()(order[static_cast<std::size_t>(begin + i)], c);
    return some;
  };
  const std::span<const index_t> ids(order);
  winding.add(ctx, in_order(0, 150), ids.subspan(0, 150));
  winding.add(ctx, in_order(0, 90), std::vector<index_t>([] {
                std::vector<index_t> others(90);
                for (std::size_t i = 0; i < others.size(); ++i) others[i] = 1000 - static_cast<index_t>(i);
                return others;
              }()));
  CHECK(winding.remove(ctx, ids.subspan(20, 60)) == 60);
  winding.add(ctx, in_order(150, 250), ids.subspan(150, 250));
  winding.replace(ctx, in_order(90, 60), ids.subspan(80, 60));  // wrong rows, put right below
  winding.add(ctx, in_order(20, 60), ids.subspan(20, 60));
  winding.replace(ctx, in_order(80, 60), ids.subspan(80, 60));
  std::vector<index_t> high;
  for (index_t id = 900; id <= 1000; ++id) high.push_back(id);
  CHECK(winding.remove(ctx, high) == 90);
  const auto a = plain.search(ctx, queries, k), b = winding.search(ctx, queries, k);
  CHECK(a.ids.to_host() == b.ids.to_host());
  CHECK(a.scores.to_host() == b.scores.to_host());
}

TEST_CASE_TEMPLATE("rows that are moved in several pieces stay whole", S, similarity::dot,
                   similarity::negative_euclidean) {
  kd::context<cpu> ctx;
  const index_t d = index_t(3) << 18, n = 11;  // a row takes 3 MiB
  kd::index::flat<float, cpu, S> index(ctx, d);
  const auto row_of = [&](std::vector<index_t> ids) {
    kd::matrix<float, cpu> x(ctx, static_cast<index_t>(ids.size()), d);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      x.view()(static_cast<index_t>(i), 0) = static_cast<float>(ids[i]);
      x.view()(static_cast<index_t>(i), d - 1) = 1;
    }
    return x;
  };
  std::vector<index_t> even, odd;
  for (index_t id = 0; id < n; ++id) (id % 2 ? odd : even).push_back(id);
  std::reverse(odd.begin(), odd.end());
  index.add(ctx, row_of(even), even);
  index.add(ctx, row_of(odd), odd);
  const auto check_rows = [&] {
    for (const index_t id : index.ids()) {
      CHECK(index.row(id)(0) == static_cast<float>(id));
      CHECK(index.row(id)(d - 1) == 1);
      if constexpr (std::same_as<S, similarity::negative_euclidean>)
        CHECK(index.rows().square_norms(index.position(id)) == static_cast<float>(id * id + 1));
    }
  };
  CHECK(index.size() == n);
  check_rows();
  CHECK(index.remove(ctx, std::vector<index_t>{1, 2, 7}) == 3);
  CHECK(index.size() == n - 3);
  check_rows();
}

TEST_CASE("ids are not given twice: they count on from the highest, removed or not") {
  kd::context<cpu> ctx;
  const kd::matrix<float, cpu> two(ctx, 2, 1);
  kd::index::flat<> index(ctx, 1);
  index.add(ctx, two);
  index.remove(ctx, std::vector<index_t>{1});
  index.add(ctx, two);
  CHECK(std::vector<index_t>(index.ids().begin(), index.ids().end()) == std::vector<index_t>{0, 2, 3});
  index.add(ctx, two, std::vector<index_t>{40, 10});
  index.add(ctx, two);
  CHECK(std::vector<index_t>(index.ids().begin(), index.ids().end()) == std::vector<index_t>{0, 2, 3, 10, 40, 41, 42});
  const index_t last = std::numeric_limits<index_t>::max() - 1;
  index.add(ctx, two, std::vector<index_t>{last, 7});
  CHECK(index.contains(last));
  CHECK(contains(message([&] { index.add(ctx, two); }), "no ids are left"));
}

TEST_CASE_TEMPLATE("filters speak of ids", D, cpu, emu) {
  kd::context<D> ctx;
  const index_t n = 40, d = 4;
  kd::index::flat<float, D> index(ctx, d);
  std::vector<index_t> ids;
  for (index_t i = 0; i < n; ++i) ids.push_back(10 * ((i * 7) % n));
  const kd::matrix<float, D> x(ctx, n, d, whole_numbers(n * d, 1));
  index.add(ctx, x, ids);
  const auto keep = [](index_t id) { return id % 20 == 0; };
  for (const index_t id : index.search(ctx, x, n / 2, keep).ids.to_host()) CHECK(id % 20 == 0);
  const auto some = index.range_search(ctx, x, -100.0f, keep);
  CHECK(some.ids.size() == static_cast<std::size_t>(n * n / 2));
  for (const index_t id : some.ids) CHECK(id % 20 == 0);
  std::vector<index_t> own = ids;
  own[0] = -1;
  own[1] = 5;  // not in the index
  const kd::vector<index_t, D> excluded(ctx, own);
  const auto all = index.search(ctx, x, n), without = index.search(ctx, x, n, {.keep = {}, .excluded = excluded});
  const auto within = index.range_search(ctx, x, -100.0f, {.keep = {}, .excluded = excluded});
  const auto with_all = all.ids.to_host(), left = without.ids.to_host();
  for (index_t i = 0; i < n; ++i) {
    std::vector<index_t> want;
    for (index_t j = 0; j < n; ++j)
      if (const index_t id = with_all[static_cast<std::size_t>(i * n + j)]; id != own[static_cast<std::size_t>(i)])
        want.push_back(id);
    CHECK(static_cast<index_t>(want.size()) == (i < 2 ? n : n - 1));
    CHECK(std::equal(want.begin(), want.end(), left.begin() + i * n));
    CHECK(std::equal(want.begin(), want.end(), within.ids.begin() + within.offsets[static_cast<std::size_t>(i)]));
  }
}

TEST_CASE("a search by score finds what a search by number finds, in its order, down to -infinity") {
  kd::context<cpu> ctx(2);
  const index_t n = 700, d = 16, q = 23;
  kd::index::flat<float, cpu, similarity::negative_euclidean> index(ctx, d);
  index.add(ctx, kd::matrix<float, cpu>(ctx, n, d, noise(n * d, 7)));
  const kd::matrix<float, cpu> queries(ctx, q, d, noise(q * d, 8));
  const auto all = index.search(ctx, queries, n);
  const auto ids = all.ids.to_host();
  const auto scores = all.scores.to_host();
  const float least = scores[100];  // equality counts
  const auto some = index.range_search(ctx, queries, least);
  const auto every = index.range_search(ctx, queries, -std::numeric_limits<float>::infinity());
  CHECK(every.ids == ids);
  CHECK(every.scores == scores);
  std::vector<index_t> want, offsets{0};
  for (index_t i = 0; i < q; ++i) {
    for (index_t j = 0; j < n; ++j)
      if (scores[static_cast<std::size_t>(i * n + j)] >= least)
        want.push_back(ids[static_cast<std::size_t>(i * n + j)]);
    offsets.push_back(static_cast<index_t>(want.size()));
  }
  CHECK(offsets[1] >= 101);
  CHECK(some.ids == want);
  CHECK(some.offsets == offsets);
  CHECK(index.range_search(ctx, queries, std::numeric_limits<float>::infinity()).ids.empty());
  CHECK_THROWS_AS(index.range_search(ctx, queries, std::nanf("")), kd::argument_error);
  CHECK_THROWS_AS(index.range_search(ctx, kd::matrix<float, cpu>(ctx, 1, d + 1), 0.0f), kd::shape_error);
  const kd::index::flat<> empty(ctx, d);
  CHECK(empty.range_search(ctx, queries, 0.0f).offsets == std::vector<index_t>(static_cast<std::size_t>(q) + 1, 0));
}

TEST_CASE("ids that are not there, there already, given twice or negative are refused and change nothing") {
  kd::context<cpu> ctx;
  kd::index::flat<> index(ctx, 1);
  const kd::matrix<float, cpu> x(ctx, 3, 1, std::vector<float>{1, 2, 3});
  index.add(ctx, x, std::vector<index_t>{5, 1, 9});
  const auto add = [&](std::vector<index_t> ids) { return message([&] { index.add(ctx, x, ids); }); };
  const auto replace = [&](std::vector<index_t> ids) { return message([&] { index.replace(ctx, x, ids); }); };
  CHECK(contains(add({2, 9, 3}), "add: id 9 of row 1 is present already"));
  CHECK(contains(add({2, 3, 2}), "add: id 2 is given twice"));
  CHECK(contains(add({2, -1, 3}), "add: expected ids of at least 0, got -1 for row 1"));
  CHECK(contains(add({2, std::numeric_limits<index_t>::max(), 3}), "for row 1"));
  CHECK(contains(replace({1, 5, 2}), "replace: id 2 of row 2 is not in the index"));
  CHECK(contains(replace({1, 1, 9}), "replace: id 1 is given twice"));
  CHECK(contains(message([&] { index.row(2); }), "row: id 2 is not in the index"));
  CHECK_THROWS_AS(index.add(ctx, x, std::vector<index_t>{2, 3}), kd::shape_error);
  CHECK_THROWS_AS(index.replace(ctx, x, std::vector<index_t>{1, 5}), kd::shape_error);
  const kd::matrix<float, cpu> wide(ctx, 3, 2);
  CHECK_THROWS_AS(index.replace(ctx, wide, std::vector<index_t>{1, 5, 9}), kd::shape_error);
  const kd::matrix<float, cpu> bad(ctx, 3, 1, std::vector<float>{1, std::nanf(""), 3});
  CHECK(contains(message([&] {
                   index.replace(ctx, bad, std::vector<index_t>{1, 5, 9});
                 }),
                 "replace: row 1 has nan in column 0"));
  CHECK(index.size() == 3);
  CHECK(index.row(1)(0) == 2);
  CHECK(index.row(5)(0) == 1);
  CHECK(index.row(9)(0) == 3);
  CHECK(index.remove(ctx, std::vector<index_t>{-1, 4, 100}) == 0);
  CHECK(index.size() == 3);
}

TEST_CASE_TEMPLATE(
    "asked to keep what is not finite, an index never returns rows with NaN and gives such queries nothing", D, cpu,
    emu) {
  kd::context<D> ctx;
  const float nan = std::nanf(""), inf = std::numeric_limits<float>::infinity();
  const kd::index::flat_options keep{.non_finite = kd::io::non_finite::keep};
  const kd::matrix<float, D> x(ctx, 4, 2, std::vector<float>{1, 2, nan, 4, 5, inf, 3, 3});
  const kd::matrix<float, D> queries(ctx, 2, 2, std::vector<float>{1, 1, nan, 1});
  const auto ids = [&](auto similarity) {
    kd::index::flat<float, D, decltype(similarity)> index(ctx, 2, similarity, keep);
    index.add(ctx, x);
    CHECK(index.size() == 4);
    CHECK(index.range_search(ctx, queries, -inf).offsets.back() == index.range_search(ctx, queries, -inf).offsets[1]);
    return index.search(ctx, queries, 4).ids.to_host();
  };
  CHECK(ids(similarity::dot{}) == std::vector<index_t>{2, 3, 0, -1, -1, -1, -1, -1});
  CHECK(ids(similarity::cosine{}) == std::vector<index_t>{3, 0, -1, -1, -1, -1, -1, -1});
  CHECK(ids(similarity::negative_euclidean{}) == std::vector<index_t>{0, 3, -1, -1, -1, -1, -1, -1});
}
