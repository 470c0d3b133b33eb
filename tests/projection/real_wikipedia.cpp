// SPDX-License-Identifier: Apache-2.0
// The Wikipedia data of Rasiwasia et al. 2010, all 693 x 693 test items, against values that were computed with NumPy
// in double.
#include <doctest/doctest.h>

#include <kindred/projection/cca.hpp>
#include <kindred/projection/cfa.hpp>
#include <kindred/projection/kcca.hpp>

#include "projection/wikipedia.hpp"

using namespace kindred;

TEST_CASE("cca reaches the published precision on Wikipedia and finds the rank of the topic mixtures") {
  wikipedia data;
  REQUIRE(data.test_images.rows() == 693);
  const auto seven = projection::cca{.dimensions = 7, .ridge = 1e-6}.fit(data.ctx, data.train_images, data.train_texts);
  const auto [images, texts] = both_directions(data, seven);
  CHECK(std::abs(images - 0.2463) < 0.0005);
  CHECK(std::abs(texts - 0.2007) < 0.0005);
  CHECK(seven.second_rank() == 9);  // rows of topic mixtures sum to one

  const auto nine = projection::cca{.dimensions = 9, .ridge = 1e-6}.fit(data.ctx, data.train_images, data.train_texts);
  const double expected[] = {0.557746, 0.447688, 0.436531, 0.371758, 0.346758, 0.329715, 0.293341, 0.2796, 0.2479};
  REQUIRE(nine.dimensions() == 9);
  for (std::size_t j = 0; j < 9; ++j) CHECK(std::abs(nine.correlations()[j] - expected[j]) < (j < 7 ? 5e-6 : 5e-5));

  const auto scaled = projection::cca{.dimensions = 9, .ridge = 1e-3, .power = 1};
  const auto [scaled_images, scaled_texts] =
      both_directions(data, scaled.fit(data.ctx, data.train_images, data.train_texts));
  CHECK(std::abs(scaled_images - 0.2590) < 0.0005);
  CHECK(std::abs(scaled_texts - 0.2115) < 0.0005);
}

TEST_CASE("cfa with standardized columns and ten dimensions") {
  wikipedia data;
  const auto [images, texts] =
      both_directions(data, projection::cfa{.dimensions = 10}.fit(data.ctx, data.train_images, data.train_texts));
  CHECK(std::abs(images - 0.2455) < 0.001);
  CHECK(std::abs(texts - 0.1949) < 0.001);
}

TEST_CASE("kcca with Gaussian kernels, the median rule and five dimensions") {
  wikipedia data;
  const auto five =
      projection::kcca<>{.dimensions = 5, .kappa = 1e-3}.fit(data.ctx, data.train_images, data.train_texts);
  // published for columns divided by the deviation with divisor n; ours is n - 1
  const double divisors = std::sqrt(2172.0 / 2173.0);
  CHECK(std::abs(five.first_map().kernel().width - 15.206 * divisors) < 0.0006);
  CHECK(std::abs(five.second_map().kernel().width - 4.377 * divisors) < 0.0006);
  const auto [images, texts] = both_directions(data, five);
  CHECK(std::abs(images - 0.2659) < 0.002);
  CHECK(std::abs(texts - 0.2121) < 0.002);
}
