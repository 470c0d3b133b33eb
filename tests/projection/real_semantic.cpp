// SPDX-License-Identifier: Apache-2.0
// Semantic matching on the Wikipedia data of Rasiwasia et al. 2010, all 693 x 693 test items, against values that were
// computed with NumPy and scikit-learn in double.
#include <doctest/doctest.h>

#include <kindred/projection/semantic.hpp>

#include "projection/wikipedia.hpp"

using namespace kindred;

namespace {

/// The rows less their mean, so that cosine becomes normalized correlation.
matrix<float, cpu> centred(const matrix<float, cpu>& m) {
  matrix<float, cpu> out = m.clone();
  for (index_t c = 0; c < m.cols(); ++c) {
    double sum = 0;
    for (index_t r = 0; r < m.rows(); ++r) sum += static_cast<double>(m.view()(r, c));
    for (index_t r = 0; r < m.rows(); ++r)
      out.view()(r, c) = static_cast<float>(static_cast<double>(m.view()(r, c)) - sum / static_cast<double>(m.rows()));
  }
  return out;
}

template <class P>
std::pair<double, double> correlated(wikipedia& data, const P& projection) {
  const auto images = centred(projection.first(data.ctx, data.test_images)),
             texts = centred(projection.second(data.ctx, data.test_texts));
  return {mean_average_precision(images.view(), texts.view(), data.labels),
          mean_average_precision(texts.view(), images.view(), data.labels)};
}

double accuracy(const matrix<float, cpu>& posteriors, const std::vector<label_t>& labels,
                const std::vector<label_t>& classes) {
  double right = 0;
  for (index_t i = 0; i < posteriors.rows(); ++i) {
    index_t best = 0;
    for (index_t j = 1; j < posteriors.cols(); ++j)
      if (posteriors.view()(i, j) > posteriors.view()(i, best)) best = j;
    right += classes[static_cast<std::size_t>(best)] == labels[static_cast<std::size_t>(i)];
  }
  return right / static_cast<double>(posteriors.rows());
}

}  // namespace

TEST_CASE("semantic correlation matching on nine canonical coordinates") {
  wikipedia data;
  REQUIRE(data.test_images.rows() == 693);
  const projection::semantic learner{.correlation = projection::cca{.dimensions = 9}};
  const auto space = learner.fit(data.ctx, data.train_images, data.train_texts, data.train_labels);
  CHECK(space.dimensions() == 10);
  const auto [images, texts] = both_directions(data, space);
  MESSAGE("SCM, cosine: " << images << " / " << texts);
  CHECK(std::abs(images - 0.2756) < 0.003);
  CHECK(std::abs(texts - 0.2256) < 0.003);
  const auto [centred_images, centred_texts] = correlated(data, space);
  MESSAGE("SCM, normalized correlation: " << centred_images << " / " << centred_texts);
  CHECK(std::abs(centred_images - 0.3038) < 0.003);
  CHECK(std::abs(centred_texts - 0.2236) < 0.003);
}

TEST_CASE("semantic matching on columns of unit variance") {
  wikipedia data;
  const auto space = projection::semantic{}.fit(data.ctx, data.train_images, data.train_texts, data.train_labels);
  const auto [images, texts] = correlated(data, space);
  MESSAGE("SM, normalized correlation: " << images << " / " << texts);
  CHECK(std::abs(images - 0.2897) < 0.003);
  CHECK(std::abs(texts - 0.2106) < 0.003);
  const auto [cosine_images, cosine_texts] = both_directions(data, space);
  MESSAGE("SM, cosine: " << cosine_images << " / " << cosine_texts);
  CHECK(std::abs(cosine_images - 0.2782) < 0.003);
  CHECK(std::abs(cosine_texts - 0.2115) < 0.003);
  CHECK(std::abs(accuracy(space.first(data.ctx, data.test_images), data.labels, space.classes()) - 0.2597) < 0.003);
  CHECK(std::abs(accuracy(space.second(data.ctx, data.test_texts), data.labels, space.classes()) - 0.6739) < 0.003);
}
