// SPDX-License-Identifier: Apache-2.0
/// @file
/// Definitions of visual/attention_overlay.hpp.
#pragma once

#include <kindred/io/atomic_file.hpp>
#include <kindred/io/base64.hpp>
#include <kindred/io/escaped.hpp>
#include <kindred/visual/attention_overlay.hpp>
#include <kindred/visual/detail/attention_map_impl.hpp>
#include <kindred/visual/detail/svg_impl.hpp>

namespace kindred::visual {

KINDRED_INLINE std::vector<double> attention_overlay::opacities(std::vector<double> map, index_t rows,
                                                                index_t columns) const {
  expects<argument_error>(!map.empty(), "visual::attention_overlay: a map of {} x {}", rows, columns);
  expects<argument_error>(opacity >= 0 && opacity <= 1, "visual::attention_overlay: expected opacity in [0, 1], got {}",
                          opacity);
  detail::expect_threshold("attention_overlay", threshold);
  detail::expect_finite("attention_overlay", map, columns);
  for (double& v : map) v = v < threshold ? 0 : graded ? opacity * std::clamp(v, 0.0, 1.0) : opacity;
  return map;
}

KINDRED_INLINE std::vector<std::uint8_t> attention_overlay::painted(std::vector<double> map, index_t rows,
                                                                    index_t columns,
                                                                    std::span<const std::uint8_t> picture,
                                                                    index_t channels) const {
  expects<argument_error>(channels == 3 || channels == 4, "visual::attention_overlay: expected 3 or 4 channels, got {}",
                          channels);
  expects(static_cast<index_t>(picture.size()) == rows * columns * channels,
          "visual::attention_overlay: a map of {} x {}, and {} bytes of a picture of {} channels", rows, columns,
          picture.size(), channels);
  const std::vector<double> over = opacities(std::move(map), rows, columns);
  std::vector<std::uint8_t> out(picture.begin(), picture.end());
  const auto step = static_cast<std::size_t>(channels);
  for (std::size_t p = 0; p < over.size(); ++p) {
    const double o = over[p];
    if (o == 0) continue;
    std::uint8_t* const at = out.data() + p * step;
    const double below = (1 - o) * (channels == 4 ? at[3] / 255.0 : 1), whole = o + below;
    for (std::size_t c = 0; c < 3; ++c)
      at[c] = static_cast<std::uint8_t>(std::lround((o * colour[c] + below * at[c]) / whole));
    if (channels == 4) at[3] = static_cast<std::uint8_t>(std::lround(255 * whole));
  }
  return out;
}

KINDRED_INLINE std::string attention_overlay::drawn(std::vector<double> map, index_t rows, index_t columns,
                                                    std::span<const std::uint8_t> png, index_t height,
                                                    index_t width) const {
  using detail::places;
  constexpr std::uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  expects<argument_error>(png.size() > 8 && std::equal(std::begin(signature), std::end(signature), png.begin()),
                          "visual::attention_overlay: the {} bytes of the picture are no PNG file", png.size());
  expects<argument_error>(height >= 1 && width >= 1 && height <= 20000 && width <= 20000,
                          "visual::attention_overlay: expected an image of 1 to 20000 x 1 to 20000 pixels, got {} x {}",
                          width, height);
  std::vector<double> over = opacities(std::move(map), rows, columns);
  for (double& o : over) o = std::round(o * 100) / 100;
  const std::string w = std::to_string(width), h = std::to_string(height);
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + w + "\" height=\"" + h +
                    "\" viewBox=\"0 0 " + w + " " + h + "\" role=\"img\">\n<title>" +
                    io::escaped(title.empty() ? "Attention map" : title) + "</title>\n<image width=\"" + w +
                    "\" height=\"" + h + "\" preserveAspectRatio=\"none\" href=\"data:image/png;base64," +
                    io::base64(png) + "\"/>\n";
  // no smoothing of edges: it would show as lines between rectangles that touch
  out += "<g fill=\"" + detail::hexadecimal(colour) + "\" shape-rendering=\"crispEdges\">\n";
  const auto edge = [](index_t i, index_t count, index_t length) {
    return static_cast<double>(i) * static_cast<double>(length) / static_cast<double>(count);
  };
  for (index_t r = 0; r < rows;) {
    const double* const row = over.data() + r * columns;
    index_t end = r + 1;  // rows that are alike are one
    while (end < rows && std::equal(row, row + columns, over.data() + end * columns)) ++end;
    for (index_t c = 0; c < columns;) {
      index_t last = c + 1;
      while (last < columns && row[last] == row[c]) ++last;
      if (row[c] > 0) {
        const double x = edge(c, columns, width), y = edge(r, rows, height);
        out += "<rect x=\"" + places(x) + "\" y=\"" + places(y) + "\" width=\"" +
               places(edge(last, columns, width) - x) + "\" height=\"" + places(edge(end, rows, height) - y) +
               "\" fill-opacity=\"" + places(row[c]) + "\"/>\n";
      }
      c = last;
    }
    r = end;
  }
  return out + "</g>\n</svg>\n";
}

KINDRED_INLINE void attention_overlay::save(const std::string& path, const std::string& text) {
  io::atomic_file file(path);
  file.write(text);
  file.commit();
}

}  // namespace kindred::visual
