// SPDX-License-Identifier: Apache-2.0
#include "glyph_drawing.hpp"

#include <algorithm>
#include <cmath>
#include <kindred/core/error.hpp>

namespace sns {

namespace {

std::size_t byte_of(const emoji::picture& p, index_t x, index_t y) {
  return static_cast<std::size_t>((y * p.width + x) * 4);
}

/// The pixels of a line of `from` pixels that pixel `i` of `to` covers, and how much of each, in parts of 1 / `to`
/// pixels.
struct covered {
  index_t first, last, begin, end, unit;
  covered(index_t i, index_t from, index_t to)
      : first(i * from / to), last(((i + 1) * from - 1) / to), begin(i * from), end(begin + from), unit(to) {}
  index_t share(index_t at) const { return std::min(end, (at + 1) * unit) - std::max(begin, at * unit); }
};

}  // namespace

emoji::picture cropped(const emoji::picture& glyph) {
  index_t left = glyph.width, right = -1, top = glyph.height, bottom = -1;
  for (index_t y = 0; y < glyph.height; ++y)
    for (index_t x = 0; x < glyph.width; ++x) {
      if (glyph.rgba[byte_of(glyph, x, y) + 3] == 0) continue;
      left = std::min(left, x), right = std::max(right, x);
      top = std::min(top, y), bottom = std::max(bottom, y);
    }
  kindred::expects<kindred::argument_error>(right >= left, "a glyph of {} x {} transparent pixels", glyph.width,
                                            glyph.height);
  emoji::picture out{right - left + 1, bottom - top + 1, {}};
  for (index_t y = top; y <= bottom; ++y) {
    const auto line = glyph.rgba.begin() + static_cast<std::ptrdiff_t>(byte_of(glyph, left, y));
    out.rgba.insert(out.rgba.end(), line, line + out.width * 4);
  }
  return out;
}

std::pair<index_t, index_t> scaled_size(const emoji::picture& glyph, index_t size, index_t longest) {
  // the largest width and height of the glyph's proportions within both limits, by trying
  index_t width = 1, height = 1;
  const index_t most = std::max(glyph.width, glyph.height);
  for (index_t side = 1; side <= longest; ++side) {
    const index_t w = std::max<index_t>(1, (glyph.width * side + most / 2) / most);
    const index_t h = std::max<index_t>(1, (glyph.height * side + most / 2) / most);
    if (w * h > size * size) break;
    width = w, height = h;
  }
  return {width, height};
}

void draw(const emoji::picture& glyph, const box& where, emoji::picture& onto) {
  const index_t whole = glyph.width * glyph.height * 255;  // weight of an opaque pixel
  for (index_t y = std::max<index_t>(0, -where.top); y < std::min(where.height, onto.height - where.top); ++y)
    for (index_t x = std::max<index_t>(0, -where.left); x < std::min(where.width, onto.width - where.left); ++x) {
      const covered across(x, glyph.width, where.width), down(y, glyph.height, where.height);
      index_t colour[3] = {}, opacity = 0;
      for (index_t v = down.first; v <= down.last; ++v)
        for (index_t u = across.first; u <= across.last; ++u) {
          const auto at = byte_of(glyph, u, v);
          const index_t weight = across.share(u) * down.share(v) * glyph.rgba[at + 3];
          opacity += weight;
          for (std::size_t c = 0; c < 3; ++c) colour[c] += weight * glyph.rgba[at + c];
        }
      const auto to = byte_of(onto, where.left + x, where.top + y);
      for (std::size_t c = 0; c < 3; ++c)
        onto.rgba[to + c] =
            static_cast<std::uint8_t>((colour[c] + (whole - opacity) * onto.rgba[to + c] + whole / 2) / whole);
    }
}

emoji::picture ground(index_t width, index_t height, draws& random) {
  index_t colour[2][3];
  for (auto& one : colour)
    for (auto& channel : one) channel = random.between(40, 255);
  const bool plain = random.chance(40);
  const index_t across = random.between(-3, 3), down = random.between(-3, 3);
  // how far a pixel lies along the direction, from 0 at one corner to `length` at the other
  const index_t start = std::min<index_t>(0, across * (width - 1)) + std::min<index_t>(0, down * (height - 1));
  const index_t length = std::max<index_t>(1, std::abs(across) * (width - 1) + std::abs(down) * (height - 1));
  emoji::picture out{width, height, {}};
  out.rgba.reserve(static_cast<std::size_t>(width * height * 4));
  for (index_t y = 0; y < height; ++y)
    for (index_t x = 0; x < width; ++x) {
      const index_t far = plain ? 0 : across * x + down * y - start;
      for (std::size_t c = 0; c < 3; ++c)
        out.rgba.push_back(
            static_cast<std::uint8_t>((colour[0][c] * (length - far) + colour[1][c] * far + length / 2) / length));
      out.rgba.push_back(255);
    }
  return out;
}

}  // namespace sns
