// SPDX-License-Identifier: Apache-2.0
// What must hold for every learner whatever the data: changes of the features that carry no information change nothing.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <kindred/core/random.hpp>
#include <kindred/linalg/symmetric_eigen.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/cfa.hpp>
#include <kindred/projection/jrl.hpp>
#include <kindred/projection/kcca.hpp>
#include <kindred/projection/kernel.hpp>
#include <kindred/projection/ml_cca.hpp>
#include <kindred/projection/multiview_cca.hpp>
#include <kindred/projection/pca.hpp>
#include <kindred/projection/pls.hpp>
#include <kindred/projection/s2upg.hpp>
#include <limits>

#include "matrix_fixture.hpp"

using namespace kindred;
using host_matrix = matrix<double, cpu>;
using projection::ridge;

namespace {

context<cpu>& shared() {
  static context<cpu> ctx(2);
  return ctx;
}

struct views {
  host_matrix x, y, xt, yt;
  std::vector<label_t> labels;
};
views original() {
  const auto load = [](const char* name) { return matrix_fixture(shared(), "projection/learners.txt", name); };
  views v{load("x"), load("y"), load("xt"), load("yt"), {}};
  for (const double l : matrix_fixture(shared(), "projection/views.txt", "labels").to_host())
    v.labels.push_back(static_cast<label_t>(l));
  return v;
}

using change = std::function<host_matrix(const host_matrix&)>;

/// Element by element: f(row, column, old value), with `more` columns appended.
change elements(std::function<double(index_t, index_t, const host_matrix&)> f, index_t more = 0) {
  return [=](const host_matrix& a) {
    host_matrix out(shared(), a.rows(), a.cols() + more);
    for (index_t i = 0; i < out.rows(); ++i)
      for (index_t j = 0; j < out.cols(); ++j) out.view()(i, j) = f(i, j, a);
    return out;
  };
}
views changed(const change& f, const change& g) {
  const views v = original();
  return {f(v.x), g(v.y), f(v.xt), g(v.yt), v.labels};
}
const change same = [](const host_matrix& a) { return a.clone(); };

/// The learner with the labels if it takes them.
template <class L, Device D, class X>
auto trained(const L& learner, context<D>& ctx, const X& x, const X& y, const std::vector<label_t>& labels) {
  if constexpr (projection::LabelledLearner<L>)
    return learner.fit(ctx, x, y, labels);
  else
    return learner.fit(ctx, x, y);
}

/// The scores of all test items, first view then second; pca learns the first view.
struct fitted {
  host_matrix first, second;
  std::vector<double> strengths;
};
template <class L>
fitted fit(const L& learner, const views& v) {
  if constexpr (std::is_same_v<L, projection::pca>) {
    const auto p = learner.fit(shared(), v.x);
    return {p.first(shared(), v.xt), p.second(shared(), v.xt), p.variances()};
  } else {
    const auto p = trained(learner, shared(), v.x, v.y, v.labels);
    if constexpr (std::is_same_v<L, projection::multiview_cca>)
      return {p.first(shared(), v.xt), p.second(shared(), v.yt), p.eigenvalues()};
    else
      return {p.first(shared(), v.xt), p.second(shared(), v.yt), p.correlations()};
  }
}

/// The largest difference of scores after each pair of columns was given the sign of the other fit.
double difference(const fitted& a, const fitted& b) {
  REQUIRE(a.first.cols() == b.first.cols());
  double most = 0;
  for (index_t j = 0; j < a.first.cols(); ++j) {
    double agreement = 0;
    for (index_t i = 0; i < a.first.rows(); ++i) agreement += a.first.view()(i, j) * b.first.view()(i, j);
    const double sign = agreement < 0 ? -1 : 1;
    for (index_t i = 0; i < a.first.rows(); ++i)
      for (const double d :
           {a.first.view()(i, j) - sign * b.first.view()(i, j), a.second.view()(i, j) - sign * b.second.view()(i, j)})
        if (!(std::abs(d) <= most)) most = std::abs(d);
    const double d = std::abs(a.strengths[static_cast<std::size_t>(j)] - b.strengths[static_cast<std::size_t>(j)]);
    if (!(d <= most)) most = d;
  }
  return most;
}

const projection::cca plain_cca{.dimensions = 3, .ridge = 1e-2};
const projection::cfa plain_cfa{.dimensions = 3};
const projection::pca plain_pca{.dimensions = 3};
const projection::pls plain_pls{.dimensions = 3};
const projection::pls regression_pls{.dimensions = 3, .deflation = projection::pls_deflation::regression};
const projection::multiview_cca plain_multiview{.dimensions = 3, .ridge = ridge::absolute(0.1)};
const projection::ml_cca<> plain_ml_cca{.dimensions = 3, .ridge = ridge::absolute(0.1)};
const projection::kcca<> plain_kcca{.dimensions = 3, .kappa = 1e-2};
const projection::kcca<> cholesky_kcca{
    .dimensions = 3, .kappa = 1e-2, .solver = projection::kcca_solver::incomplete_cholesky, .precision = 1e-14};
const projection::kcca<> nystroem_kcca{
    .dimensions = 3, .kappa = 1e-2, .solver = projection::kcca_solver::nystroem, .landmarks = 30};

/// Calls f(learner, name) for every learner.
template <class F>
void every_learner(F f) {
  f(plain_cca, "cca");
  f(plain_cfa, "cfa");
  f(plain_pca, "pca");
  f(plain_pls, "pls");
  f(regression_pls, "pls, regression");
  f(plain_multiview, "multiview_cca with labels");
  f(plain_ml_cca, "ml_cca");
  f(plain_kcca, "kcca");
  f(cholesky_kcca, "kcca, incomplete Cholesky");
  f(nystroem_kcca, "kcca, Nystroem");
}

/// An orthogonal matrix: the eigenvectors of a symmetric one.
change rotation(std::uint64_t seed) {
  return [seed](const host_matrix& a) {
    const index_t p = a.cols();
    host_matrix s(shared(), p, p), q(shared(), p, p), out(shared(), a.rows(), p);
    for (index_t i = 0; i < p; ++i)
      for (index_t j = 0; j <= i; ++j)
        s.view()(i, j) = random::uniform(seed, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(j)) - 0.5;
    vector<double, cpu> w(shared(), p);
    linalg::symmetric_eigen(shared(), s, w.view(), q.view());
    shared().gemm<double>(1, a, transpose::no, q, transpose::no, 0, out.view());
    return out;
  };
}

}  // namespace

