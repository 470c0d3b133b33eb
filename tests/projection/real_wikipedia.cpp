// SPDX-License-Identifier: Apache-2.0
// The Wikipedia data of Rasiwasia et al. 2010, all 693 x 693 test items, against values that were computed with NumPy in
// double. The average precision here is a loop of its own, so that the room's test does not lean on the rooms it serves.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <kindred/backend/cpu.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/cfa.hpp>
#include <kindred/projection/kcca.hpp>
#include <string>
#include <vector>

#include "real_data.hpp"

using namespace kindred;

namespace {

/// The elements of a .npy file of this data set: little-endian float32 or int32 in C order.
template <class T>
std::vector<T> npy(const std::string& name) {
  std::ifstream file(real_data("wikipedia_rasiwasia2010") + "/" + name + ".npy", std::ios::binary);
  unsigned char head[10] = {};
  REQUIRE(file.read(reinterpret_cast<char*>(head), 10));
  std::string text(head[8] + 256u * head[9], ' ');
  REQUIRE(file.read(text.data(), static_cast<std::streamsize>(text.size())));
  REQUIRE(text.find(std::is_floating_point_v<T> ? "'<f4'" : "'<i4'") != std::string::npos);
  REQUIRE(text.find("False") != std::string::npos);
  std::vector<T> values;
  for (T v; file.read(reinterpret_cast<char*>(&v), sizeof v);) values.push_back(v);
  return values;
}

struct wikipedia {
  context<cpu> ctx{2};
  matrix<float, cpu> train_images = load("train_images", 128), train_texts = load("train_texts", 10);
  matrix<float, cpu> test_images = load("test_images", 128), test_texts = load("test_texts", 10);
  std::vector<label_t> labels = npy<label_t>("test_labels");

  matrix<float, cpu> load(const std::string& name, index_t cols) {
    const auto values = npy<float>(name);
    return matrix<float, cpu>(ctx, static_cast<index_t>(values.size()) / cols, cols, values);
  }
};

/// Mean over queries of the average precision over all results: cosine, score descending, index ascending.
double mean_average_precision(matrix_view<const float, cpu> queries, matrix_view<const float, cpu> gallery,
                              const std::vector<label_t>& labels) {
  double sum = 0;
  for (index_t q = 0; q < queries.rows(); ++q) {
    std::vector<std::pair<double, index_t>> ranking;
    for (index_t g = 0; g < gallery.rows(); ++g) {
      double dot = 0, a = 0, b = 0;
      for (index_t c = 0; c < queries.cols(); ++c) {
        const double x = static_cast<double>(queries(q, c)), y = static_cast<double>(gallery(g, c));
        dot += x * y;
        a += x * x;
        b += y * y;
      }
      ranking.emplace_back(-dot / std::sqrt(a * b), g);
    }
    std::sort(ranking.begin(), ranking.end());
    double hits = 0, precision = 0, rank = 0;
    for (const auto& [score, g] : ranking) {
      rank += 1;
      if (labels[static_cast<std::size_t>(g)] != labels[static_cast<std::size_t>(q)]) continue;
      hits += 1;
      precision += hits / rank;
    }
    sum += precision / hits;
  }
  return sum / static_cast<double>(queries.rows());
}

template <class P>
std::pair<double, double> both_directions(wikipedia& data, const P& projection) {
  const auto images = projection.first(data.ctx, data.test_images),
             texts = projection.second(data.ctx, data.test_texts);
  return {mean_average_precision(images.view(), texts.view(), data.labels),
          mean_average_precision(texts.view(), images.view(), data.labels)};
}

}  // namespace

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
