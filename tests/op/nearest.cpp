// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/permutation.hpp>
#include <kindred/core/random.hpp>
#include <kindred/op/nearest.hpp>
#include <limits>
#include <vector>

#include "machine.hpp"

namespace kd = kindred;
using kd::cpu;
using kd::emu;
using kd::index_t;
using kd::op::scoring;

namespace {

/// Few different numbers, so that many scores are equal.
template <class T>
std::vector<T> coarse(index_t n, std::uint64_t seed) {
  std::vector<T> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<T>(kd::random::below(3, seed, 0, i)) - T(1);
  return v;
}

template <class T>
struct result {
  std::vector<index_t> ids;
  std::vector<T> scores;
  bool operator==(const result& o) const {
    return ids == o.ids && scores.size() == o.scores.size() &&
           (scores.empty() || std::memcmp(scores.data(), o.scores.data(), scores.size() * sizeof(T)) == 0);
  }
};

template <class T, class D>
struct side {
  kd::matrix<T, D> rows;
  kd::vector<T, D> norms;
  side(kd::context<D>& ctx, index_t n, index_t d, const std::vector<T>& values)
      : rows(ctx, n, d, values), norms(ctx, n) {
    kd::op::square_norms(ctx, rows, norms.view());
  }
  kd::op::comparable<T, D> view() const { return {rows, norms}; }
};

template <class T, class D>
result<T> found(kd::context<D>& ctx, kd::op::comparable<T, D> queries, kd::op::comparable<T, D> gallery, scoring how,
                index_t k, const kd::op::search_filter<D>& filter = {}) {
  const auto best = kd::op::nearest(ctx, queries, gallery, how, k, filter);
  return {best.ids.to_host(), best.scores.to_host()};
}

/// All scores, then a stable sort of each row: the meaning of nearest.
template <class T, class D>
result<T> by_sorting(kd::context<D>& ctx, kd::op::comparable<T, D> queries, kd::op::comparable<T, D> gallery,
                     scoring how, index_t k, const std::vector<std::uint8_t>& keep = {},
                     const std::vector<index_t>& excluded = {}) {
  const index_t q = queries.rows.rows(), n = gallery.rows.rows();
  kd::matrix<T, D> all(ctx, q, n);
  kd::op::scores(ctx, queries, gallery, how, all.view());
  const auto s = all.to_host();
  result<T> out;
  for (index_t i = 0; i < q; ++i) {
    std::vector<index_t> ids;
    const T* const row = s.data() + i * n;
    for (index_t j = 0; j < n; ++j) {
      if (!keep.empty() && keep[static_cast<std::size_t>(j)] == 0) continue;
      if (!excluded.empty() && excluded[static_cast<std::size_t>(i)] == j) continue;
      if (row[j] > -std::numeric_limits<T>::infinity()) ids.push_back(j);
    }
    std::stable_sort(ids.begin(), ids.end(), [&](index_t a, index_t b) { return row[a] > row[b]; });
    for (index_t j = 0; j < k; ++j) {
      const bool there = j < static_cast<index_t>(ids.size());
      const index_t id = there ? ids[static_cast<std::size_t>(j)] : -1;
      out.ids.push_back(id);
      out.scores.push_back(!there ? -std::numeric_limits<T>::infinity() : row[id] == T(0) ? T(0) : row[id]);
    }
  }
  return out;
}

}  // namespace

TEST_CASE_TEMPLATE("nearest is the start of sorted scores, for 0 to 130 queries and every instruction set", T, float,
                   double) {
  for (const auto set : available()) {
    kd::context<cpu> ctx(1, set);
    CAPTURE(kd::name(set));
    const index_t n = 203, d = 21, most = 130;
    for (const bool ties : {false, true}) {
      const side<T, cpu> gallery(ctx, n, d, ties ? coarse<T>(n * d, 1) : noise<T>(n * d, 1));
      const side<T, cpu> queries(ctx, most, d, ties ? coarse<T>(most * d, 2) : noise<T>(most * d, 2));
      for (const auto how : {scoring::inner_product, scoring::negative_square_distance}) {
        const auto expected = by_sorting(ctx, queries.view(), gallery.view(), how, 5);
        for (index_t q = 0; q <= most; ++q) {
          const auto some = found(ctx, queries.view().segment(0, q), gallery.view(), how, 5);
          const auto size = static_cast<std::ptrdiff_t>(5 * q);
          const result<T> start{{expected.ids.begin(), expected.ids.begin() + size},
                                {expected.scores.begin(), expected.scores.begin() + size}};
          CAPTURE(q);
          CHECK(some == start);
        }
      }
    }
  }
}