TEST_CASE("adding a constant to every feature changes nothing") {
  const views v = original();
  for (const double c : {5.0, -1e4}) {
    const change add = elements([c](index_t i, index_t j, const host_matrix& a) { return a.view()(i, j) + c; });
    const views moved = changed(add, add);
    every_learner([&](const auto& learner, const char* name) {
      CAPTURE(name);
      CHECK(difference(fit(learner, v), fit(learner, moved)) < 1e-8);
    });
  }
}

TEST_CASE("measuring a view in other units changes nothing") {
  const change f = elements([](index_t i, index_t j, const host_matrix& a) { return a.view()(i, j) * 1e5; });
  const change g = elements([](index_t i, index_t j, const host_matrix& a) { return a.view()(i, j) * 3e-7; });
  const views v = original(), scaled = changed(f, g);
  every_learner([&](const auto& learner, const char* name) {
    if (std::strcmp(name, "pca") == 0) return;  // its scores are in the units of the view
    CAPTURE(name);
    CHECK(difference(fit(learner, v), fit(learner, scaled)) < 1e-8);
  });
  // every column by itself, where columns are standardized or nothing holds them back
  const change columns = elements(
      [](index_t i, index_t j, const host_matrix& a) { return a.view()(i, j) * (0.1 + static_cast<double>(j * j)); });
  const views uneven = changed(columns, columns);
  CHECK(difference(fit(plain_cfa, v), fit(plain_cfa, uneven)) < 1e-8);
  CHECK(difference(fit(plain_kcca, v), fit(plain_kcca, uneven)) < 1e-8);
  CHECK(difference(fit(plain_pls, v), fit(plain_pls, uneven)) < 1e-8);
  CHECK(difference(fit(plain_multiview, v), fit(plain_multiview, uneven)) < 1e-8);
  CHECK(difference(fit(plain_ml_cca, v), fit(plain_ml_cca, uneven)) < 1e-8);
  const projection::cca free{.dimensions = 3, .ridge = 0};
  CHECK(difference(fit(free, v), fit(free, uneven)) < 1e-8);
  const projection::cca standardized{.dimensions = 3, .standardize = true};
  CHECK(difference(fit(standardized, v), fit(standardized, uneven)) < 1e-8);
}

