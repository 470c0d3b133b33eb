// SPDX-License-Identifier: Apache-2.0
/// @file
/// Definitions of visual/attention_map.hpp, and what the headers around it share.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <kindred/visual/attention_map.hpp>
#include <string>

namespace kindred::visual::detail {

inline void expect_finite(const char* who, const std::vector<double>& values, index_t columns) {
  for (std::size_t i = 0; i < values.size(); ++i)
    expects<argument_error>(std::isfinite(values[i]), "visual::{}: {} at row {}, column {}", who, values[i],
                            static_cast<index_t>(i) / columns, static_cast<index_t>(i) % columns);
}

KINDRED_INLINE void scale_attention(const char* who, attention_scale scale, std::vector<double>& weights,
                                    index_t columns) {
  expect_finite(who, weights, columns);
  if (scale == attention_scale::none || weights.empty()) return;
  const auto [least, largest] = std::minmax_element(weights.begin(), weights.end());
  double from = 0, to = *largest;
  if (scale == attention_scale::min_max) from = *least;
  expects<argument_error>(scale == attention_scale::min_max || *least >= 0,
                          "visual::{}: weight {} at row {}, column {} is below 0, so it has no share of the "
                          "largest",
                          who, *least, (least - weights.begin()) / columns, (least - weights.begin()) % columns);
  // the difference of two doubles may overflow, that of their halves may not
  const double factor = std::isinf(to - from) ? 0.5 : 1, spread = to * factor - from * factor;
  for (double& w : weights) w = spread > 0 ? (w * factor - from * factor) / spread : 0;
}

/// Where a pixel lies between two regions.
struct between {
  index_t first, second;
  double share;  // of the second
};

inline std::vector<between> places_between(attention_upsampling how, index_t regions, index_t pixels) {
  std::vector<between> out;
  out.reserve(static_cast<std::size_t>(pixels));
  for (index_t x = 0; x < pixels; ++x) {
    const index_t twice = (2 * x + 1) * regions;  // (x + 1/2) regions = twice / 2
    if (how == attention_upsampling::nearest) {
      const index_t region = twice / (2 * pixels);
      out.push_back({region, region, 0});
      continue;
    }
    const double u = std::clamp(static_cast<double>(twice) / static_cast<double>(2 * pixels) - 0.5, 0.0,
                                static_cast<double>(regions - 1));
    const auto first = static_cast<index_t>(u);
    out.push_back({first, std::min(first + 1, regions - 1), u - static_cast<double>(first)});
  }
  return out;
}

KINDRED_INLINE void upsample_attention(attention_upsampling how, const std::vector<double>& grid, index_t rows,
                                       index_t columns, matrix_view<double, cpu> out) {
  const auto down = places_between(how, rows, out.rows()), across = places_between(how, columns, out.cols());
  const auto value = [&](index_t r, const between& c) {
    const double* const row = grid.data() + r * columns;
    return std::lerp(row[c.first], row[c.second], c.share);
  };
  for (index_t y = 0; y < out.rows(); ++y) {
    const between& r = down[static_cast<std::size_t>(y)];
    for (index_t x = 0; x < out.cols(); ++x) {
      const between& c = across[static_cast<std::size_t>(x)];
      out(y, x) = std::lerp(value(r.first, c), value(r.second, c), r.share);
    }
  }
}

inline void expect_threshold(const char* who, double threshold) {
  expects<argument_error>(!std::isnan(threshold), "visual::{}: threshold {}", who, threshold);
}

/// "#d00000"
inline std::string hexadecimal(const std::array<std::uint8_t, 3>& colour) {
  constexpr const char* digits = "0123456789abcdef";
  std::string out = "#";
  for (const std::uint8_t c : colour) {
    out += digits[c >> 4];
    out += digits[c & 15];
  }
  return out;
}

}  // namespace kindred::visual::detail