TEST_CASE_TEMPLATE("nearest finds the same for every k, gallery size and width", T, float, double) {
  kd::context<cpu> ctx(2);
  for (const index_t n : {0, 1, 5, 11, 12, 15, 16, 17, 33, 100, 1100})
    for (const index_t d : {0, 1, 15, 16, 17, 40}) {
      const side<T, cpu> gallery(ctx, n, d, coarse<T>(n * d, 3)), queries(ctx, 19, d, coarse<T>(19 * d, 4));
      for (const index_t k : {0, 1, 2, 10, 99, 100, 101, 1000, 1101})
        for (const index_t q : {1, 3, 19}) {
          const auto some = queries.view().segment(0, q);
          CAPTURE(n);
          CAPTURE(d);
          CAPTURE(k);
          CAPTURE(q);
          const auto how = (n + k + q) % 2 ? scoring::inner_product : scoring::negative_square_distance;
          CHECK(found(ctx, some, gallery.view(), how, k) == by_sorting(ctx, some, gallery.view(), how, k));
        }
    }
}

TEST_CASE("the nearest rows are those of sorted distances in double wherever the data lie") {
  const index_t n = 700, d = 16, most = 70, k = 10;
  for (const auto set : available()) {
    kd::context<cpu> ctx(2, set), three(3, set);
    CAPTURE(kd::name(set));
    for (const float offset : {0.0f, 1e2f, 1e4f, 1e6f, -1.0f}) {  // the last one: tight clusters
      CAPTURE(offset);
      auto rows = noise<float>(n * d, 11), asked = noise<float>(most * d, 12);
      for (auto* const values : {&rows, &asked})
        for (std::size_t i = 0; i < values->size(); ++i) {
          float& x = (*values)[i];
          x = offset >= 0 ? offset + 4 * x : static_cast<float>(i / d % 30 + i % d) + 0.01f * x;
        }
      std::copy_n(rows.begin() + 5 * d, d, rows.begin() + 600 * d);
      std::copy_n(rows.begin() + 5 * d, d, asked.begin() + 2 * d);
      const side<float, cpu> gallery(ctx, n, d, rows), queries(ctx, most, d, asked);
      const auto how = scoring::negative_square_distance;
      const auto all = found(ctx, queries.view(), gallery.view(), how, k);
      CHECK(all == by_sorting(ctx, queries.view(), gallery.view(), how, k));
      CHECK(all == found(three, queries.view(), gallery.view(), how, k));
      for (const index_t q : {1, 3}) {  // one query alone goes another way
        const auto some = found(ctx, queries.view().segment(2, q), gallery.view(), how, k);
        CHECK(std::equal(some.ids.begin(), some.ids.end(), all.ids.begin() + 2 * k));
        CHECK(std::equal(some.scores.begin(), some.scores.end(), all.scores.begin() + 2 * k));
      }
      CHECK(all.ids[2 * k] == 5);
      CHECK(all.ids[2 * k + 1] == 600);
      CHECK(all.scores[2 * k + 1] == 0);
      index_t right = 0;
      for (index_t i = 0; i < most; ++i) {
        std::vector<double> squares(static_cast<std::size_t>(n));
        for (index_t j = 0; j < n; ++j)
          for (index_t c = 0; c < d; ++c) {
            const double e = static_cast<double>(asked[static_cast<std::size_t>(i * d + c)]) -
                             static_cast<double>(rows[static_cast<std::size_t>(j * d + c)]);
            squares[static_cast<std::size_t>(j)] += e * e;
          }
        auto sorted = squares;
        std::nth_element(sorted.begin(), sorted.begin() + k - 1, sorted.end());
        for (index_t j = 0; j < k; ++j) {
          const index_t id = all.ids[static_cast<std::size_t>(i * k + j)];
          right += squares[static_cast<std::size_t>(id)] <= sorted[static_cast<std::size_t>(k - 1)];
        }
      }
      CHECK(right == most * k);
    }
  }
}

TEST_CASE("nearest has no limit on k") {
  kd::context<cpu> ctx(2);
  const index_t n = 41000, d = 4;
  const side<float, cpu> gallery(ctx, n, d, noise<float>(n * d, 1)), queries(ctx, 20, d, noise<float>(20 * d, 2));
  for (const index_t k : {2047, 2048, 2049, 40000}) {
    CAPTURE(k);
    const auto expected = by_sorting(ctx, queries.view(), gallery.view(), scoring::inner_product, k);
    CHECK(found(ctx, queries.view(), gallery.view(), scoring::inner_product, k) == expected);
    const result<float> first{{expected.ids.begin(), expected.ids.begin() + k},
                              {expected.scores.begin(), expected.scores.begin() + k}};
    CHECK(found(ctx, queries.view().segment(0, 1), gallery.view(), scoring::inner_product, k) == first);
  }
}