TEST_CASE("rotating a view changes nothing unless columns are standardized") {
  const views v = original(), turned = changed(rotation(1), rotation(2));
  CHECK(difference(fit(plain_cca, v), fit(plain_cca, turned)) < 1e-9);
  CHECK(difference(fit(plain_pca, v), fit(plain_pca, turned)) < 1e-9);
  const projection::cfa cfa{.dimensions = 3, .standardize = false};
  CHECK(difference(fit(cfa, v), fit(cfa, turned)) < 1e-9);
  const projection::pls pls{.dimensions = 3, .standardize = false};
  CHECK(difference(fit(pls, v), fit(pls, turned)) < 1e-9);
  const projection::multiview_cca multiview{.dimensions = 3, .standardize = false};
  CHECK(difference(fit(multiview, v), fit(multiview, turned)) < 1e-8);
  const projection::ml_cca<> ml_cca{.dimensions = 3, .standardize = false};
  CHECK(difference(fit(ml_cca, v), fit(ml_cca, turned)) < 1e-9);
  const projection::kcca<> kcca{.dimensions = 3, .kappa = 1e-2, .standardize = false};
  CHECK(difference(fit(kcca, v), fit(kcca, turned)) < 1e-8);
}

TEST_CASE("the order of rows and of columns does not matter") {
  const views v = original();
  const auto permuted_rows = elements([](index_t i, index_t j, const host_matrix& a) {
    return a.rows() == 60 ? a.view()((i * 7 + 3) % 60, j) : a.view()(i, j);
  });
  const auto reversed_columns =
      elements([](index_t i, index_t j, const host_matrix& a) { return a.view()(i, a.cols() - 1 - j); });
  const views columns = changed(reversed_columns, reversed_columns);
  views rows = changed(permuted_rows, permuted_rows);
  for (std::size_t i = 0; i < 60; ++i) rows.labels[i] = v.labels[(i * 7 + 3) % 60];
  every_learner([&](const auto& learner, const char* name) {
    CAPTURE(name);
    CHECK(difference(fit(learner, v), fit(learner, columns)) < 1e-8);
    if (std::strcmp(name, "kcca, Nystroem") != 0)  // its landmarks are positions
      CHECK(difference(fit(learner, v), fit(learner, rows)) < 1e-8);
  });
}

TEST_CASE("a duplicated or nearly duplicated column adds no rank and no huge weight") {
  const views v = original();
  for (const double noise : {0.0, 1e-12}) {
    const auto duplicated = elements(
        [noise](index_t i, index_t j, const host_matrix& a) {
          if (j < a.cols()) return a.view()(i, j);
          return a.view()(i, 0) + noise * random::uniform(9, 0, static_cast<std::uint64_t>(i));
        },
        1);
    const views twice = changed(duplicated, duplicated);
    const projection::cca free{.ridge = 0};
    const auto found = free.fit(shared(), twice.x, twice.y);
    CHECK(found.first_rank() == 6);
    CHECK(found.second_rank() == 4);
    CHECK(found.dimensions() == 4);
    for (const double w : found.first_map().weights().row(0)) CHECK(std::abs(w) < 100);
    CHECK(difference(fit(free, v), fit(free, twice)) < 1e-8);
    const auto pca = projection::pca{}.fit(shared(), twice.x);
    CHECK(pca.rank() == 6);
    CHECK(projection::cfa{}.fit(shared(), twice.x, twice.y).dimensions() == 4);
    every_learner([&](const auto& learner, const char* name) {
      CAPTURE(name);
      for (const double s : fit(learner, twice).first.to_host()) CHECK(std::abs(s) < 100);
    });
  }
}

