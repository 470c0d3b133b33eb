// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/words/alias_table.hpp>

namespace kindred::words {

KINDRED_INLINE alias_table::alias_table(std::span<const double> weights) {
  const std::size_t n = weights.size();
  expects<argument_error>(n > 0 && n < (std::size_t(1) << 31), "words::alias_table: {} weights", n);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    expects<argument_error>(weights[i] >= 0 && std::isfinite(weights[i]), "words::alias_table: weight {} is {}", i,
                            weights[i]);
    sum += weights[i];
  }
  expects<argument_error>(sum > 0 && std::isfinite(sum), "words::alias_table: the weights sum to {}", sum);
  // cells of height 1: what is too high fills up what is too low
  std::vector<double> height(n);
  std::vector<std::size_t> low, high;
  for (std::size_t i = 0; i < n; ++i) {
    height[i] = weights[i] * static_cast<double>(n) / sum;
    (height[i] < 1 ? low : high).push_back(i);
  }
  cells_.resize(n);
  const auto whole = [&](std::size_t i) { cells_[i] = {0xFFFFFFFF, static_cast<label_t>(i)}; };
  while (!low.empty() && !high.empty()) {
    const std::size_t i = low.back(), from = high.back();
    low.pop_back();
    cells_[i] = {static_cast<std::uint32_t>(height[i] * 0x1.0p32), static_cast<label_t>(from)};
    height[from] -= 1 - height[i];
    if (height[from] < 1) {
      high.pop_back();
      low.push_back(from);
    }
  }
  for (const std::size_t i : low) whole(i);  // rounding: they are 1 but for the last bits
  for (const std::size_t i : high) whole(i);
}

}  // namespace kindred::words