TEST_CASE_TEMPLATE("rows that are too long for one pass give the same bits", T, float, double) {
  const index_t n = 130, d = 4500;
  for (const auto set : available()) {
    kd::context<cpu> ctx(2, set);
    const side<T, cpu> gallery(ctx, n, d, noise<T>(n * d, 5)), queries(ctx, 70, d, noise<T>(70 * d, 6));
    for (const auto how : {scoring::inner_product, scoring::negative_square_distance})
      for (const index_t q : {1, 5, 70}) {
        const auto some = queries.view().segment(0, q);
        CHECK(found(ctx, some, gallery.view(), how, 7) == by_sorting(ctx, some, gallery.view(), how, 7));
      }
  }
}

TEST_CASE("the bytes of a search do not depend on threads, on the other queries or on where a row stands") {
  const index_t n = 3001, d = 37, q = 600, k = 12;
  auto rows = noise<float>(n * d, 7);
  for (index_t c = 0; c < d; ++c)  // duplicates far apart
    for (const index_t copy : {1000, 2040, 3000})
      rows[static_cast<std::size_t>(copy * d + c)] = rows[static_cast<std::size_t>(5 * d + c)];
  const auto asked = noise<float>(q * d, 8);
  for (const auto how : {scoring::inner_product, scoring::negative_square_distance}) {
    kd::context<cpu> one(1);
    const side<float, cpu> gallery(one, n, d, rows), queries(one, q, d, asked);
    const auto expected = found(one, queries.view(), gallery.view(), how, k);
    for (const int threads : {2, 4}) {
      kd::context<cpu> ctx(threads);
      CHECK(found(ctx, queries.view(), gallery.view(), how, k) == expected);
    }
    kd::context<cpu> two(2);
    for (index_t first = 0; first < q; first += 61) {
      const result<float> alone = found(two, queries.view().segment(first, 1), gallery.view(), how, k);
      const auto at = static_cast<std::ptrdiff_t>(first * k);
      CHECK(alone == result<float>{{expected.ids.begin() + at, expected.ids.begin() + at + k},
                                   {expected.scores.begin() + at, expected.scores.begin() + at + k}});
    }
    // the gallery in another order: the same scores, and the same rows wherever scores differ
    const auto order = kd::random::permutation(n, 9);
    std::vector<float> moved(rows.size());
    for (index_t r = 0; r < n; ++r)
      std::copy_n(rows.begin() + order[static_cast<std::size_t>(r)] * d, d, moved.begin() + r * d);
    const side<float, cpu> other(one, n, d, moved);
    const auto permuted = found(two, queries.view(), other.view(), how, k);
    CHECK(std::memcmp(permuted.scores.data(), expected.scores.data(), expected.scores.size() * sizeof(float)) == 0);
    for (std::size_t i = 0; i < permuted.ids.size(); ++i) {
      const auto original = order[static_cast<std::size_t>(permuted.ids[i])];
      const bool copy = original == 5 || original == 1000 || original == 2040 || original == 3000;
      if (!copy) CHECK(original == expected.ids[i]);
    }
    // a row of the gallery as query: its duplicates come in the order of their ids, with equal scores
    const auto self = found(two, gallery.view().segment(5, 1), gallery.view(), scoring::negative_square_distance, 4);
    CHECK(self.ids == std::vector<index_t>{5, 1000, 2040, 3000});
    CHECK(self.scores == std::vector<float>{0, 0, 0, 0});
  }
}

TEST_CASE("all rows equal: ids ascend, however lists are cut") {
  kd::context<cpu> ctx(4);
  const index_t n = 5000, d = 8;
  const side<float, cpu> gallery(ctx, n, d, std::vector<float>(static_cast<std::size_t>(n * d), 0.3f));
  for (const index_t q : {1, 40})
    for (const index_t k : {1, 10, 300}) {
      const auto best = found(ctx, gallery.view().segment(0, q), gallery.view(), scoring::inner_product, k);
      for (index_t i = 0; i < q * k; ++i) REQUIRE(best.ids[static_cast<std::size_t>(i)] == i % k);
    }
}