TEST_CASE("a constant column changes nothing") {
  const views v = original();
  const auto constant =
      elements([](index_t i, index_t j, const host_matrix& a) { return j < a.cols() ? a.view()(i, j) : 0.1; }, 2);
  const views more = changed(constant, constant);
  every_learner([&](const auto& learner, const char* name) {
    if (std::strcmp(name, "cca") == 0) return;  // its ridge is a share of the mean variance, which counts columns
    CAPTURE(name);
    CHECK(difference(fit(learner, v), fit(learner, more)) < 1e-9);
  });
  const projection::cca absolute{.dimensions = 3, .ridge = ridge::absolute(0.1)};
  CHECK(difference(fit(absolute, v), fit(absolute, more)) < 1e-9);
}

TEST_CASE("the path for fewer rows than columns gives what the other one gives") {
  // 60 constant columns make the views wide without changing the problem
  const auto wide =
      elements([](index_t i, index_t j, const host_matrix& a) { return j < a.cols() ? a.view()(i, j) : 2.0; }, 60);
  const views v = original();
  const projection::cca cca{.dimensions = 3, .ridge = ridge::absolute(0.1)};
  for (const auto& [f, g] : {std::pair<change, change>{wide, wide}, {wide, same}, {same, wide}}) {
    const views wider = changed(f, g);
    CHECK(difference(fit(cca, v), fit(cca, wider)) < 1e-9);
    CHECK(difference(fit(plain_cfa, v), fit(plain_cfa, wider)) < 1e-9);
    CHECK(difference(fit(plain_pls, v), fit(plain_pls, wider)) < 1e-9);
    CHECK(difference(fit(regression_pls, v), fit(regression_pls, wider)) < 1e-9);
    CHECK(difference(fit(plain_multiview, v), fit(plain_multiview, wider)) < 1e-8);
    CHECK(difference(fit(plain_ml_cca, v), fit(plain_ml_cca, wider)) < 1e-9);
  }
  CHECK(difference(fit(plain_pca, v), fit(plain_pca, changed(wide, same))) < 1e-9);
}

TEST_CASE("with fewer rows than columns cca reports the ranks and stays finite without a ridge") {
  host_matrix x(shared(), 12, 40), y(shared(), 12, 30);
  for (index_t i = 0; i < 12 * 40; ++i) x.data()[i] = random::uniform(1, 0, static_cast<std::uint64_t>(i));
  for (index_t i = 0; i < 12 * 30; ++i) y.data()[i] = random::uniform(2, 0, static_cast<std::uint64_t>(i));
  const auto found = projection::cca{.dimensions = 100, .ridge = 0}.fit(shared(), x, y);
  CHECK(found.first_rank() == 11);
  CHECK(found.second_rank() == 11);
  CHECK(found.dimensions() == 11);
  for (const double rho : found.correlations()) CHECK(rho == doctest::Approx(1).epsilon(1e-10));
  const auto a = found.first(shared(), x), b = found.second(shared(), y);
  for (index_t i = 0; i < 12 * 11; ++i) CHECK(std::abs(a.data()[i] - b.data()[i]) < 1e-8);
}

TEST_CASE("scores of cca are white without a ridge, and power scales them by correlations") {
  const views v = original();
  const projection::cca free{.ridge = 0};
  const auto found = free.fit(shared(), v.x, v.y);
  const auto a = found.first(shared(), v.x), b = found.second(shared(), v.y);
  const std::vector<double> zero(4, 0);
  const auto within = linalg::covariance(shared(), shared(), a.view(), zero);
  const auto between = linalg::covariance(shared(), shared(), a.view(), zero, b.view(), zero);
  for (index_t i = 0; i < 4; ++i)
    for (index_t j = 0; j < 4; ++j) {
      CHECK(std::abs(within.view()(i, j) - (i == j)) < 1e-12);
      CHECK(std::abs(between.view()(i, j) - (i == j ? found.correlations()[static_cast<std::size_t>(j)] : 0)) < 1e-12);
    }
  const auto scaled = projection::cca{.ridge = 0, .power = 4}.fit(shared(), v.x, v.y).first(shared(), v.x);
  for (index_t i = 0; i < 60; ++i)
    for (index_t j = 0; j < 4; ++j)
      CHECK(scaled.view()(i, j) ==
            doctest::Approx(a.view()(i, j) * std::pow(found.correlations()[static_cast<std::size_t>(j)], 4))
                .epsilon(1e-12));
}

