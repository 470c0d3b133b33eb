// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <kindred/similarity/normalized_correlation.hpp>
#include <limits>
#include <map>
#include <sstream>

using namespace kindred;
using namespace kindred::similarity;

static_assert(ProductSimilarity<dot> && ProductSimilarity<dot, double, emu>);
static_assert(ProductSimilarity<cosine> && ProductSimilarity<cosine, double, emu>);
static_assert(ProductSimilarity<negative_squared_euclidean> && ProductSimilarity<negative_euclidean>);
static_assert(ProductSimilarity<normalized_correlation> && !normalized_correlation::rowwise);

namespace {

struct table {
  index_t rows = 0, cols = 0;
  std::vector<double> values;
  template <class T, class D>
  matrix<T, D> on(context<D>& ctx) const {
    return matrix<T, D>(ctx, rows, cols, std::vector<T>(values.begin(), values.end()));
  }
};

const std::map<std::string, table>& tables() {
  static const auto all = [] {
    std::map<std::string, table> t;
    std::ifstream in(std::string(KINDRED_SOURCE_DIR) + "/tests/data/similarity/scores.tsv");
    for (std::string line; std::getline(in, line);) {
      std::istringstream fields(line);
      std::string name;
      fields >> name;
      table& one = t[name];
      fields >> one.rows >> one.cols;
      one.values.resize(static_cast<std::size_t>(one.rows * one.cols));
      for (double& v : one.values) fields >> v;
    }
    return t;
  }();
  return all;
}

template <class T, class D, class S>
void compare(context<D>& ctx, const S& similarity, const char* name) {
  CAPTURE(name);
  REQUIRE(tables().count(name) == 1);
  const auto& wanted = tables().at(name);
  const auto got = similarity.score(ctx, tables().at("a").on<T>(ctx), tables().at("b").on<T>(ctx)).to_host();
  REQUIRE(got.size() == wanted.values.size());
  double scale = 0;
  for (const double v : wanted.values) scale = std::max(scale, std::abs(v));
  for (std::size_t i = 0; i < got.size(); ++i) {
    // the root of a rounded square near 0 is far less precise
    const bool near_zero = std::string(name) == "negative_euclidean" && wanted.values[i] > -1e-3;
    const double epsilon = std::numeric_limits<T>::epsilon();
    CHECK(std::abs(static_cast<double>(got[i]) - wanted.values[i]) <=
          scale * (near_zero ? std::sqrt(epsilon) : 16 * epsilon));
  }
}

std::vector<float> noise(index_t count, std::uint64_t seed) {
  std::vector<float> x(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(random::uniform(seed, 0, i) - 0.5);
  return x;
}

template <class S>
std::vector<float> scores(context<cpu>& ctx, matrix_view<const float, cpu> a, matrix_view<const float, cpu> b) {
  return S{}.score(ctx, a, b).to_host();
}

}  // namespace

TEST_CASE_TEMPLATE("scores are those of NumPy and SciPy on cpu and emu", T, float, double) {
  context<cpu> ctx;
  context<emu> up, down(lane_order::descending);
  compare<T>(ctx, dot{}, "dot");
  compare<T>(ctx, cosine{}, "cosine");
  compare<T>(ctx, negative_squared_euclidean{}, "negative_squared_euclidean");
  compare<T>(ctx, negative_euclidean{}, "negative_euclidean");
  compare<T>(ctx, normalized_correlation{}, "normalized_correlation");
  for (context<emu>* e : {&up, &down}) {
    compare<T>(*e, dot{}, "dot");
    compare<T>(*e, cosine{}, "cosine");
    compare<T>(*e, negative_squared_euclidean{}, "negative_squared_euclidean");
    compare<T>(*e, negative_euclidean{}, "negative_euclidean");
    compare<T>(*e, normalized_correlation{}, "normalized_correlation");
  }
}

TEST_CASE("equal rows are at distance exactly 0, and no distance is negative") {
  context<cpu> ctx;
  const index_t n = 41;
  for (const index_t d : {1, 7, 32, 33, 513}) {
    auto x = noise(n * d, 5);
    for (float& v : x) v = v * 1000 + 3;
    const matrix<float, cpu> a(ctx, n, d, x);
    const auto s = scores<negative_squared_euclidean>(ctx, a, a), root = scores<negative_euclidean>(ctx, a, a);
    for (index_t i = 0; i < n; ++i)
      for (index_t j = 0; j < n; ++j) {
        const auto at = static_cast<std::size_t>(i * n + j);
        CHECK(s[at] <= 0);
        CHECK(root[at] == -std::sqrt(-s[at]));
        if (i == j) CHECK(s[at] == 0);
      }
  }
}

TEST_CASE("a row of zeros has cosine 0 to everything, itself included") {
  context<cpu> ctx;
  const std::vector<float> x{0, 0, 3, 4}, one{7, 7, 7, 7};
  const matrix<float, cpu> a(ctx, 2, 2, x), constant(ctx, 2, 2, one);
  CHECK(scores<cosine>(ctx, a, a) == std::vector<float>{0, 0, 0, 1});
  // a set of equal rows is its own mean
  CHECK(scores<normalized_correlation>(ctx, constant, a) == std::vector<float>{0, 0, 0, 0});
}

TEST_CASE("cosine knows no length: huge and tiny rows") {
  context<cpu> ctx;
  const std::vector<float> x{3e37f, 4e37f, 3e-40f, 4e-40f, -3, -4};
  const matrix<float, cpu> a(ctx, 3, 2, x);
  const auto s = scores<cosine>(ctx, a, a);
  const std::vector<float> wanted{1, 1, -1, 1, 1, -1, -1, -1, 1};
  for (std::size_t i = 0; i < s.size(); ++i) CHECK(s[i] == doctest::Approx(wanted[i]).epsilon(1e-4));
}

TEST_CASE_TEMPLATE("duplicated, permuted and single rows have the scores of the whole, for any threads", S, dot, cosine,
                   negative_squared_euclidean, negative_euclidean) {
  const index_t n = 75, m = 130, d = 67;
  const auto x = noise(n * d, 1);
  auto y = noise(m * d, 2);
  std::copy_n(y.begin(), d, y.begin() + 77 * d);  // gallery row 77 is row 0
  context<cpu> ctx;
  const matrix<float, cpu> a(ctx, n, d, x), b(ctx, m, d, y);
  const auto whole = scores<S>(ctx, a, b), back = scores<S>(ctx, b, a);
  std::vector<float> reversed(y.size());
  for (index_t j = 0; j < m; ++j) std::copy_n(y.begin() + j * d, d, reversed.begin() + (m - 1 - j) * d);
  const auto turned = scores<S>(ctx, a, matrix<float, cpu>(ctx, m, d, reversed));
  bool same = true;
  for (index_t i = 0; i < n; ++i) {
    const auto alone = scores<S>(ctx, a.view().middle_rows(i, 1), b);
    for (index_t j = 0; j < m; ++j) {
      const float s = whole[static_cast<std::size_t>(i * m + j)];
      same = same && s == alone[static_cast<std::size_t>(j)] && s == back[static_cast<std::size_t>(j * n + i)] &&
             s == turned[static_cast<std::size_t>(i * m + m - 1 - j)];
    }
    CHECK(whole[static_cast<std::size_t>(i * m)] == whole[static_cast<std::size_t>(i * m + 77)]);
  }
  CHECK(same);
  context<cpu> many(4);
  CHECK(scores<S>(many, a, b) == whole);
}

TEST_CASE("NaN in a row reaches all its scores and no others") {
  context<cpu> ctx;
  auto x = noise(5 * 3, 1);
  x[7] = std::numeric_limits<float>::quiet_NaN();
  const matrix<float, cpu> a(ctx, 5, 3, x);
  const auto check = [&](const std::vector<float>& s) {
    for (std::size_t i = 0; i < 5; ++i)
      for (std::size_t j = 0; j < 5; ++j) CHECK(std::isnan(s[i * 5 + j]) == (i == 2 || j == 2));
  };
  check(scores<dot>(ctx, a, a));
  check(scores<cosine>(ctx, a, a));
  check(scores<negative_squared_euclidean>(ctx, a, a));
  check(scores<negative_euclidean>(ctx, a, a));
}

TEST_CASE("empty sides give empty scores and wrong shapes are refused") {
  context<cpu> ctx;
  const matrix<float, cpu> a(ctx, 3, 4), none(ctx, 0, 4), narrow(ctx, 3, 2);
  matrix<float, cpu> out(ctx, 3, 3);
  CHECK(scores<cosine>(ctx, none, a).empty());
  CHECK(scores<negative_euclidean>(ctx, a, none).empty());
  CHECK(scores<normalized_correlation>(ctx, none, none).empty());
  CHECK_THROWS_AS(scores<dot>(ctx, a, narrow), shape_error);
  CHECK_THROWS_AS(cosine{}.score(ctx, a, none, out.view()), shape_error);
}
