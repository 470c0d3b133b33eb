// SPDX-License-Identifier: Apache-2.0
// The learners that use labels, on the Wikipedia data of Rasiwasia et al. 2010, all 693 x 693 test items, against
// values that were computed with NumPy in double.
#include <doctest/doctest.h>

#include <kindred/projection/ml_cca.hpp>
#include <kindred/projection/multiview_cca.hpp>

#include "projection/wikipedia.hpp"

using namespace kindred;

TEST_CASE("multi-view cca with labels as the third view, nine dimensions and the fourth power of eigenvalues") {
  wikipedia data;
  REQUIRE(data.test_images.rows() == 693);
  const projection::multiview_cca learner{.dimensions = 9, .ridge = projection::ridge::absolute(0.1), .power = 4};
  const auto space = learner.fit(data.ctx, data.train_images, data.train_texts, data.train_labels);
  CHECK(space.rank(0) == 127);  // rows of both sum to one
  CHECK(space.rank(1) == 9);
  CHECK(space.rank(2) == 9);
  const auto [images, texts] = both_directions(data, space);
  MESSAGE("multiview_cca: " << images << " / " << texts);
  CHECK(std::abs(images - 0.2816) < 0.002);
  CHECK(std::abs(texts - 0.2250) < 0.002);
}

TEST_CASE("ml-CCA with class labels, nine dimensions, scaled by correlations") {
  wikipedia data;
  const projection::ml_cca<> learner{.dimensions = 9, .ridge = 0.25, .power = 1};
  const auto [images, texts] =
      both_directions(data, learner.fit(data.ctx, data.train_images, data.train_texts, data.train_labels));
  MESSAGE("ml_cca: " << images << " / " << texts);
  CHECK(std::abs(images - 0.2779) < 0.002);
  CHECK(std::abs(texts - 0.2234) < 0.002);
  const projection::ml_cca<> plain{.dimensions = 9, .ridge = 0.25};
  const auto [plain_images, plain_texts] =
      both_directions(data, plain.fit(data.ctx, data.train_images, data.train_texts, data.train_labels));
  MESSAGE("ml_cca, power 0: " << plain_images << " / " << plain_texts);
  CHECK(std::abs(plain_images - 0.2475) < 0.002);
  CHECK(std::abs(plain_texts - 0.1954) < 0.002);
}
