// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/generative/cmdn.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/concept.hpp>
#include <kindred/similarity/cosine.hpp>

#include "io/files.hpp"
#include "model/shared_factors.hpp"

using namespace kindred;

namespace {

generative::cmdn_options small(index_t epochs) {
  const model::training_options how{.epochs = epochs, .batch = 50, .rate = 5e-3};
  const generative::stacked_autoencoder_options alone{
      .network = {.hidden = {32}}, .pretraining = how, .fine_tuning = how};
  const generative::multimodal_dbn_side side{
      .lower = {.hidden = 48, .visible = generative::rbm_visible::gaussian, .rate = 0.02},
      .upper = {.hidden = 32, .rate = 0.2}};
  const generative::rbm_options joint{.hidden = 48, .rate = 0.2};
  return {.first = alone,
          .second = alone,
          .belief = {.first = side, .second = side, .joint = joint, .epochs = epochs, .batch = 50},
          .joint = joint,
          .hidden = 48,
          .classifier = how,
          .stages = {24, 16},
          .stage = how};
}

/// Share of the squared distances from the mean that the means of the classes explain.
double explained_by_class(const matrix<float, cpu>& rows, const std::vector<label_t>& labels) {
  double within = 0, all = 0;
  for (index_t c = 0; c < rows.cols(); ++c) {
    std::vector<double> sums(8), counts(8);
    double sum = 0, squares = 0;
    for (index_t i = 0; i < rows.rows(); ++i) {
      const double v = rows.view()(i, c);
      const auto label = static_cast<std::size_t>(labels[static_cast<std::size_t>(i)] - 10);
      sums[label] += v, counts[label] += 1, sum += v, squares += v * v;
    }
    within += squares;
    for (std::size_t k = 0; k < 8; ++k) within -= sums[k] * sums[k] / counts[k];
    all += squares - sum * sum / static_cast<double>(rows.rows());
  }
  return 1 - within / all;
}

}  // namespace

TEST_CASE("cmdn finds items of the class on the other side that linear CCA misses") {
  static_assert(projection::LabelledLearner<generative::cmdn>);
  context<cpu> ctx;
  const shared_factors train(ctx, 800, 1), test(ctx, 300, 2);
  const double baseline = average_precision(ctx, projection::cca{.dimensions = 3}.fit(ctx, train.x, train.y), test);
  const auto model = generative::cmdn{small(12)}.fit(ctx, train.x, train.y, train.labels);
  const double found = average_precision(ctx, model, test);
  // eight classes, chance 1/8. deep_sm, which learns the classes alone, is 0.2 above linear CCA on these data
  // (pairs.cpp)
  MESSAGE("mean average precision of unseen pairs: cmdn ", found, ", linear CCA ", baseline);
  CHECK(found > baseline + 0.2);
  CHECK(model.dimensions() == 16);

  // step 4 knows the classes: of the bent side its features say far more about them than the rows do
  matrix<float, cpu> features(ctx, 300, 48);
  model.first_pathway().encode(ctx, test.x, model.inter().first(ctx, test.x), features.view());
  MESSAGE("explained by the classes: rows ", explained_by_class(test.x, test.labels), ", features ",
          explained_by_class(features, test.labels));
  CHECK(explained_by_class(features, test.labels) > explained_by_class(test.x, test.labels) + 0.2);

  // the stages written out: the code of a side alone is that of zeros in place of the other
  matrix<float, cpu> other(ctx, 300, 48);
  model.second_pathway().encode(ctx, test.y, model.inter().second(ctx, test.y), other.view());
  const auto first = model.first(ctx, test.x), second = model.second(ctx, test.y);
  for (const bool side : {false, true})
    for (index_t i = 0; i < 300; i += 50) {
      std::vector<double> code;
      for (index_t c = 0; c < 48; ++c) code.push_back((side ? other : features).view()(i, c));
      for (const auto& stage : model.stages()) {
        const auto in = static_cast<index_t>(code.size()), out = stage.dimension();
        std::vector<double> next;
        for (index_t c = 0; c < out; ++c) {
          double sum = stage.weights()(2 * in * out + c);
          for (index_t k = 0; k < in; ++k)
            sum += code[static_cast<std::size_t>(k)] * stage.weights()((side ? in + k : k) * out + c);
          next.push_back(1 / (1 + std::exp(-sum)));
        }
        code = next;
      }
      for (index_t c = 0; c < 16; ++c)
        CHECK((side ? second : first).view()(i, c) == doctest::Approx(code[static_cast<std::size_t>(c)]).epsilon(1e-4));
    }
}