TEST_CASE("projecting the training rows gives the scores of the fit of kcca") {
  // the scores of a fit satisfy s_x' s_y = diag(correlations) and have mean 0
  const views v = original();
  using projection::kcca_constraint;
  using projection::kcca_solver;
  for (const auto constraint : {kcca_constraint::bach_jordan, kcca_constraint::hardoon})
    for (const auto solver : {kcca_solver::dense, kcca_solver::incomplete_cholesky, kcca_solver::nystroem}) {
      const projection::kcca<> learner{
          .dimensions = 5, .kappa = 1e-2, .constraint = constraint, .solver = solver, .landmarks = 25};
      const auto found = learner.fit(shared(), v.x, v.y);
      const auto a = found.first(shared(), v.x), b = found.second(shared(), v.y);
      REQUIRE(found.dimensions() == 5);
      for (index_t i = 0; i < 5; ++i) {
        double mean = 0;
        for (index_t r = 0; r < 60; ++r) mean += a.view()(r, i);
        CHECK(std::abs(mean) < 1e-9);
        for (index_t j = 0; j < 5; ++j) {
          double dot = 0;
          for (index_t r = 0; r < 60; ++r) dot += a.view()(r, i) * b.view()(r, j);
          CHECK(std::abs(dot - (i == j ? found.correlations()[static_cast<std::size_t>(j)] : 0)) < 1e-9);
        }
      }
    }
}

TEST_CASE("kcca with linear kernels and Hardoon's constraint is cca with a ridge") {
  const views v = original();
  const auto linear = projection::kcca<projection::linear_kernel>{
      .dimensions = 3, .kappa = 0.05, .standardize = false, .constraint = projection::kcca_constraint::hardoon};
  const auto found = linear.fit(shared(), v.x, v.y);
  const auto direct =
      projection::cca{.dimensions = 3, .ridge = ridge::absolute(0.05 * 60 / 59.0)}.fit(shared(), v.x, v.y);
  for (std::size_t j = 0; j < 3; ++j)
    CHECK(found.correlations()[j] == doctest::Approx(direct.correlations()[j]).epsilon(1e-9));
  const auto a = found.first(shared(), v.xt), b = direct.first(shared(), v.xt);
  for (index_t j = 0; j < 3; ++j)
    for (index_t i = 1; i < 10; ++i)
      CHECK(a.view()(i, j) / a.view()(0, j) == doctest::Approx(b.view()(i, j) / b.view()(0, j)).epsilon(1e-7));
}

TEST_CASE("float and double agree") {
  const views v = original();
  const auto down = [](const host_matrix& a) {
    const auto values = a.to_host();
    return matrix<float, cpu>(shared(), a.rows(), a.cols(), std::vector<float>(values.begin(), values.end()));
  };
  const auto x = down(v.x), y = down(v.y), xt = down(v.xt);
  const auto compare = [&](const auto& learner) {
    const auto narrow = trained(learner, shared(), x, y, v.labels).first(shared(), xt);
    const auto wide = fit(learner, v).first.clone();
    for (index_t i = 0; i < wide.rows() * wide.cols(); ++i)
      CHECK(std::abs(static_cast<double>(narrow.data()[i]) - wide.data()[i]) < 3e-5);
  };
  compare(plain_cca);
  compare(plain_cfa);
  compare(plain_pls);
  compare(projection::multiview_cca{.dimensions = 3, .power = 0});
  compare(plain_ml_cca);
  compare(plain_kcca);
  compare(cholesky_kcca);
}

