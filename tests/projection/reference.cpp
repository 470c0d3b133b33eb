// SPDX-License-Identifier: Apache-2.0
// Every learner against NumPy, SciPy and scikit-learn (tests/reference/projection_learners.py), on rows it has not
// seen.
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/emu.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/cfa.hpp>
#include <kindred/projection/kcca.hpp>
#include <kindred/projection/kernel.hpp>
#include <kindred/projection/pca.hpp>
#include <string>

#include "matrix_fixture.hpp"

using namespace kindred;
using host_matrix = matrix<double, cpu>;

namespace {

struct learners {
  context<cpu> ctx{2};
  host_matrix x = load("x"), y = load("y"), xt = load("xt"), yt = load("yt");
  host_matrix load(const std::string& name) { return matrix_fixture(ctx, "projection/learners.txt", name); }

  void same(const host_matrix& found, const std::string& name, double tolerance) {
    CAPTURE(name);
    const host_matrix expected = load(name);
    REQUIRE(found.rows() == expected.rows());
    REQUIRE(found.cols() == expected.cols());
    for (index_t i = 0; i < found.rows() * found.cols(); ++i)
      CHECK(std::abs(found.data()[i] - expected.data()[i]) < tolerance);
  }
  void same(const std::vector<double>& found, const std::string& name, double tolerance) {
    same(host_matrix(ctx, 1, static_cast<index_t>(found.size()), found), name, tolerance);
  }
  template <class P>
  void same(const P& projection, const std::string& name, double tolerance) {
    same(projection.first(ctx, xt), name + "_first", tolerance);
    same(projection.second(ctx, yt), name + "_second", tolerance);
  }
};

}  // namespace

TEST_CASE_FIXTURE(learners, "cca without a ridge finds the angles between the column spaces") {
  const auto found = projection::cca{.ridge = 0}.fit(ctx, x, y);
  CHECK(found.first_rank() == 6);
  CHECK(found.second_rank() == 4);
  same(found.correlations(), "cca_correlations", 1e-12);
}

TEST_CASE_FIXTURE(learners, "cca with every kind of ridge equals the generalized eigenproblem") {
  using projection::ridge;
  const std::pair<const char*, ridge> kinds[] = {
      {"cca_scaled", 0.1}, {"cca_absolute", ridge::absolute(0.5)}, {"cca_shrinkage", ridge::shrinkage(0.3)}};
  for (const auto& [name, kind] : kinds) {
    const auto found = projection::cca{.ridge = kind}.fit(ctx, x, y);
    same(found.correlations(), name + std::string("_correlations"), 1e-12);
    same(found, name, 1e-9);
  }
}

TEST_CASE_FIXTURE(learners, "cfa equals PLSSVD") { same(projection::cfa{}.fit(ctx, x, y), "cfa", 1e-10); }

TEST_CASE_FIXTURE(learners, "pca equals scikit-learn's, and whitening gives unit variance") {
  const auto found = projection::pca{.dimensions = 4}.fit(ctx, x);
  same(found.first(ctx, xt), "pca_first", 1e-10);
  same(found.second(ctx, xt), "pca_first", 1e-10);
  same(found.variances(), "pca_variances", 1e-12);
  same(std::vector<double>{found.total_variance()}, "pca_total", 1e-12);
  const auto white = projection::pca{.whiten = true}.fit(ctx, x);
  const auto scores = white.first(ctx, x);
  const auto c = linalg::covariance(ctx, ctx, scores.view(), linalg::column_means(ctx, scores.view()));
  for (index_t i = 0; i < 6; ++i)
    for (index_t j = 0; j < 6; ++j) CHECK(std::abs(c.view()(i, j) - (i == j)) < 1e-12);
}

