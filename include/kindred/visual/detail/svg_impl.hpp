// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the SVG pictures of this room share.
#pragma once

#include <charconv>
#include <cmath>
#include <string>

namespace kindred::visual::detail {

/// v with at most two places behind the point.
inline std::string places(double v) {
  char text[64];
  const double rounded = std::round(v * 100) / 100;
  const auto end =
      std::to_chars(text, text + sizeof text, rounded == 0 ? 0.0 : rounded, std::chars_format::fixed, 2).ptr;
  std::string out(text, end);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out;
}

}  // namespace kindred::visual::detail