TEST_CASE("fitted weights and projections have the same bytes for 1, 2 and 4 threads") {
  const auto bytes = [](int threads) {
    context<cpu> ctx(threads);
    const index_t n = 1500, p = 70, q = 40, few = 150;
    matrix<float, cpu> x(ctx, n, p), y(ctx, n, q);
    for (index_t i = 0; i < n; ++i) {
      const auto r = static_cast<std::uint64_t>(i);
      for (index_t j = 0; j < p; ++j)
        x.view()(i, j) = static_cast<float>(random::uniform(1, r, static_cast<std::uint64_t>(j % 9)) +
                                            random::uniform(2, r, static_cast<std::uint64_t>(j)));
      for (index_t j = 0; j < q; ++j)
        y.view()(i, j) = static_cast<float>(random::uniform(1, r, static_cast<std::uint64_t>(j % 7)) +
                                            random::uniform(3, r, static_cast<std::uint64_t>(j)));
    }
    std::vector<float> all;
    const auto keep = [&](const matrix<float, cpu>& m) {
      const auto values = m.to_host();
      all.insert(all.end(), values.begin(), values.end());
    };
    const auto cca = projection::cca{}.fit(ctx, x, y);
    keep(cca.first(ctx, x));
    for (index_t i = 0; i < p; ++i)
      for (const float w : cca.first_map().weights().row(i)) all.push_back(w);
    keep(projection::cfa{}.fit(ctx, x, y).second(ctx, y));
    keep(projection::pca{}.fit(ctx, x).first(ctx, x));
    keep(plain_pls.fit(ctx, x, y).first(ctx, x));
    keep(regression_pls.fit(ctx, x, y).second(ctx, y));
    std::vector<label_t> labels;
    for (index_t i = 0; i < n; ++i) labels.push_back(static_cast<label_t>(i * i % 11));
    keep(plain_multiview.fit(ctx, x, y, labels).second(ctx, y));
    keep(plain_ml_cca.fit(ctx, x, y, labels).first(ctx, x));
    const auto few_x = x.view().middle_rows(0, few), few_y = y.view().middle_rows(0, few);
    keep(plain_kcca.fit(ctx, few_x, few_y).first(ctx, x));
    keep(nystroem_kcca.fit(ctx, few_x, few_y).second(ctx, y));
    keep(cholesky_kcca.fit(ctx, few_x, few_y).second(ctx, y));
    return all;
  };
  const auto one = bytes(1);
  for (const int threads : {2, 4}) {
    const auto more = bytes(threads);
    REQUIRE(more.size() == one.size());
    CHECK(std::memcmp(one.data(), more.data(), one.size() * sizeof(float)) == 0);
  }
}

TEST_CASE("a row's projection does not depend on the rows around it, and 0 rows give 0 rows") {
  const views v = original();
  const auto cca = plain_cca.fit(shared(), v.x, v.y);
  const auto kcca = plain_kcca.fit(shared(), v.x, v.y);
  const auto together_linear = cca.first(shared(), v.xt), together_kernel = kcca.first(shared(), v.xt);
  for (index_t i = 0; i < 10; ++i) {
    const auto a = cca.first(shared(), v.xt.view().middle_rows(i, 1)),
               b = kcca.first(shared(), v.xt.view().middle_rows(i, 1));
    for (index_t j = 0; j < 3; ++j) {
      CHECK(a.view()(0, j) == together_linear.view()(i, j));
      CHECK(b.view()(0, j) == together_kernel.view()(i, j));
    }
  }
  CHECK(cca.first(shared(), v.xt.view().middle_rows(0, 0)).rows() == 0);
  CHECK(kcca.second(shared(), v.yt.view().middle_rows(0, 0)).rows() == 0);
}

TEST_CASE("NaN in a row that is projected reaches that row and no others") {
  const views v = original();
  host_matrix broken = v.xt.clone();
  broken.view()(4, 2) = std::numeric_limits<double>::quiet_NaN();
  every_learner([&](const auto& learner, const char* name) {
    CAPTURE(name);
    const views w{v.x.clone(), v.y.clone(), broken.clone(), v.yt.clone(), v.labels};
    const host_matrix clean = fit(learner, v).first.clone(), found = fit(learner, w).first.clone();
    for (index_t i = 0; i < 10; ++i)
      for (index_t j = 0; j < 3; ++j)
        CHECK((i == 4 ? std::isnan(found.view()(i, j)) : found.view()(i, j) == clean.view()(i, j)));
  });
}

