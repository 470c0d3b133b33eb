// SPDX-License-Identifier: Apache-2.0
// The learners of more than two views and of labels, and pls, against NumPy, SciPy and scikit-learn
// (tests/reference/projection_views.py), on rows they have not seen.
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/emu.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/label_similarity.hpp>
#include <kindred/projection/ml_cca.hpp>
#include <kindred/projection/multiview_cca.hpp>
#include <kindred/projection/pls.hpp>
#include <string>

#include "matrix_fixture.hpp"

using namespace kindred;
using host_matrix = matrix<double, cpu>;

static_assert(projection::PairedLearner<projection::pls> && projection::PairedLearner<projection::multiview_cca>);
static_assert(projection::LabelledLearner<projection::multiview_cca>);
static_assert(projection::LabelledLearner<projection::ml_cca<>, double>);
static_assert(!projection::PairedLearner<projection::ml_cca<>>);

namespace {

struct views {
  context<cpu> ctx{2};
  host_matrix x = given("x"), y = given("y"), xt = given("xt"), yt = given("yt");
  host_matrix third = load("third"), tags = load("tags");
  std::vector<label_t> labels;
  views() {
    for (const double l : load("labels").to_host()) labels.push_back(static_cast<label_t>(l));
  }
  host_matrix given(const std::string& name) { return matrix_fixture(ctx, "projection/learners.txt", name); }
  host_matrix load(const std::string& name) { return matrix_fixture(ctx, "projection/views.txt", name); }