TEST_CASE_TEMPLATE("filters leave rows out, on every device", D, cpu, emu) {
  kd::context<D> ctx;
  const index_t n = 90, d = 11, q = 9;
  const side<float, D> gallery(ctx, n, d, noise<float>(n * d, 1));
  std::vector<std::uint8_t> keep(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < keep.size(); ++i) keep[i] = i % 3 != 0;
  std::vector<index_t> excluded;
  for (index_t i = 0; i < q; ++i) excluded.push_back(i == 4 ? -1 : i);
  const kd::vector<std::uint8_t, D> keep_on_device(ctx, keep);
  const kd::vector<index_t, D> excluded_on_device(ctx, excluded);
  for (const index_t queries : {1, 9}) {
    const auto some = gallery.view().segment(0, queries);
    const std::vector<index_t> fewer(excluded.begin(), excluded.begin() + queries);
    const auto without = excluded_on_device.view().segment(0, queries);
    for (const index_t k : {3, 89, 95}) {
      const auto how = scoring::negative_square_distance;
      CHECK(found(ctx, some, gallery.view(), how, k, {.keep = keep_on_device, .excluded = {}}) ==
            by_sorting(ctx, some, gallery.view(), how, k, keep));
      CHECK(found(ctx, some, gallery.view(), how, k, {.keep = {}, .excluded = without}) ==
            by_sorting(ctx, some, gallery.view(), how, k, {}, fewer));
      CHECK(found(ctx, some, gallery.view(), how, k, {.keep = keep_on_device, .excluded = without}) ==
            by_sorting(ctx, some, gallery.view(), how, k, keep, fewer));
    }
  }
}

TEST_CASE_TEMPLATE("rows that give NaN or -infinity are never returned, +infinity is and -0 becomes 0", D, cpu, emu) {
  const float nan = std::nanf(""), inf = std::numeric_limits<float>::infinity();
  kd::context<D> ctx;
  const kd::matrix<float, D> gallery(ctx, 6, 1, std::vector<float>{1, nan, -inf, inf, 2, -1e-30f});
  const kd::matrix<float, D> query(ctx, 2, 1, std::vector<float>{1e-20f, nan});
  const auto best = found<float, D>(ctx, {query}, {gallery}, scoring::inner_product, 6);
  CHECK(best.ids == std::vector<index_t>{3, 4, 0, 5, -1, -1, -1, -1, -1, -1, -1, -1});
  CHECK(best.scores[0] == inf);
  CHECK(best.scores[3] == 0);
  CHECK_FALSE(std::signbit(best.scores[3]));
  for (std::size_t i = 4; i < 12; ++i) CHECK(best.scores[i] == -inf);
}

TEST_CASE("nearest on emu finds what sorting finds, in both orders of lanes") {
  for (const auto order : {kd::lane_order::ascending, kd::lane_order::descending}) {
    kd::context<emu> ctx(order);
    const index_t n = 75, d = 6, q = 7;
    const side<float, emu> gallery(ctx, n, d, coarse<float>(n * d, 1)), queries(ctx, q, d, coarse<float>(q * d, 2));
    for (const auto how : {scoring::inner_product, scoring::negative_square_distance})
      for (const index_t k : {0, 1, 33, 76})
        CHECK(found(ctx, queries.view(), gallery.view(), how, k) ==
              by_sorting(ctx, queries.view(), gallery.view(), how, k));
  }
}

TEST_CASE("nearest refuses what does not fit") {
  kd::context<cpu> ctx;
  const side<float, cpu> gallery(ctx, 5, 4, noise<float>(20, 1)), queries(ctx, 2, 4, noise<float>(8, 1)),
      narrow(ctx, 2, 3, noise<float>(6, 1));
  const kd::vector<std::uint8_t, cpu> keep(ctx, 4);
  const kd::vector<index_t, cpu> excluded(ctx, 3);
  const auto how = scoring::inner_product;
  CHECK_THROWS_AS(kd::op::nearest(ctx, narrow.view(), gallery.view(), how, 1), kd::shape_error);
  CHECK_THROWS_AS(kd::op::nearest(ctx, queries.view(), gallery.view(), how, -1), kd::argument_error);
  CHECK_THROWS_AS(kd::op::nearest(ctx, queries.view(), gallery.view(), how, 1, {.keep = keep, .excluded = {}}),
                  kd::shape_error);
  CHECK_THROWS_AS(kd::op::nearest(ctx, queries.view(), gallery.view(), how, 1, {.keep = {}, .excluded = excluded}),
                  kd::shape_error);
  CHECK_THROWS_AS(kd::op::nearest(ctx, kd::op::comparable<float, cpu>{queries.rows}, gallery.view(),
                                  scoring::negative_square_distance, 1),
                  kd::shape_error);
}
