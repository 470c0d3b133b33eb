// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <emoji_set.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace emoji {

/// A colour bitmap font: code points to glyphs (with the ligatures that join sequences) and glyphs to pictures.
class font {
 public:
  /// Errors  kindred::io_error when the file is missing or is no font with colour bitmaps.
  explicit font(const std::string& path);
  ~font();
  font(const font&) = delete;
  font& operator=(const font&) = delete;

  /// The one glyph of a sequence, variation selectors passed over; 0 when there is none.
  std::uint32_t glyph(std::u32string_view sequence) const;

  /// The picture of a glyph, each square of reduce x reduce pixels averaged to one. Rows and columns that fill no
  /// square are left out.
  /// Errors  kindred::io_error when the glyph has no colour bitmap.
  emoji::picture picture(std::uint32_t glyph, kindred::index_t reduce) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace emoji