  void same(const host_matrix& found, const std::string& name, double tolerance) {
    CAPTURE(name);
    const host_matrix expected = load(name);
    REQUIRE(found.rows() == expected.rows());
    REQUIRE(found.cols() == expected.cols());
    for (index_t i = 0; i < found.rows() * found.cols(); ++i)
      CHECK(found.data()[i] == doctest::Approx(expected.data()[i]).epsilon(tolerance));
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

TEST_CASE_FIXTURE(views, "pls with canonical deflation equals PLSCanonical") {
  const auto found = projection::pls{}.fit(ctx, x, y);
  CHECK(found.dimensions() == 4);
  same(found, "pls_canonical", 1e-9);
}

TEST_CASE_FIXTURE(views, "pls with regression deflation equals PLSRegression, with one column too") {
  using projection::pls_deflation;
  same(projection::pls{.dimensions = 4, .deflation = pls_deflation::regression}.fit(ctx, x, y), "pls_regression", 1e-7);
  const host_matrix target(ctx, 60, 1, to_host(ctx, y.view().middle_cols(0, 1)));
  const auto one = projection::pls{.dimensions = 3, .deflation = pls_deflation::regression}.fit(ctx, x, target);
  CHECK(one.dimensions() == 3);
  same(one.first(ctx, xt), "pls_regression_one_first", 1e-9);
  same(one.second(ctx, yt.view().middle_cols(0, 1)), "pls_regression_one_second", 1e-9);
}

TEST_CASE_FIXTURE(views, "multiview_cca equals the generalized eigenproblem, with a third view and with labels") {
  const matrix_view<const double, cpu> all[] = {x, y, third};
  const projection::multiview_cca learner{.dimensions = 3, .ridge = 0.1};
  const auto three = learner.fit(ctx, std::span(all));
  CHECK(three.views() == 3);
  CHECK(three.rank(0) == 6);
  same(three.eigenvalues(), "multiview_eigenvalues", 1e-12);
  same(three, "multiview", 1e-9);
  const projection::multiview_cca unscaled{.dimensions = 3, .ridge = 0.1, .power = 0};
  const auto labelled = unscaled.fit(ctx, x, y, labels);
  CHECK(labelled.rank(2) == 3);
  same(labelled.eigenvalues(), "labelled_eigenvalues", 1e-12);
  same(labelled, "labelled", 1e-9);
  CHECK_THROWS_WITH_AS(three.map(3), doctest::Contains("view 3 of 3"), argument_error);
}

TEST_CASE_FIXTURE(views, "multiview_cca of two views finds what cca finds: eigenvalues are 1 + correlations") {
  const projection::ridge ridge = 0.1;
  const auto two = projection::multiview_cca{.dimensions = 3, .ridge = ridge, .power = 0}.fit(ctx, x, y);
  const auto pair = projection::cca{.dimensions = 3, .ridge = ridge, .standardize = true}.fit(ctx, x, y);
  const auto a = two.first(ctx, xt), b = pair.first(ctx, xt);
  for (index_t j = 0; j < 3; ++j) {
    CHECK(two.eigenvalues()[static_cast<std::size_t>(j)] ==
          doctest::Approx(1 + pair.correlations()[static_cast<std::size_t>(j)]).epsilon(1e-12));
    for (index_t i = 0; i < 10; ++i)
      CHECK(a.view()(i, j) * std::sqrt(2) == doctest::Approx(b.view()(i, j)).epsilon(1e-9));
  }
}

TEST_CASE_FIXTURE(views, "ml_cca equals the sums over all pairs, for each label similarity and both normalizations") {
  using namespace projection;
  const auto shared = ml_cca<>{.dimensions = 3}.fit(ctx, x, y, tags);
  same(shared.correlations(), "ml_shared_correlations", 1e-11);
  same(shared, "ml_shared", 1e-9);
  const auto cosine = ml_cca<label_cosine>{.dimensions = 3}.fit(ctx, x, y, tags);
  same(cosine.correlations(), "ml_cosine_correlations", 1e-11);
  same(cosine, "ml_cosine", 1e-9);
  const ml_cca<label_decay> learner{
      .dimensions = 3, .normalization = ml_cca_normalization::unit, .label_similarity = {.width = 0.7}};
  const auto decay = learner.fit(ctx, x, y, tags);
  same(decay.correlations(), "ml_decay_correlations", 1e-11);
  same(decay, "ml_decay", 1e-9);
}

TEST_CASE_FIXTURE(views, "ml_cca takes class labels as rows with a single 1, and pairs only themselves as cca") {
  using projection::ml_cca;
  const auto by_class = ml_cca<>{.dimensions = 3}.fit(ctx, x, y, labels);
  const auto by_rows = ml_cca<>{.dimensions = 3}.fit(ctx, x, y, projection::label_indicators<double>(ctx, labels));
  for (std::size_t j = 0; j < 3; ++j)
    CHECK(by_class.correlations()[j] == doctest::Approx(by_rows.correlations()[j]).epsilon(1e-12));
  // four classes give three pairs, whatever was asked for
  CHECK(ml_cca<>{.dimensions = 4}.fit(ctx, x, y, labels).dimensions() == 3);
  // every item a class of its own
  std::vector<label_t> each;
  for (label_t i = 0; i < 60; ++i) each.push_back(100 - i);
  const auto alone = ml_cca<>{.dimensions = 3, .ridge = 0.1}.fit(ctx, x, y, each);
  const auto cca = projection::cca{.dimensions = 3, .ridge = 0.1, .standardize = true}.fit(ctx, x, y);
  for (std::size_t j = 0; j < 3; ++j)
    CHECK(alone.correlations()[j] == doctest::Approx(cca.correlations()[j]).epsilon(1e-11));
}

TEST_CASE("label_indicators has one column per distinct label, ascending") {
  context<cpu> ctx;
  const std::vector<label_t> labels{7, -2, 7, 3};
  const auto found = projection::label_indicators<float>(ctx, labels);
  CHECK(found.cols() == 3);
  CHECK(found.to_host() == std::vector<float>{0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0});
}

TEST_CASE_FIXTURE(views, "labels that do not fit and similarities that are none are refused") {
  using namespace projection;
  const std::vector<label_t> few(59);
  CHECK_THROWS_WITH_AS(ml_cca<>{}.fit(ctx, x, y, few), doctest::Contains("60 rows but 59 labels"), shape_error);
  CHECK_THROWS_WITH_AS(multiview_cca{}.fit(ctx, x, y, few), doctest::Contains("60 rows but 59 labels"), shape_error);
  const std::vector<label_t> one(60, 5);
  CHECK_THROWS_WITH_AS(multiview_cca{}.fit(ctx, x, y, one), doctest::Contains("third view does not vary"),
                       argument_error);
  auto broken = tags.clone();
  broken.view()(4, 1) = std::nan("");
  CHECK_THROWS_WITH_AS(ml_cca<>{}.fit(ctx, x, y, broken), doctest::Contains("labels, row 4, column 1 is nan"),
                       argument_error);
  CHECK_THROWS_WITH_AS(ml_cca<>{}.fit(ctx, x, y, host_matrix(ctx, 60, 5)),
                       doctest::Contains("no two items have labels alike"), argument_error);
  struct opposite {
    double operator()(std::span<const double> a, std::span<const double> b) const { return -label_cosine{}(a, b); }
  };
  CHECK_THROWS_WITH_AS(ml_cca<opposite>{}.fit(ctx, x, y, labels), doctest::Contains("is -1"), argument_error);
}

TEST_CASE_FIXTURE(views, "these learners give the same on the emulated device") {
  context<emu> emulated;
  const auto ex = copied_to(emulated, ctx, x.view()), ey = copied_to(emulated, ctx, y.view());
  const auto ext = copied_to(emulated, ctx, xt.view());
  const auto compare = [&](const auto& here, const auto& there) {
    const auto a = here.first(ctx, xt);
    const auto b = there.first(emulated, ext);
    REQUIRE(a.cols() == b.cols());
    for (index_t i = 0; i < a.rows() * a.cols(); ++i) CHECK(std::abs(a.data()[i] - b.data()[i]) < 1e-9);
  };
  compare(projection::pls{.dimensions = 2}.fit(ctx, x, y), projection::pls{.dimensions = 2}.fit(emulated, ex, ey));
  const projection::multiview_cca multi{.dimensions = 2};
  compare(multi.fit(ctx, x, y, labels), multi.fit(emulated, ex, ey, labels));
  const projection::ml_cca<> ml{.dimensions = 2};
  compare(ml.fit(ctx, x, y, labels), ml.fit(emulated, ex, ey, labels));
}