TEST_CASE("inputs that cannot be learned from are refused by name") {
  const views v = original();
  const auto refuses = [&](const host_matrix& x, const host_matrix& y, const char* part) {
    CAPTURE(part);
    CHECK_THROWS_WITH_AS(plain_cca.fit(shared(), x, y), doctest::Contains(part), error);
    CHECK_THROWS_WITH_AS(plain_cfa.fit(shared(), x, y), doctest::Contains(part), error);
    CHECK_THROWS_WITH_AS(plain_pls.fit(shared(), x, y), doctest::Contains(part), error);
    CHECK_THROWS_WITH_AS(plain_multiview.fit(shared(), x, y), doctest::Contains(part), error);
    CHECK_THROWS_WITH_AS(plain_ml_cca.fit(shared(), x, y, std::vector<label_t>(static_cast<std::size_t>(x.rows()))),
                         doctest::Contains(part), error);
    CHECK_THROWS_WITH_AS(plain_kcca.fit(shared(), x, y), doctest::Contains(part), error);
    CHECK_THROWS_WITH_AS(nystroem_kcca.fit(shared(), x, y), doctest::Contains(part), error);
    CHECK_THROWS_WITH_AS(cholesky_kcca.fit(shared(), x, y), doctest::Contains(part), error);
  };
  host_matrix broken = v.y.clone();
  broken.view()(17, 2) = std::numeric_limits<double>::quiet_NaN();
  refuses(v.x, broken, "second view, row 17, column 2 is nan");
  broken.view()(17, 2) = -std::numeric_limits<double>::infinity();
  refuses(broken, v.y, "first view, row 17, column 2 is -inf");
  refuses(v.x, v.yt, "60 rows in the first view, 10 in the second");
  const host_matrix one(shared(), 1, 3), none(shared(), 0, 3), empty(shared(), 60, 0), flat(shared(), 60, 3);
  refuses(one, one, "has 1 rows, 2 are needed");
  refuses(none, none, "has 0 rows, 2 are needed");
  refuses(v.x, empty, "second view has no columns");
  CHECK_THROWS_WITH_AS(plain_cca.fit(shared(), v.x, flat), doctest::Contains("second view does not vary"),
                       argument_error);
  CHECK_THROWS_WITH_AS(plain_kcca.fit(shared(), flat, v.y), doctest::Contains("first view does not vary"),
                       argument_error);
  CHECK_THROWS_WITH_AS(plain_cfa.fit(shared(), flat, v.y), doctest::Contains("do not covary"), argument_error);
  CHECK_THROWS_WITH_AS(plain_pca.fit(shared(), flat), doctest::Contains("does not vary"), argument_error);
  CHECK_THROWS_WITH_AS(plain_pls.fit(shared(), flat, v.y), doctest::Contains("do not covary"), argument_error);
  CHECK_THROWS_WITH_AS(plain_multiview.fit(shared(), v.x, flat, v.labels),
                       doctest::Contains("second view does not vary"), argument_error);
  CHECK_THROWS_WITH_AS(plain_ml_cca.fit(shared(), v.x, flat, v.labels), doctest::Contains("second view does not vary"),
                       argument_error);
  host_matrix infinite = v.x.clone();
  infinite.view()(3, 4) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(plain_pca.fit(shared(), infinite), doctest::Contains("only view, row 3, column 4 is inf"),
                       argument_error);
  const matrix_view<const double, cpu> three[] = {v.x, v.y, infinite};
  CHECK_THROWS_WITH_AS(plain_multiview.fit(shared(), std::span(three)),
                       doctest::Contains("third view, row 3, column 4 is inf"), argument_error);
  CHECK_THROWS_WITH_AS(plain_multiview.fit(shared(), std::span(three).first(1)), doctest::Contains("1 views"),
                       shape_error);
  CHECK_THROWS_AS((projection::pls{.dimensions = -1}.fit(shared(), v.x, v.y)), argument_error);
  CHECK_THROWS_AS((projection::multiview_cca{.dimensions = -1}.fit(shared(), v.x, v.y)), argument_error);
  CHECK_THROWS_AS((projection::cca{.dimensions = -1}.fit(shared(), v.x, v.y)), argument_error);
  CHECK_THROWS_AS((projection::kcca<>{.kappa = 0}.fit(shared(), v.x, v.y)), argument_error);
  CHECK_THROWS_WITH_AS((projection::kcca<>{.first_kernel = {.width = -1}}.fit(shared(), v.x, v.y)),
                       doctest::Contains("options of the gaussian_kernel of the first view in their range, got -1"),
                       argument_error);
  CHECK(projection::kcca<>{.landmarks = 0}.fit(shared(), v.x, v.y).dimensions() == 10);  // dense does without
  CHECK_THROWS_WITH_AS(
      (projection::kcca<>{.solver = projection::kcca_solver::nystroem, .landmarks = 0}.fit(shared(), v.x, v.y)),
      doctest::Contains("expected landmarks of at least 1, got 0"), argument_error);
  for (const double power : {std::nan(""), -1e300, 1e300}) {
    CAPTURE(power);
    CHECK_THROWS_AS((projection::cca{.power = power}.fit(shared(), v.x, v.y)), argument_error);
    CHECK_THROWS_AS((projection::cfa{.power = power}.fit(shared(), v.x, v.y)), argument_error);
    CHECK_THROWS_AS((projection::pls{.power = power}.fit(shared(), v.x, v.y)), argument_error);
    CHECK_THROWS_AS((projection::kcca<>{.power = power}.fit(shared(), v.x, v.y)), argument_error);
    CHECK_THROWS_AS((projection::ml_cca<>{.power = power}.fit(shared(), v.x, v.y, v.labels)), argument_error);
    CHECK_THROWS_AS((projection::multiview_cca{.power = power}.fit(shared(), v.x, v.y)), argument_error);
  }
  host_matrix large = v.x.clone();
  for (index_t i = 0; i < large.rows() * large.cols(); ++i) large.data()[i] *= 1e200;
  CHECK_THROWS_WITH_AS((projection::kcca<>{}.fit(shared(), large, v.y)), doctest::Contains("too large"),
                       argument_error);
  CHECK_THROWS_WITH_AS((projection::jrl{}.fit(shared(), large, v.y, v.labels)), doctest::Contains("too large"),
                       argument_error);
  CHECK_THROWS_WITH_AS((projection::s2upg{.standardize = false}.fit(shared(), v.x, large, v.labels)),
                       doctest::Contains("too large"), argument_error);
  host_matrix constant = v.x.clone();
  for (index_t i = 0; i < constant.rows() * constant.cols(); ++i) constant.data()[i] = 0.1;  // its mean is rounded
  CHECK_THROWS_WITH_AS((projection::jrl{}.fit(shared(), constant, v.y, v.labels)),
                       doctest::Contains("first view does not vary"), argument_error);
  CHECK_THROWS_WITH_AS((projection::s2upg{}.fit(shared(), v.x, constant, v.labels)),
                       doctest::Contains("second view does not vary"), argument_error);
  CHECK_THROWS_AS(ridge(-1), argument_error);
  CHECK_THROWS_AS(ridge::shrinkage(1.5), argument_error);
  const auto fitted_cca = plain_cca.fit(shared(), v.x, v.y);
  CHECK_THROWS_AS(fitted_cca.first(shared(), v.yt), shape_error);
}

