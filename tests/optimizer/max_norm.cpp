// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/optimizer/adadelta.hpp>
#include <kindred/optimizer/max_norm.hpp>

using namespace kindred;

TEST_CASE(
    "max_norm shortens the long columns of the named matrices after the step of its optimizer, and nothing else") {
  const index_t rows = 600, cols = 7, n = rows * cols + cols;  // more rows than a sum takes at a time
  const layer::linear spec(rows, cols);
  optimizer::max_norm<optimizer::adadelta> held{{.smoothing = 0.95}, 3.0};
  held.set(spec, "weight");
  const optimizer::adadelta alone{.smoothing = 0.95};
  std::vector<float> start(static_cast<std::size_t>(n)), slope(start.size());
  for (std::size_t i = 0; i < start.size(); ++i) {
    slope[i] = static_cast<float>(random::uniform(1, 0, i)) - 0.5f;
    start[i] = (i % 7 < 4 ? 0.3f : 0.01f) * static_cast<float>(random::uniform(2, 0, i));
  }
  std::vector<std::vector<float>> came;
  for (const int threads : {1, 3}) {
    context<cpu> ctx(threads);
    const vector<float, cpu> gradient(ctx, slope);
    vector<float, cpu> free(ctx, start), bound(ctx, start);
    optimizer::adadelta::state<float, cpu> a(ctx, n), b(ctx, n);
    alone.update(ctx, a, free.view(), gradient.view());
    held.update(ctx, b, bound.view(), gradient.view());
    for (index_t c = 0; c < cols; ++c) {
      double square = 0;
      for (index_t r = 0; r < rows; ++r) square += std::pow(double(free.data()[r * cols + c]), 2);
      const double scale = square > 9 ? 3 / std::sqrt(square) : 1;
      CHECK((scale < 1) == (c < 4));
      for (index_t r = 0; r < rows; ++r) {
        const double wanted = double(free.data()[r * cols + c]) * scale;
        CHECK(double(bound.data()[r * cols + c]) == doctest::Approx(wanted).epsilon(1e-6));
      }
      CHECK(bound.data()[rows * cols + c] == free.data()[rows * cols + c]);  // the bias is no matrix
    }
    came.push_back(bound.to_host());
  }
  CHECK(came[0] == came[1]);
}

TEST_CASE("max_norm refuses names without a matrix, matrices outside the weights and lengths that are not above 0") {
  context<cpu> ctx;
  optimizer::max_norm<optimizer::adadelta> held;
  CHECK_THROWS_AS(held.set(layer::linear(3, 2), "wieght"), argument_error);
  CHECK_THROWS_AS(held.set(layer::linear(3, 2), "bias"), argument_error);
  vector<float, cpu> w(ctx, 4), g(ctx, 4);
  optimizer::adadelta::state<float, cpu> s(ctx, 4);
  held.parts = {{2, 3, 1}};
  CHECK_THROWS_AS(held.update(ctx, s, w.view(), g.view()), shape_error);
  held.parts = {{0, 2, 2}};
  held.largest = 0;
  CHECK_THROWS_AS(held.update(ctx, s, w.view(), g.view()), argument_error);
}
