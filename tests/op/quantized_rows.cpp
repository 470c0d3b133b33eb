// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/op/nearest.hpp>
#include <kindred/op/quantized_rows.hpp>
#include <limits>
#include <vector>

#include "machine.hpp"

namespace kd = kindred;
using kd::cpu;
using kd::index_t;
using kd::op::scoring;

namespace {

struct side {
  kd::matrix<float, cpu> rows;
  kd::vector<float, cpu> norms;
  side(kd::context<cpu>& ctx, index_t n, index_t d, const std::vector<float>& values)
      : rows(ctx, n, d, values), norms(ctx, n) {
    kd::op::square_norms(ctx, rows, norms.view());
  }
  kd::op::comparable<float, cpu> view() const { return {rows, norms}; }
};

/// `clusters` centres and `spread` around them; 0 clusters: noise alone.
std::vector<float> around_centres(index_t n, index_t d, index_t clusters, float spread, std::uint64_t seed) {
  auto v = noise<float>(n * d, seed);
  if (clusters == 0) return v;
  const auto centres = noise<float>(clusters * d, 99);
  for (index_t r = 0; r < n; ++r) {
    const index_t c = kd::random::below(clusters, seed, 1, static_cast<std::uint64_t>(r));
    for (index_t j = 0; j < d; ++j) {
      float& x = v[static_cast<std::size_t>(r * d + j)];
      x = centres[static_cast<std::size_t>(c * d + j)] + spread * x;
    }
  }
  return v;
}

/// Whether the search through bytes returns the ids and the bits of the search without.
bool same(kd::context<cpu>& ctx, const side& queries, const side& gallery, scoring how, index_t k,
          const kd::op::search_filter<cpu>& filter = {}) {
  kd::op::quantized_rows bytes(ctx, gallery.rows.cols());
  bytes.append(ctx, gallery.rows);
  const index_t q = queries.rows.rows();
  const auto expected = kd::op::nearest(ctx, queries.view(), gallery.view(), how, k, filter);
  kd::op::hits<float, cpu> found{{ctx, q, k}, {ctx, q, k}};
  kd::op::nearest<float, cpu>(ctx, queries.view(), gallery.view(), how, k, filter, found.ids.view(),
                              found.scores.view(), &bytes);
  const auto a = expected.scores.to_host(), b = found.scores.to_host();
  return expected.ids.to_host() == found.ids.to_host() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

}  // namespace

TEST_CASE("the byte form of a row bounds what it loses, and little more") {
  kd::context<cpu> ctx(2);
  const index_t n = 40, d = 37;
  auto values = noise<float>(n * d, 1);
  for (index_t j = 0; j < d; ++j) {
    values[static_cast<std::size_t>(j)] = 0;
    values[static_cast<std::size_t>(d + j)] *= 1e-42f;
    values[static_cast<std::size_t>(2 * d + j)] *= 1e15f;
    values[static_cast<std::size_t>(3 * d + j)] *= 1e30f;
  }
  values[static_cast<std::size_t>(4 * d + 5)] = std::nanf("");
  const kd::matrix<float, cpu> rows(ctx, n, d, values);
  kd::op::quantized_rows bytes(ctx, d);
  bytes.append(ctx, rows);
  const auto v = bytes.view();
  for (index_t r = 0; r < n; ++r) {
    CAPTURE(r);
    if (r == 3 || r == 4) {  // too long, not a number
      CHECK(std::isinf(v.error[r]));
      continue;
    }
    double left = 0, kept = 0, whole = 0;
    for (index_t j = 0; j < d; ++j) {
      const double x = static_cast<double>(rows.view()(r, j));
      const double part = static_cast<double>(v.scale[r]) * (static_cast<int>(v.codes[r * v.stride + j]) - 128);
      left += (x - part) * (x - part);
      kept += part * part;
      whole += x * x;
    }
    CHECK(static_cast<double>(v.error[r]) >= std::sqrt(left));
    CHECK(static_cast<double>(v.length[r]) >= std::sqrt(kept));
    // half a step a number and the allowance for rounding
    const double step = static_cast<double>(v.scale[r]);
    if (r > 4 || r == 2)
      CHECK(static_cast<double>(v.error[r]) <= 0.5 * step * std::sqrt(double(d)) + 1e-5 * std::sqrt(whole));
    CHECK(v.codes[r * v.stride + d] == 128);  // the fourth number of the last quad
  }
}

TEST_CASE("a first pass over bytes changes no bit of a search: data, widths, k, queries, threads") {
  struct shape {
    index_t n, d, clusters;
    float spread;
  };
  for (const int threads : {1, 2, 4})
    for (const auto& of :
         {shape{3001, 64, 0, 1.0f}, shape{3000, 33, 30, 0.5f}, shape{2500, 18, 5, 0.01f}, shape{1000, 3, 0, 1.0f}}) {
      kd::context<cpu> ctx(threads);
      const index_t d = of.d;
      const side gallery(ctx, of.n, d, around_centres(of.n, d, of.clusters, of.spread, 1));
      for (const index_t q : {1, 5, 70, 130}) {
        const side queries(ctx, q, d, around_centres(q, d, of.clusters, of.spread, 2));
        for (const index_t k : {1, 10, 300})
          for (const auto how : {scoring::inner_product, scoring::negative_square_distance}) {
            CAPTURE(threads);
            CAPTURE(d);
            CAPTURE(q);
            CAPTURE(k);
            CHECK(same(ctx, queries, gallery, how, k));
          }
      }
    }
}

TEST_CASE("what rounding to bytes loses can all point to the query: the row is found all the same") {
  kd::context<cpu> ctx(1);
  const index_t n = 3000, d = 65;
  // every number but the first falls between two steps, and all of them are rounded down
  std::vector<float> half(static_cast<std::size_t>(d), 0.5f), ones(static_cast<std::size_t>(d), 1.0f);
  half[0] = 127;
  ones[0] = 0;
  for (const bool error_in_query : {false, true}) {
    CAPTURE(error_in_query);
    // scores of 0.5 (d - 1) in the last row, which is the loss as a whole, of less in a few, of 0 elsewhere
    std::vector<float> values(static_cast<std::size_t>(n * d));
    const std::vector<float>&query = error_in_query ? half : ones, &best = error_in_query ? ones : half;
    for (index_t r = 0; r < n; ++r)
      for (index_t j = 1; j < d; ++j)
        values[static_cast<std::size_t>(r * d + j)] = r == n - 1     ? best[static_cast<std::size_t>(j)]
                                                      : r % 100 == 0 ? 0.4f
                                                                     : 0;
    values[static_cast<std::size_t>((n - 1) * d)] = best[0];
    const side gallery(ctx, n, d, values), queries(ctx, 1, d, query);
    CHECK(same(ctx, queries, gallery, scoring::inner_product, 1));
    const auto found = kd::op::nearest(ctx, queries.view(), gallery.view(), scoring::inner_product, 1);
    CHECK(found.ids.to_host()[0] == n - 1);
  }
}

TEST_CASE("equal scores among bytes: the lowest ids, whichever thread saw them") {
  kd::context<cpu> ctx(4);
  const index_t n = 6000, d = 12;
  std::vector<float> values(static_cast<std::size_t>(n * d));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(kd::random::below(2, 3, 0, i));
  const side gallery(ctx, n, d, values),
      queries(ctx, 70, d, std::vector<float>(values.begin(), values.begin() + 70 * d));
  for (const index_t k : {1, 10, 100})
    for (const auto how : {scoring::inner_product, scoring::negative_square_distance})
      CHECK(same(ctx, queries, gallery, how, k));
}

TEST_CASE("extreme rows and queries pass through the first pass unharmed") {
  kd::context<cpu> ctx(2);
  const index_t n = 4000, d = 24;
  const float inf = std::numeric_limits<float>::infinity();
  auto values = noise<float>(n * d, 5), asked = noise<float>(20 * d, 6);
  const auto scale_row = [](std::vector<float>& v, index_t row, float by) {
    for (index_t j = 0; j < d; ++j) v[static_cast<std::size_t>(row * d + j)] *= by;
  };
  for (index_t r = 0; r < n; r += 50) scale_row(values, r, 0);
  for (index_t r = 7; r < n; r += 200) scale_row(values, r, 1e-40f);
  scale_row(values, 3100, 1e17f);
  scale_row(values, 3300, 1e25f);
  scale_row(values, 3500, 1e38f);
  values[static_cast<std::size_t>(3600 * d)] = std::nanf("");
  values[static_cast<std::size_t>(3700 * d)] = -inf;
  values[static_cast<std::size_t>(3800 * d)] = inf;
  const side gallery(ctx, n, d, values);
  for (const float by : {1.0f, 0.0f, 1e-30f, 1e-44f, 1e10f, 1e30f, inf}) {
    auto changed = asked;
    scale_row(changed, 3, by);
    CAPTURE(by);
    for (const auto how : {scoring::inner_product, scoring::negative_square_distance})
      CHECK(same(ctx, side(ctx, 20, d, changed), gallery, how, 10));
  }
  // scores too small for a float to tell apart
  auto small = values;
  for (float& x : small) x *= 1e-20f;
  for (float& x : asked) x *= 1e-20f;
  CHECK(same(ctx, side(ctx, 20, d, asked), side(ctx, n, d, small), scoring::inner_product, 10));
}

TEST_CASE("filters hold behind a first pass") {
  kd::context<cpu> ctx(2);
  const index_t n = 5000, d = 16, q = 9;
  const side gallery(ctx, n, d, noise<float>(n * d, 1)), queries(ctx, q, d, noise<float>(q * d, 1));
  std::vector<std::uint8_t> keep(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < keep.size(); ++i) keep[i] = i % 3 != 0;
  std::vector<index_t> excluded;
  for (index_t i = 0; i < q; ++i) excluded.push_back(i);
  const kd::vector<std::uint8_t, cpu> some(ctx, keep);
  const kd::vector<index_t, cpu> without(ctx, excluded);
  for (const auto how : {scoring::inner_product, scoring::negative_square_distance})
    CHECK(same(ctx, queries, gallery, how, 10, {.keep = some, .excluded = without}));
}

TEST_CASE("quantized rows are the same bytes however they were appended; what does not fit is refused") {
  kd::context<cpu> one(1), two(2);
  const index_t n = 700, d = 13;
  const kd::matrix<float, cpu> rows(one, n, d, noise<float>(n * d, 4));
  kd::op::quantized_rows whole(one, d), parts(two, d);
  whole.append(one, rows);
  for (index_t first = 0; first < n; first += 130)
    parts.append(two, rows.view().middle_rows(first, std::min<index_t>(130, n - first)));
  parts.truncate(300);
  parts.append(two, rows.view().middle_rows(300, 400));
  REQUIRE(parts.size() == n);
  const auto a = whole.view(), b = parts.view();
  CHECK(std::memcmp(a.codes, b.codes, static_cast<std::size_t>(n * a.stride)) == 0);
  for (index_t r = 0; r < n; ++r) {
    CHECK(a.scale[r] == b.scale[r]);
    CHECK(a.error[r] == b.error[r]);
    CHECK(a.length[r] == b.length[r]);
  }
  CHECK_THROWS_AS(parts.append(two, kd::matrix<float, cpu>(two, 2, 12)), kd::shape_error);
  CHECK_THROWS_AS(parts.truncate(n + 1), kd::argument_error);
  CHECK_THROWS_AS(kd::op::quantized_rows<cpu>(one, -1), kd::argument_error);
  parts.truncate(10);
  kd::op::hits<float, cpu> best{{one, 1, 1}, {one, 1, 1}};
  CHECK_THROWS_AS((kd::op::nearest<float, cpu>(one, {rows.view().middle_rows(0, 1)}, {rows}, scoring::inner_product, 1,
                                               {}, best.ids.view(), best.scores.view(), &parts)),
                  kd::shape_error);
}