TEST_CASE("cmdn: the same bytes on any number of threads, and from its file") {
  context<cpu> two(2), one(1);
  const shared_factors train(two, 120, 1), alike(one, 120, 1);
  const auto model = generative::cmdn{small(1)}.fit(two, train.x, train.y, train.labels);
  const auto alone = generative::cmdn{small(1)}.fit(one, alike.x, alike.y, alike.labels);
  const auto first = model.first(two, train.x).to_host(), second = model.second(two, train.y).to_host();
  CHECK(alone.first(one, alike.x).to_host() == first);
  CHECK(alone.second(one, alike.y).to_host() == second);
  const temporary_folder folder;
  model.save(folder / "model");
  const auto back = generative::cmdn_model<float, cpu>::load(two, folder / "model");
  CHECK(back.first(two, train.x).to_host() == first);
  CHECK(back.second(two, train.y).to_host() == second);
  CHECK_THROWS_WITH_AS((generative::multimodal_dbn_model<float, cpu>::load(two, folder / "model")),
                       doctest::Contains("expected multimodal_dbn_model 1, got cmdn_model 1"), io_error);

  // progress ends all that would follow
  int calls = 0;
  generative::cmdn{small(3)}.fit(two, train.x, train.y, train.labels, [&](const train::epochs_progress&) {
    ++calls;
    return false;
  });
  CHECK(calls == 1);
}

TEST_CASE("cmdn refuses options and rows that do not fit in one sentence, before it trains") {
  context<cpu> ctx;
  const shared_factors pairs(ctx, 20, 1), fewer(ctx, 19, 1);
  const auto refused = [&](auto change, const char* why) {
    auto options = small(1);
    change(options);
    CHECK_THROWS_WITH_AS((generative::cmdn{options}.fit(ctx, pairs.x, pairs.y, pairs.labels,
                                                        [](const train::epochs_progress&) { FAIL_CHECK("trained"); })),
                         doctest::Contains(why), argument_error);
  };
  refused([](auto& o) { o.second.network.units = generative::autoencoder_units::linear; }, "with sigmoid units");
  refused([](auto& o) { o.first.network.hidden = {}; }, "hidden");
  refused([](auto& o) { o.joint.visible = generative::rbm_visible::gaussian; }, "expected visible bernoulli");
  refused([](auto& o) { o.hidden = 0; }, "0 hidden units");
  refused([](auto& o) { o.stages = {8, 0}; }, "a stage of 0 numbers");
  refused([](auto& o) { o.classifier.batch = 0; }, "expected classifier.batch of at least 1, got 0");
  refused([](auto& o) { o.correspondence = -1; }, "expected correspondence to be finite and at least 0, got -1");
  refused([](auto& o) { o.second.fine_tuning.rate = std::nan(""); }, "expected second.fine_tuning.rate");
  refused([](auto& o) { o.stage.weight_decay = -1; }, "expected stage.weight_decay");
  refused([](auto& o) { o.belief.inference.steps = 0; }, "expected inference.steps in [1, ");
  CHECK_THROWS_WITH_AS(generative::cmdn{small(1)}.fit(ctx, pairs.x, pairs.y, fewer.labels),
                       doctest::Contains("20 and 20 rows and 19 labels"), shape_error);
}
