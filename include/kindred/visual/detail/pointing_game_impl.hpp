// SPDX-License-Identifier: Apache-2.0
/// @file
/// Definitions of visual/pointing_game.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/visual/detail/attention_map_impl.hpp>
#include <kindred/visual/pointing_game.hpp>

namespace kindred::visual::detail {

KINDRED_INLINE pointing_score score_pointing(const std::vector<double>& map, index_t rows, index_t columns,
                                             std::span<const map_box> boxes, double tolerance) {
  expects<argument_error>(!map.empty(), "visual::pointing_game: a map of {} x {}", rows, columns);
  expects<argument_error>(tolerance >= 0, "visual::pointing_game: tolerance {}", tolerance);
  expect_finite("pointing_game", map, columns);
  const auto least = std::min_element(map.begin(), map.end());
  expects<argument_error>(*least >= 0, "visual::pointing_game: {} at row {}, column {} is below 0", *least,
                          (least - map.begin()) / columns, (least - map.begin()) % columns);
  std::vector<map_box> cut;  // to the map, those with pixels
  for (const map_box& b : boxes) {
    expects<argument_error>(b.left <= b.right && b.top <= b.bottom,
                            "visual::pointing_game: a box from column {} to {} and row {} to {}", b.left, b.right,
                            b.top, b.bottom);
    const map_box inside{std::max<index_t>(b.left, 0), std::max<index_t>(b.top, 0), std::min(b.right, columns),
                         std::min(b.bottom, rows)};
    if (inside.left < inside.right && inside.top < inside.bottom) cut.push_back(inside);
  }
  std::vector<bool> covered(map.size());
  for (const map_box& b : cut)
    for (index_t r = b.top; r < b.bottom; ++r)
      for (index_t c = b.left; c < b.right; ++c) covered[static_cast<std::size_t>(r * columns + c)] = true;
  const auto hits = [&](index_t r, index_t c) {
    for (const map_box& b : cut) {
      const auto across = static_cast<double>(std::max({b.left - c, c - b.right + 1, index_t(0)}));
      const auto down = static_cast<double>(std::max({b.top - r, r - b.bottom + 1, index_t(0)}));
      if (std::hypot(across, down) <= tolerance) return true;
    }
    return false;
  };
  const double largest = *std::max_element(map.begin(), map.end());
  double all = 0, in_boxes = 0;
  index_t area = 0, tops = 0, top_hits = 0;
  for (std::size_t i = 0; i < map.size(); ++i) {
    const double v = largest > 0 ? map[i] / largest : 1;  // sums of shares cannot overflow
    all += v;
    if (covered[i]) {
      in_boxes += v;
      ++area;
    }
    if (map[i] < largest) continue;
    ++tops;
    if (hits(static_cast<index_t>(i) / columns, static_cast<index_t>(i) % columns)) ++top_hits;
  }
  return {in_boxes / all, static_cast<double>(top_hits) / static_cast<double>(tops),
          static_cast<double>(area) / static_cast<double>(map.size())};
}

}  // namespace kindred::visual::detail
