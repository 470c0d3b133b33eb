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
#include <kindred/projection/ml_cca.hpp>
#include <kindred/projection/multiview_cca.hpp>
#include <kindred/projection/pca.hpp>
#include <kindred/projection/pls.hpp>
#include <kindred/projection/semantic.hpp>
#include <kindred/similarity/bilinear.hpp>
#include <kindred/similarity/centred_cosine.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/fused.hpp>

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
  } else if constexpr (projection::LabelledLearner<L, double, D>) {
    std::vector<label_t> labels;
    for (index_t i = 0; i < n; ++i) labels.push_back(static_cast<label_t>(i * i % 7));
    const auto found = learner.fit(ctx, x, y, labels);
    if constexpr (std::is_same_v<L, projection::multiview_cca>)
      return {found.eigenvalues(), found.first(ctx, unseen).to_host()};
    else if constexpr (std::is_same_v<L, projection::semantic>)
      return {{}, found.first(ctx, unseen).to_host()};
    else
      return {found.correlations(), found.first(ctx, unseen).to_host()};
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
    agree(projection::pls{.dimensions = 3}, n, p, q, 1e-7);
    agree(projection::multiview_cca{.dimensions = 3, .power = 0}, n, p, q, 1e-6);
    agree(projection::ml_cca<>{.dimensions = 3}, n, p, q, 1e-6);
    agree(projection::semantic{.tolerance = 1e-10}, n, p, q, 1e-6);
    agree(projection::semantic{.correlation = projection::cca{.dimensions = 3}, .tolerance = 1e-10}, n, p, q, 1e-6);
  }
  agree(projection::kcca<>{.dimensions = 3, .kappa = 1e-2}, 300, 33, 20, 1e-6);
  agree(
      projection::kcca<>{.dimensions = 3, .kappa = 1e-2, .solver = projection::kcca_solver::nystroem, .landmarks = 64},
      300, 33, 20, 1e-6);
}

TEST_CASE("moments of batches on the GPU are those of the host") {
  context<cpu> host;
  context<cuda> ctx;
  const index_t n = 9000;
  const matrix<double, cpu> x(host, n, 5, view_rows(0, n, 5, 0));
  const matrix<double, cuda> gx(ctx, n, 5, x.to_host());
  linalg::covariance_accumulator<double, cpu> here({5});
  linalg::covariance_accumulator<double, cuda> there({5}), later({5}, 5000);
  here.add(host, x);
  there.add(ctx, gx.view().middle_rows(0, 1000));
  there.add(ctx, gx.view().middle_rows(1000, 4000));
  later.add(ctx, gx.view().middle_rows(5000, 4000));
  there.merge(ctx, std::move(later));
  const auto a = here.moments(host, host), b = there.moments(host, ctx);
  CHECK(a.rows == b.rows);
  for (std::size_t i = 0; i < 5; ++i) CHECK(std::abs(a.means[i] - b.means[i]) < 1e-12);
  for (index_t i = 0; i < 25; ++i) CHECK(std::abs(a.covariance.data()[i] - b.covariance.data()[i]) < 1e-12);
}

TEST_CASE("similarities with parameters score on the GPU as on the host") {
  context<cpu> host;
  context<cuda> ctx;
  const auto both = [&](index_t rows, index_t cols, std::uint64_t stream) {
    const std::vector<double> values = view_rows(0, rows, cols, stream);
    return std::make_pair(matrix<double, cpu>(host, rows, cols, values), matrix<double, cuda>(ctx, rows, cols, values));
  };
  const auto a = both(50, 12, 0), b = both(70, 12, 1), form = both(12, 12, 2);
  const auto same = [](const std::vector<double>& found, const std::vector<double>& wanted, double tolerance) {
    REQUIRE(found.size() == wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) CHECK(std::abs(found[i] - wanted[i]) < tolerance);
  };
  same(similarity::bilinear<double, cuda>(ctx, form.second).score(ctx, a.second, b.second).to_host(),
       similarity::bilinear<double, cpu>(host, form.first).score(host, a.first, b.first).to_host(), 1e-7);
  const similarity::centred_cosine centred(std::vector<double>(12, 20), std::vector<double>(12, 21));
  same(centred.score(ctx, a.second, b.second).to_host(), centred.score(host, a.first, b.first).to_host(), 1e-12);
  const similarity::fused<similarity::cosine> fused{.first = {}, .second = {}, .weight = 0.3, .first_columns = 5};
  same(fused.score(ctx, a.second, b.second).to_host(), fused.score(host, a.first, b.first).to_host(), 1e-9);
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
