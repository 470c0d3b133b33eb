// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/op/scores.hpp>
#include <vector>

#include "machine.hpp"

namespace kd = kindred;
using kd::cpu;
using kd::emu;
using kd::index_t;
using kd::op::scoring;

namespace {

template <class T, class D>
std::vector<T> scored(kd::context<D>& ctx, const kd::matrix<T, D>& a, const kd::matrix<T, D>& b, scoring how) {
  kd::vector<T, D> na(ctx, a.rows()), nb(ctx, b.rows());
  kd::op::square_norms(ctx, a, na.view());
  kd::op::square_norms(ctx, b, nb.view());
  kd::matrix<T, D> out(ctx, a.rows(), b.rows());
  kd::op::scores(ctx, {a, na}, {b, nb}, how, out.view());
  return out.to_host();
}

template <class T, class D>
void check_against_loops(kd::context<D>& ctx) {
  for (const index_t d : {0, 1, 31, 33, 600})
    for (const index_t n : {0, 1, 33}) {
      const index_t m = 17;
      const auto a = noise<T>(n * d, 1), b = noise<T>(m * d, 2);
      const kd::matrix<T, D> x(ctx, n, d, a), y(ctx, m, d, b);
      const auto products = scored(ctx, x, y, scoring::inner_product);
      const auto distances = scored(ctx, x, y, scoring::negative_square_distance);
      for (index_t i = 0; i < n; ++i)
        for (index_t j = 0; j < m; ++j) {
          double product = 0, square = 0;
          for (index_t k = 0; k < d; ++k) {
            const double p = static_cast<double>(a[static_cast<std::size_t>(i * d + k)]);
            const double q = static_cast<double>(b[static_cast<std::size_t>(j * d + k)]);
            product += p * q;
            square += (p - q) * (p - q);
          }
          const auto at = static_cast<std::size_t>(i * m + j);
          CHECK(std::fabs(static_cast<double>(products[at]) - product) < (sizeof(T) == 4 ? 1e-5 : 1e-12));
          CHECK(std::fabs(static_cast<double>(distances[at]) + square) < (sizeof(T) == 4 ? 1e-4 : 1e-11));
          CHECK(distances[at] <= 0);
        }
    }
}

}  // namespace

TEST_CASE_TEMPLATE("scores agree with loops in double, with every instruction set and on emu", T, float, double) {
  for (const auto set : available()) {
    kd::context<cpu> ctx(2, set);
    check_against_loops<T>(ctx);
  }
  kd::context<emu> ctx;
  check_against_loops<T>(ctx);
}

TEST_CASE_TEMPLATE("the distance of equal rows is exactly 0 and scores are symmetric to the last bit", T, float,
                   double) {
  for (const auto set : available())
    for (const index_t d : {1, 7, 64, 513, 1500}) {
      CAPTURE(kd::name(set));
      CAPTURE(d);
      kd::context<cpu> ctx(2, set);
      const index_t n = 67;
      auto values = noise<T>(n * d, 3);
      for (index_t c = 0; c < d; ++c)  // rows 2 and 66 are one
        values[static_cast<std::size_t>(66 * d + c)] = values[static_cast<std::size_t>(2 * d + c)];
      for (auto& v : values) v *= T(37);
      const kd::matrix<T, cpu> x(ctx, n, d, values);
      for (const auto how : {scoring::inner_product, scoring::negative_square_distance}) {
        const auto s = scored(ctx, x, x, how);
        bool symmetric = true;
        for (index_t i = 0; i < n; ++i)
          for (index_t j = 0; j < n; ++j)
            symmetric = symmetric && std::memcmp(&s[static_cast<std::size_t>(i * n + j)],
                                                 &s[static_cast<std::size_t>(j * n + i)], sizeof(T)) == 0;
        CHECK(symmetric);
        if (how == scoring::negative_square_distance) {
          for (index_t i = 0; i < n; ++i) CHECK(s[static_cast<std::size_t>(i * n + i)] == 0);
          CHECK(s[static_cast<std::size_t>(2 * n + 66)] == 0);
        }
      }
    }
}

