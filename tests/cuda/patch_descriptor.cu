// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/core/random.hpp>
#include <kindred/encoder/patch_descriptor.hpp>

using namespace kindred;

namespace {

template <Device D>
std::vector<float> described(const encoder::patch_descriptor& spec, index_t items, index_t height, index_t width) {
  std::vector<float> values(static_cast<std::size_t>(items * height * width * spec.channels));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(random::uniform(1, 0, i));
  context<D> ctx;
  const matrix<float, D> pixels(ctx, items * height * width, spec.channels, values);
  return spec.encode(ctx, batch_view<const float, D>{pixels.view(), {}, items, height * width, height}).to_host();
}

}  // namespace

TEST_CASE("the GPU describes pictures as the host does") {
  const encoder::patch_descriptor specs[] = {
      {}, {.rows = 3, .cols = 2, .orientations = 9, .directed = true, .neighbourhood = 0, .channels = 4}};
  const index_t sizes[][2] = {{24, 24}, {8, 31}, {7, 33}, {1, 1}, {200, 180}};
  for (const auto& spec : specs)
    for (const auto& size : sizes) {
      const auto want = described<cpu>(spec, 5, size[0], size[1]), got = described<cuda>(spec, 5, size[0], size[1]);
      REQUIRE(got.size() == want.size());
      double most = 0;
      for (std::size_t i = 0; i < got.size(); ++i) most = std::fmax(most, std::fabs(double(got[i]) - double(want[i])));
      CHECK(most < 2e-5);
    }
}
