// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/linalg/covariance.hpp>
#include <limits>

#include "matrix_fixture.hpp"

using namespace kindred;

TEST_CASE("means, variances and covariances are NumPy's") {
  context<cpu> ctx;
  const auto fixture = [&](const char* name) { return matrix_fixture(ctx, "linalg/decompositions.txt", name); };
  const auto x = fixture("rows"), y = fixture("others");
  const auto means = linalg::column_means(ctx, x.view());
  const auto variances = linalg::column_variances(ctx, x.view(), means);
  const auto rows_means = fixture("rows_means").to_host(), rows_variances = fixture("rows_variances").to_host();
  for (std::size_t j = 0; j < 5; ++j) {
    CHECK(means[j] == doctest::Approx(rows_means[j]).epsilon(1e-14));
    CHECK(variances[j] == doctest::Approx(rows_variances[j]).epsilon(1e-12));
  }
  const auto c = linalg::covariance(ctx, ctx, x.view(), means);
  const auto expected = fixture("rows_covariance");
  for (index_t i = 0; i < 25; ++i) CHECK(c.data()[i] == doctest::Approx(expected.data()[i]).epsilon(1e-10));
  const auto cross = linalg::covariance(ctx, ctx, x.view(), means, y.view(), linalg::column_means(ctx, y.view()));
  const auto expected_cross = fixture("cross_covariance");
  for (index_t i = 0; i < 15; ++i) CHECK(cross.data()[i] == doctest::Approx(expected_cross.data()[i]).epsilon(1e-10));
}

TEST_CASE("covariance agrees with a loop over many rows, on strided views, floats and both host backends") {
  context<cpu> ctx(2);
  context<emu> emulated;
  const index_t n = 2500, p = 150, q = 33;
  matrix<float, cpu> wide(ctx, n, p + q);
  for (index_t i = 0; i < n * (p + q); ++i)
    wide.data()[i] =
        static_cast<float>(random::uniform(4, 0, static_cast<std::uint64_t>(i)) + static_cast<double>(i % 5));
  const auto x = wide.view().middle_cols(0, p), y = wide.view().middle_cols(p, q);
  const auto mean_x = linalg::column_means(ctx, x), mean_y = linalg::column_means(ctx, y);
  const auto c = linalg::covariance(ctx, ctx, x, mean_x);
  const auto cross = linalg::covariance(ctx, ctx, x, mean_x, y, mean_y);
  const auto naive = [&](index_t a, index_t b) {
    double sum = 0;
    const auto mean = [&](index_t k) {
      return k < p ? mean_x[static_cast<std::size_t>(k)] : mean_y[static_cast<std::size_t>(k - p)];
    };
    for (index_t r = 0; r < n; ++r)
      sum += (static_cast<double>(wide.view()(r, a)) - mean(a)) * (static_cast<double>(wide.view()(r, b)) - mean(b));
    return sum / static_cast<double>(n - 1);
  };
  for (index_t i = 0; i < p; i += 7)
    for (index_t j = 0; j < p; j += 11) {
      CHECK(c.view()(i, j) == doctest::Approx(naive(i, j)).epsilon(1e-10));
      CHECK(c.view()(i, j) == c.view()(j, i));
    }
  for (index_t i = 0; i < p; i += 7)
    for (index_t j = 0; j < q; ++j) CHECK(std::abs(cross.view()(i, j) - naive(i, p + j)) < 1e-12);

  const auto few = x.middle_rows(0, 300).middle_cols(0, 9);
  auto copied = copied_to(emulated, ctx, few);
  const auto mean_few = linalg::column_means(ctx, few), mean_emulated = linalg::column_means(emulated, copied.view());
  CHECK(mean_few == mean_emulated);
  const auto a = linalg::covariance(ctx, ctx, few, mean_few),
             b = linalg::covariance(ctx, emulated, copied.view(), mean_few);
  for (index_t i = 0; i < 81; ++i) CHECK(std::abs(a.data()[i] - b.data()[i]) < 1e-13);
}

TEST_CASE("the mean of a constant column is that constant and its variance zero, far from zero too") {
  context<cpu> ctx;
  matrix<double, cpu> x(ctx, 1000, 2);
  for (index_t i = 0; i < 1000; ++i) {
    x.view()(i, 0) = 0.1;
    x.view()(i, 1) = 1e9 + static_cast<double>(i % 2);
  }
  const auto means = linalg::column_means(ctx, x.view());
  const auto variances = linalg::column_variances(ctx, x.view(), means);
  CHECK(means[0] == 0.1);
  CHECK(variances[0] == 0);
  CHECK(means[1] == 1e9 + 0.5);
  CHECK(variances[1] == doctest::Approx(0.25 * 1000 / 999).epsilon(1e-14));
}

TEST_CASE("one NaN or infinity shows in its own mean only, and too few rows are refused") {
  context<cpu> ctx;
  matrix<float, cpu> x(ctx, 400, 3), one(ctx, 1, 3), none(ctx, 0, 3);
  x.view()(300, 1) = std::numeric_limits<float>::quiet_NaN();
  x.view()(0, 2) = std::numeric_limits<float>::infinity();
  const auto means = linalg::column_means(ctx, x.view());
  CHECK(means[0] == 0);
  CHECK(!std::isfinite(means[1]));
  CHECK(!std::isfinite(means[2]));
  CHECK_THROWS_AS(linalg::column_means(ctx, none.view()), shape_error);
  CHECK_THROWS_AS(linalg::covariance(ctx, ctx, one.view(), linalg::column_means(ctx, one.view())), shape_error);
}
