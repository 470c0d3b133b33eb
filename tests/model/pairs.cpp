// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <filesystem>
#include <kindred/generative/corr_ae.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/model/cmpl.hpp>
#include <kindred/model/dcca.hpp>
#include <kindred/model/deep_sm.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/evaluate.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/euclidean.hpp>

#include "model/shared_factors.hpp"
#include "sanitized.hpp"

using namespace kindred;
namespace fs = std::filesystem;

namespace {

auto perceptron(index_t in, index_t out) {
  return layer::sequential(layer::linear(in, 48), layer::relu{}, layer::linear(48, out));
}

std::vector<float> listed(const matrix<float, cpu>& m) { return m.to_host(); }

/// A model loaded again gives the same bytes, and refuses other specs.
template <class Model, class First, class Second>
void check_file(context<cpu>& ctx, const Model& model, const First& first, const Second& second,
                const shared_factors& test) {
  const auto path = (fs::temp_directory_path() / "kindred_model_pairs.safetensors").string();
  model.save(path);
  const auto again = Model::load(ctx, first, second, path);
  CHECK(listed(again.first(ctx, test.x)) == listed(model.first(ctx, test.x)));
  CHECK(listed(again.second(ctx, test.y)) == listed(model.second(ctx, test.y)));
  auto other = perceptron(12, 5);
  CHECK_THROWS_WITH_AS(Model::load(ctx, other, second, path), doctest::Contains("expected"), io_error);
  fs::remove(path);
}

}  // namespace

TEST_CASE("dcca finds what two views share where linear CCA cannot") {
  context<cpu> ctx(2);
  const shared_factors train(ctx, 2000, 1), test(ctx, 400, 2);
  const auto f = perceptron(12, 3), g = perceptron(9, 3);
  const model::dcca learner{f, g, {.training = {.epochs = 60, .batch = 500, .rate = 3e-3, .seed = 5}}};
  const auto deep = learner.fit(ctx, train.x, train.y);
  const auto linear =
      projection::cca{.dimensions = 3, .ridge = projection::ridge::absolute(1e-4)}.fit(ctx, train.x, train.y);
  const auto correlation = [&](const auto& model) {
    const auto a = model.first(ctx, test.x), b = model.second(ctx, test.y);
    double sum = 0;
    for (index_t c = 0; c < 3; ++c) {
      double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
      const auto n = static_cast<double>(a.rows());
      for (index_t i = 0; i < a.rows(); ++i) ma += a.view()(i, c) / n, mb += b.view()(i, c) / n;
      for (index_t i = 0; i < a.rows(); ++i) {
        const double u = a.view()(i, c) - ma, v = b.view()(i, c) - mb;
        ab += u * v, aa += u * u, bb += v * v;
      }
      sum += ab / std::sqrt(aa * bb);
    }
    return sum;
  };
  // three hidden numbers, so three correlations of at most 1 each, less what the noise takes
  MESSAGE("correlations of unseen pairs: deep ", correlation(deep), ", linear ", correlation(linear));
  CHECK(correlation(deep) > 2.4);
  CHECK(correlation(deep) > correlation(linear) + 0.5);
  CHECK(deep.dimensions() == 3);
  check_file(ctx, deep, f, g, test);

  context<cpu> alone(1);
  const model::dcca quick{f, g, {.training = {.epochs = 2, .batch = 500, .seed = 5}}};
  CHECK(listed(quick.fit(alone, train.x, train.y).first(alone, test.x)) ==
        listed(quick.fit(ctx, train.x, train.y).first(ctx, test.x)));
  const model::dcca narrow{f, g, {.training = {.batch = 3}}};
  CHECK_THROWS_WITH_AS(narrow.fit(ctx, train.x, train.y), doctest::Contains("batches of 3 pairs"), argument_error);
  const model::dcca unchecked{f, g, {.cca_ridge = std::nan("")}};
  CHECK_THROWS_WITH_AS(unchecked.fit(ctx, train.x, train.y), doctest::Contains("cca_ridge"), argument_error);
}