TEST_CASE("cca with shrinkage: correlations above 1 stay what they are, and so do the weights of power") {
  // columns without covariance, variances 4 and 1; the second view is the first: W'CV = v / ((1 - a) v + a) for each
  const double unit = std::sqrt(3.0) / 2;  // four rows, divisor 3
  const host_matrix x(shared(), 4, 2,
                      std::vector<double>{2 * unit, unit, 2 * unit, -unit, -2 * unit, unit, -2 * unit, -unit});
  const auto ridge = projection::ridge::shrinkage(0.3);
  const auto plain = projection::cca{.ridge = ridge}.fit(shared(), x, x),
             weighted = projection::cca{.ridge = ridge, .power = 2}.fit(shared(), x, x);
  const double expected[] = {4 / (0.7 * 4 + 0.3), 1 / (0.7 * 1 + 0.3)};
  for (std::size_t j = 0; j < 2; ++j) {
    CHECK(plain.correlations()[j] == doctest::Approx(expected[j]).epsilon(1e-12));
    const auto row = static_cast<index_t>(j);
    CHECK(weighted.first_map().weights()(row, row) ==
          doctest::Approx(plain.first_map().weights()(row, row) * expected[j] * expected[j]).epsilon(1e-12));
  }
  CHECK(projection::cca{.ridge = 0}.fit(shared(), x, x).correlations() == std::vector<double>{1, 1});
}
