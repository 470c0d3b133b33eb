// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/visual/attention_map.hpp>

namespace kindred::visual {

/// A rectangle of a map: columns [left, right) of rows [top, bottom). Counted in pixels of the map, y downwards.
struct map_box {
  index_t left = 0, top = 0, right = 0, bottom = 0;
};

/// What pointing_game says of a map, each in [0, 1].
struct pointing_score {
  double mass = 0;  ///< share of the map's sum inside the boxes: attention mass, energy-based pointing game
  double hit = 0;   ///< whether the largest value lies in them: pointing game
  double area = 0;  ///< share of the pixels inside them: the mass of a map that is the same everywhere
};

namespace detail {
pointing_score score_pointing(const std::vector<double>& map, index_t rows, index_t columns,
                              std::span<const map_box> boxes, double tolerance);
}

/// How well a map points at what lies in boxes.
///
/// mass = sum over pixels in a box of m / sum over all pixels of m;  area = pixels in a box / pixels
///
/// A pixel in two boxes counts once. Where several pixels hold the largest value, `hit` is the share of them that hits,
/// which is what a random choice among them gives on average; so a map of equal values has mass = area and, with
/// tolerance 0, hit = area. A map of zeros counts as one of equal values. Means over pictures are the caller's.
///
/// map         height x width, not negative: attention_map of any scale or a grid of weights
/// boxes       none, or any number; parts outside the map do not count
/// tolerance   a largest value that lies at most this far outside a box hits too: distance between centres of pixels
///
/// Complexity   O(height width + pixels of the boxes + largest values times boxes), on the host.
/// Determinism  the same on every machine.
/// Errors       argument_error for an empty map, NaN, infinity or a negative value (the place is named), a box whose
///              sides are out of order, a tolerance that is negative or no number.
/// Reference    Zhang, Lin, Brandt, Shen and Sclaroff 2016 (pointing game, tolerance 15 pixels; they count the one
///              largest value); Wang et al. 2020 (Score-CAM: energy-based).
template <class M>
requires MatrixArgument<M, cpu>
pointing_score pointing_game(const M& map, std::span<const map_box> boxes, double tolerance = 0) {
  const auto m = as_const(map);
  return detail::score_pointing(detail::listed_rows(m), m.rows(), m.cols(), boxes, tolerance);
}

}  // namespace kindred::visual

#if !defined(KINDRED_COMPILED)
#include <kindred/visual/detail/pointing_game_impl.hpp>
#endif
