// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/data/random_affine.hpp>

using namespace kindred;

namespace {

template <Device D>
std::vector<float> moved(index_t items, index_t height, index_t width, index_t channels) {
  std::vector<float> values(static_cast<std::size_t>(items * height * width * channels));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(random::uniform(1, 0, i));
  context<D> ctx;
  const matrix<float, D> pixels(ctx, items * height * width, channels, values);
  batch<float, D> y(ctx, items, height * width, channels, height);
  const data::random_affine map{.rotation = 40, .shift = 0.2, .scale = 1.5, .shear = 10, .flip = true, .border = 0.5};
  map(ctx, batch_view<const float, D>{pixels.view(), {}, items, height * width, height}, y.view(), 7);
  return to_host(ctx, y.view().values);
}

}  // namespace

TEST_CASE("the GPU moves pictures as the host does") {
  const index_t sizes[][4] = {{9, 28, 28, 1}, {3, 17, 40, 3}, {0, 8, 8, 1}};
  for (const auto& s : sizes) {
    const auto want = moved<cpu>(s[0], s[1], s[2], s[3]), got = moved<cuda>(s[0], s[1], s[2], s[3]);
    REQUIRE(got.size() == want.size());
    double most = 0;
    for (std::size_t i = 0; i < got.size(); ++i) most = std::fmax(most, std::fabs(double(got[i]) - double(want[i])));
    CHECK(most < 1e-4);
  }
}
