// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <kindred/visual/attention_map.hpp>
#include <string>

namespace kindred::visual {

/// A picture with what its attention map says painted over it: white, or a colour, with an opacity.
///
/// A pixel is painted where its map is at least `threshold`, with `opacity`, or, `graded`, with opacity times the map,
/// cut to [0, 1]. A threshold of 0 with `graded` shows the whole map.
///
/// pixels  the picture's bytes with the colour over them, c := (1 - o) c + o colour, rounded to nearest. With a fourth
///         channel, opacity a that colours are not multiplied by: a' = o + (1 - o) a, c' = (o colour + (1 - o) a c) /
///         a'.
/// svg     the picture, a PNG file within the SVG, and over it a rectangle for each run of equal values of the map,
///         which is stretched over the whole picture: of attention_map::scaled come the regions as rectangles, of a map
///         of the picture's size its smooth shape. Opacities are rounded to hundredths.
///
/// map      rows x columns; for `pixels` of the size of the picture
/// picture  bytes in rows from the top, channels last: 3 (red, green, blue) or 4 (and opacity)
/// png      a PNG file
///
/// Complexity   O(pixels of the map and the picture); an SVG holds up to 60 bytes for each painted pixel of its map and
///              4/3 of the PNG file.
/// Determinism  the same bytes on every machine; the locale does not matter.
/// Errors       shape_error where map and picture differ in size; argument_error for a map that is empty or holds NaN
///              or infinity (the place is named), an opacity outside [0, 1], a threshold that is no number, other
///              channels, bytes that are no PNG file, a picture without pixels or larger than 20,000; io_error where a
///              file cannot be written. Files appear whole or not at all.
struct attention_overlay {
  double threshold = 0.7;                             ///< painted from this value of the map on
  std::array<std::uint8_t, 3> colour{255, 255, 255};  ///< red, green, blue
  double opacity = 0.6;                               ///< of the colour: 1 hides what is below
  bool graded = false;                                ///< opacity grows with the map
  std::string title{};                                ///< of the SVG, UTF-8

  template <class M>
  requires MatrixArgument<M, cpu>
  std::vector<std::uint8_t> pixels(const M& map, std::span<const std::uint8_t> picture, index_t channels) const {
    const auto m = as_const(map);
    return painted(detail::listed_rows(m), m.rows(), m.cols(), picture, channels);
  }
  template <class M>
  requires MatrixArgument<M, cpu>
  std::string svg(const M& map, std::span<const std::uint8_t> png, index_t height, index_t width) const {
    const auto m = as_const(map);
    return drawn(detail::listed_rows(m), m.rows(), m.cols(), png, height, width);
  }
  template <class M>
  requires MatrixArgument<M, cpu>
  void save_svg(const std::string& path, const M& map, std::span<const std::uint8_t> png, index_t height,
                index_t width) const {
    save(path, svg(map, png, height, width));
  }

 private:
  std::vector<double> opacities(std::vector<double> map, index_t rows, index_t columns) const;
  std::vector<std::uint8_t> painted(std::vector<double> map, index_t rows, index_t columns,
                                    std::span<const std::uint8_t> picture, index_t channels) const;
  std::string drawn(std::vector<double> map, index_t rows, index_t columns, std::span<const std::uint8_t> png,
                    index_t height, index_t width) const;
  static void save(const std::string& path, const std::string& text);
};

}  // namespace kindred::visual

#if !defined(KINDRED_COMPILED)
#include <kindred/visual/detail/attention_overlay_impl.hpp>
#endif
