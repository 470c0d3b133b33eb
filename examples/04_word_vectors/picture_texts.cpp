// SPDX-License-Identifier: Apache-2.0
#include "picture_texts.hpp"

#include <algorithm>
#include <emoji_set.hpp>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/permutation.hpp>
#include <kindred/encoder/patch_descriptor.hpp>

namespace vectors {

namespace kd = kindred;
using kd::cpu;
using kd::index_t;

picture_texts described_emoji(std::uint64_t seed) {
  const emoji::emoji_set set = emoji::build();
  const auto count = static_cast<index_t>(set.items.size());
  const auto order = kd::random::permutation(count, seed);
  const auto item = [&](index_t i) -> const emoji::item& {
    return set.items[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])];
  };
  const kd::encoder::patch_descriptor descriptor{.rows = 6, .cols = 6, .orientations = 24, .channels = 4, .white = 255};
  picture_texts out;
  out.columns = descriptor.dimension();
  kd::context<cpu> ctx;
  constexpr index_t band = 128;  // pictures as floats take much room
  for (index_t first = 0; first < count; first += band) {
    const index_t here = std::min(band, count - first);
    const emoji::picture& shape = item(0).picture;
    kd::batch<float, cpu> pictures(ctx, here, shape.width * shape.height, 4, shape.height);
    float* to = pictures.view().values.data();
    for (index_t i = 0; i < here; ++i)
      for (const auto byte : item(first + i).picture.rgba) *to++ = static_cast<float>(byte);
    kd::matrix<float, cpu> rows(ctx, here, descriptor.dimension());
    descriptor.encode(ctx, kd::const_batch<float, cpu>(pictures.view()), rows.view());
    const auto host = rows.to_host();
    out.pictures.insert(out.pictures.end(), host.begin(), host.end());
  }
  for (index_t i = 0; i < count; ++i) {
    out.texts.push_back(emoji::korean_text(item(i)));
    out.groups.push_back(item(i).group);
  }
  return out;
}

}  // namespace vectors