TEST_CASE_FIXTURE(learners, "dense kcca equals the full eigenvector formula, both constraints, other kernels") {
  using projection::kcca_constraint;
  const auto bach_jordan = projection::kcca<>{.dimensions = 3, .kappa = 1e-2}.fit(ctx, x, y);
  same({bach_jordan.first_map().kernel().width, bach_jordan.second_map().kernel().width}, "kcca_widths", 1e-12);
  same(bach_jordan.correlations(), "kcca_bach_jordan_correlations", 1e-10);
  same(bach_jordan, "kcca_bach_jordan", 1e-8);
  const auto hardoon =
      projection::kcca<>{.dimensions = 3, .kappa = 1e-2, .constraint = kcca_constraint::hardoon}.fit(ctx, x, y);
  same(hardoon.correlations(), "kcca_hardoon_correlations", 1e-10);
  same(hardoon, "kcca_hardoon", 1e-8);
  const auto mixed = projection::kcca<projection::polynomial_kernel, projection::gaussian_kernel>{
      .dimensions = 3, .kappa = 1e-1, .first_kernel = {.degree = 2, .scale = 0.2, .offset = 1}};
  const auto polynomial = mixed.fit(ctx, x, y);
  same(polynomial.correlations(), "kcca_polynomial_correlations", 1e-10);
  same(polynomial, "kcca_polynomial", 1e-8);
}

TEST_CASE_FIXTURE(learners, "approximations with every column equal the dense solution") {
  using projection::kcca_constraint;
  using projection::kcca_solver;
  for (const auto constraint : {kcca_constraint::bach_jordan, kcca_constraint::hardoon})
    for (const auto solver : {kcca_solver::incomplete_cholesky, kcca_solver::nystroem}) {
      const auto found = projection::kcca<>{.dimensions = 3,
                                            .kappa = 1e-2,
                                            .constraint = constraint,
                                            .solver = solver,
                                            .landmarks = 60,
                                            .precision = 1e-14};
      const std::string name = constraint == kcca_constraint::hardoon ? "kcca_hardoon" : "kcca_bach_jordan";
      const auto projected = found.fit(ctx, x, y);
      same(projected.correlations(), name + "_correlations", 1e-7);
      // signs are fixed on coefficients over other landmarks, so compare up to sign
      for (const bool first : {true, false}) {
        const auto scores = first ? projected.first(ctx, xt) : projected.second(ctx, yt);
        const auto expected = load(name + (first ? "_first" : "_second"));
        for (index_t j = 0; j < 3; ++j) {
          const double sign = scores.view()(0, j) * expected.view()(0, j) < 0 ? -1 : 1;
          for (index_t i = 0; i < 10; ++i) CHECK(std::abs(sign * scores.view()(i, j) - expected.view()(i, j)) < 1e-5);
        }
      }
    }
}

TEST_CASE_FIXTURE(learners, "a few landmarks come close") {
  using projection::kcca_solver;
  const auto expected = load("kcca_bach_jordan_correlations");
  for (const auto solver : {kcca_solver::incomplete_cholesky, kcca_solver::nystroem}) {
    const auto learner = projection::kcca<>{.dimensions = 3, .kappa = 1e-2, .solver = solver, .landmarks = 40};
    const auto found = learner.fit(ctx, x, y);
    CHECK(found.first_map().landmarks().rows() == 40);
    for (index_t j = 0; j < 3; ++j)
      CHECK(std::abs(found.correlations()[static_cast<std::size_t>(j)] - expected.view()(0, j)) < 0.05);
  }
}

TEST_CASE_FIXTURE(learners, "learners give the same on the emulated device") {
  context<emu> emulated;
  const auto ex = copied_to(emulated, ctx, x.view()), ey = copied_to(emulated, ctx, y.view());
  const auto ext = copied_to(emulated, ctx, xt.view());
  const auto compare = [&](const auto& learner, double tolerance) {
    const auto here = learner.fit(ctx, x, y).first(ctx, xt);
    const auto there = learner.fit(emulated, ex, ey).first(emulated, ext);
    REQUIRE(there.cols() == here.cols());
    for (index_t i = 0; i < here.rows() * here.cols(); ++i)
      CHECK(std::abs(here.data()[i] - there.data()[i]) < tolerance);
  };
  compare(projection::cca{.dimensions = 2}, 1e-10);
  compare(projection::cfa{.dimensions = 2}, 1e-10);
  compare(projection::kcca<>{.dimensions = 2, .kappa = 1e-2}, 1e-9);
}