TEST_CASE_TEMPLATE("scores of distances are right to a few digits less than all wherever the rows lie", D, cpu, emu) {
  const auto check = [](kd::context<D>& ctx, index_t d, float offset, float spread, index_t clusters) {
    const index_t n = 110, m = 70;  // more than a block of rows and a panel
    CAPTURE(d);
    CAPTURE(offset);
    const auto centres = noise<float>(n * d, 7);
    const auto made = [&](index_t rows, std::uint64_t seed) {
      auto v = noise<float>(rows * d, seed);
      for (index_t r = 0; r < rows; ++r)
        for (index_t c = 0; c < d; ++c) {
          float& x = v[static_cast<std::size_t>(r * d + c)];
          x = offset + centres[static_cast<std::size_t>(r % clusters * d + c)] + spread * x;
        }
      return v;
    };
    auto a = made(n, 8);
    const auto b = made(m, 9);
    std::copy_n(b.begin() + 5 * d, d, a.begin() + 100 * d);
    const kd::matrix<float, D> x(ctx, n, d, a), y(ctx, m, d, b);
    const auto s = scored(ctx, x, y, scoring::negative_square_distance);
    const auto back = scored(ctx, y, x, scoring::negative_square_distance);
    double worst = 0;
    bool symmetric = true;
    for (index_t i = 0; i < n; ++i)
      for (index_t j = 0; j < m; ++j) {
        double square = 0;
        for (index_t k = 0; k < d; ++k) {
          const double e = static_cast<double>(a[static_cast<std::size_t>(i * d + k)]) -
                           static_cast<double>(b[static_cast<std::size_t>(j * d + k)]);
          square += e * e;
        }
        const float score = s[static_cast<std::size_t>(i * m + j)];
        symmetric = symmetric && score == back[static_cast<std::size_t>(j * n + i)];
        if (square > 0) worst = std::max(worst, std::fabs(static_cast<double>(score) + square) / square);
      }
    CHECK(worst < 32 * (2 * static_cast<double>(d) + 4) * 0x1p-24);
    CHECK(s[100 * m + 5] == 0);
    if (std::is_same_v<D, cpu>) CHECK(symmetric);
  };
  const auto everywhere = [&](kd::context<D>& ctx) {
    for (const float offset : {0.0f, 3.0f, 1e3f, 1e6f}) check(ctx, 19, offset, 1, 1);
    check(ctx, 600, 100, 1, 1);
    check(ctx, 40, 0, 0.05f, 60);  // few pairs lie close together
    check(ctx, 3, 4e6f, 300, 1);
  };
  if constexpr (std::is_same_v<D, cpu>) {
    for (const auto set : available()) {
      kd::context<cpu> ctx(2, set);
      everywhere(ctx);
    }
  } else {
    kd::context<emu> ctx;
    everywhere(ctx);
  }
}

TEST_CASE("scores refuse shapes that do not fit and missing norms") {
  kd::context<cpu> ctx;
  const kd::matrix<float, cpu> a(ctx, 3, 4), b(ctx, 2, 4), narrow(ctx, 2, 3);
  kd::matrix<float, cpu> out(ctx, 3, 2), wrong(ctx, 2, 3);
  kd::vector<float, cpu> norms(ctx, 2);
  CHECK_THROWS_AS(kd::op::scores(ctx, {a}, {narrow}, scoring::inner_product, out.view()), kd::shape_error);
  CHECK_THROWS_AS(kd::op::scores(ctx, {a}, {b}, scoring::inner_product, wrong.view()), kd::shape_error);
  CHECK_THROWS_AS(kd::op::scores(ctx, {a}, {b}, scoring::negative_square_distance, out.view()), kd::shape_error);
  CHECK_THROWS_AS(kd::op::square_norms(ctx, a, norms.view()), kd::shape_error);
}

TEST_CASE("a row with NaN or infinity spoils its own scores only") {
  kd::context<cpu> ctx;
  auto values = noise<float>(4 * 20, 5);
  values[25] = std::nanf("");
  const kd::matrix<float, cpu> x(ctx, 4, 20, values);
  for (const auto how : {scoring::inner_product, scoring::negative_square_distance}) {
    const auto s = scored(ctx, x, x, how);
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < 4; ++j) CHECK(std::isnan(s[i * 4 + j]) == (i == 1 || j == 1));
  }
}