TEST_CASE("deep_sm and cmpl find texts of the picture's class that linear CCA misses") {
  context<cpu> ctx(2);
  const shared_factors train(ctx, 2000, 1), test(ctx, 400, 2);
  const auto f = perceptron(12, 8), g = perceptron(9, 8);
  const auto linear = projection::cca{.dimensions = 3}.fit(ctx, train.x, train.y);
  const double baseline = average_precision(ctx, linear, test);
  const auto posteriors =
      model::deep_sm{f, g, {.training = {.epochs = sanitized ? 1 : 30, .batch = 64, .rate = 3e-3, .seed = 2}}}.fit(
          ctx, train.x, train.y, train.labels);
  const auto matched =
      model::cmpl{f, g, {.training = {.epochs = sanitized ? 1 : 30, .batch = 64, .rate = 3e-3, .seed = 2}}}.fit(
          ctx, train.x, train.y, train.labels);
  MESSAGE("mean average precision of unseen pairs: deep_sm ", average_precision(ctx, posteriors, test), ", cmpl ",
          average_precision(ctx, matched, test), ", linear CCA ", baseline);
  // eight classes, chance 1/8; their borders are where hidden numbers change sign, which noise blurs
  if (!sanitized) {
    CHECK(average_precision(ctx, posteriors, test) > baseline + 0.2);
    CHECK(average_precision(ctx, matched, test) > baseline + 0.2);
  }
  CHECK(posteriors.classes() == std::vector<label_t>{10, 11, 12, 13, 14, 15, 16, 17});
  const auto rows = posteriors.first(ctx, test.x);
  for (index_t i = 0; i < rows.rows(); ++i) {
    double sum = 0;
    for (const float v : rows.view().row(i)) sum += v;
    CHECK(sum == doctest::Approx(1).epsilon(1e-5));
  }
  check_file(ctx, posteriors, f, g, test);
  check_file(ctx, matched, f, g, test);
  const auto refused = [&](const auto& learner, const char* why) {
    CHECK_THROWS_WITH_AS(learner.fit(ctx, train.x, train.y, train.labels), doctest::Contains(why), argument_error);
  };
  refused(model::deep_sm{f, g, {.training = {.rate = std::nan("")}}}, "expected training.rate");
  refused(model::cmpl{f, g, {.classification = -1}}, "expected classification to be finite and at least 0, got -1");
  refused(model::cmpl{f, g, {.training = {.batch = 0}}}, "expected training.batch of at least 1, got 0");
  const model::deep_sm wide{perceptron(12, 9), g};
  CHECK_THROWS_WITH_AS(wide.fit(ctx, train.x, train.y, train.labels),
                       doctest::Contains("9 and 8 outputs for 8 classes"), argument_error);
}

TEST_CASE("corr_ae in its three forms finds the partner of an unseen item more often than linear CCA") {
  context<cpu> ctx(2);
  const shared_factors train(ctx, 2000, 1), test(ctx, 400, 2);
  const auto coder = [](index_t in) {
    return layer::sequential(layer::linear(in, 48), layer::relu{}, layer::linear(48, 8), layer::sigmoid{});
  };
  const auto f = coder(12), g = coder(9);
  // share of items whose own partner is among the ten nearest of 400, both ways; chance is 1/40
  const auto found = [&](const auto& model) {
    const auto a = model.first(ctx, test.x), b = model.second(ctx, test.y);
    const auto scores = similarity::negative_euclidean{}.score(ctx, a, b);
    index_t count = 0;
    for (index_t i = 0; i < 400; ++i) {
      index_t row = 0, column = 0;
      for (index_t j = 0; j < 400; ++j) {
        row += scores.view()(i, j) > scores.view()(i, i) ? 1 : 0;
        column += scores.view()(j, i) > scores.view()(i, i) ? 1 : 0;
      }
      count += (row < 10 ? 1 : 0) + (column < 10 ? 1 : 0);
    }
    return static_cast<double>(count) / 800;
  };
  const double baseline = found(projection::cca{.dimensions = 3}.fit(ctx, train.x, train.y));
  // squared errors of a row add up to far more than those of eight codes in (0, 1), so the weight of the latter is near
  // 1
  for (const auto form : {generative::decoded::itself, generative::decoded::other, generative::decoded::both}) {
    const generative::corr_ae learner{
        f,
        g,
        perceptron(8, 12),
        perceptron(8, 9),
        {.decoded = form,
         .correspondence = 0.97,
         .training = {.epochs = sanitized ? 1 : 60, .batch = 100, .rate = 3e-3, .seed = 3}}};
    const auto model = learner.fit(ctx, train.x, train.y);
    MESSAGE("form ", static_cast<int>(form), ": ", found(model), ", linear CCA ", baseline);
    if (!sanitized) CHECK(found(model) > baseline + 0.15);
  }
  const generative::corr_ae unchecked{f, g, perceptron(8, 12), perceptron(8, 9), {.correspondence = std::nan("")}};
  CHECK_THROWS_WITH_AS(unchecked.fit(ctx, train.x, train.y), doctest::Contains("expected correspondence in [0, 1]"),
                       argument_error);
}
