// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/core/random.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/cfa.hpp>
#include <kindred/projection/kcca.hpp>
#include <kindred/projection/pca.hpp>

using namespace kindred;

namespace {

/// Correlations of a fit and the scores of 40 unseen rows of the first view.
struct outcome {
  std::vector<double> strengths;
  std::vector<double> scores;
};

/// Two views of 7 hidden numbers, far from the origin; rows from `begin` on.
std::vector<double> view_rows(index_t begin, index_t rows, index_t cols, std::uint64_t stream) {
  std::vector<double> values;
  for (index_t r = begin; r < begin + rows; ++r)
    for (index_t c = 0; c < cols; ++c) {
      double sum = 20 + 0.3 * random::uniform(1, stream, static_cast<std::uint64_t>(r * cols + c));
      for (std::uint64_t h = 0; h < 7; ++h)
        sum += random::uniform(2, static_cast<std::uint64_t>(r), h) *
               random::uniform(3 + stream, static_cast<std::uint64_t>(c), h) / static_cast<double>(h + 1);
      values.push_back(sum);
    }
  return values;
}

template <Device D, class L>
outcome fitted(const L& learner, index_t n, index_t p, index_t q) {
  context<D> ctx;
  const matrix<double, D> x(ctx, n, p, view_rows(0, n, p, 0)), y(ctx, n, q, view_rows(0, n, q, 1));
  const matrix<double, D> unseen(ctx, 40, p, view_rows(n, 40, p, 0));
  if constexpr (std::is_same_v<L, projection::pca>) {
    const auto found = learner.fit(ctx, x);
    return {found.variances(), found.first(ctx, unseen).to_host()};
  } else {
    const auto found = learner.fit(ctx, x, y);
    return {found.correlations(), found.first(ctx, unseen).to_host()};
  }
}

template <class L>
void agree(const L& learner, index_t n, index_t p, index_t q, double tolerance) {
  const outcome host = fitted<cpu>(learner, n, p, q), device = fitted<cuda>(learner, n, p, q);
  REQUIRE(host.strengths.size() == device.strengths.size());
  REQUIRE(host.scores.size() == device.scores.size());
  for (std::size_t i = 0; i < host.strengths.size(); ++i)
    CHECK(std::abs(host.strengths[i] - device.strengths[i]) < tolerance);
  for (std::size_t i = 0; i < host.scores.size(); ++i) CHECK(std::abs(host.scores[i] - device.scores[i]) < tolerance);
}

}  // namespace

TEST_CASE("learners fitted on the GPU project as those fitted on the host") {
  for (const auto& [n, p, q] : {std::array<index_t, 3>{1500, 33, 20}, {60, 100, 20}}) {
    agree(projection::cca{.dimensions = 3}, n, p, q, 1e-7);
    agree(projection::cfa{.dimensions = 3}, n, p, q, 1e-7);
    agree(projection::pca{.dimensions = 3}, n, p, q, 1e-7);
  }
  agree(projection::kcca<>{.dimensions = 3, .kappa = 1e-2}, 300, 33, 20, 1e-6);
  agree(
      projection::kcca<>{.dimensions = 3, .kappa = 1e-2, .solver = projection::kcca_solver::nystroem, .landmarks = 64},
      300, 33, 20, 1e-6);
}

TEST_CASE("NaN on the GPU is refused by its place") {
  context<cuda> ctx;
  std::vector<double> values = view_rows(0, 50, 4, 0);
  const matrix<double, cuda> y(ctx, 50, 4, values);
  values[30 * 4 + 2] = std::nan("");
  const matrix<double, cuda> x(ctx, 50, 4, values);
  CHECK_THROWS_WITH_AS(projection::cca{}.fit(ctx, x, y), doctest::Contains("first view, row 30, column 2"),
                       argument_error);
}
