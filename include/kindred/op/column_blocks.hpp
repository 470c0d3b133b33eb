// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/device.hpp>
#include <kindred/core/types.hpp>
#include <type_traits>

namespace kindred::op {

/// Columns that one lane of device D takes at a time. On cpu a loop of known length over locals is what compilers turn
/// into vector instructions at -O2; on a GPU neighbouring lanes take neighbouring columns.
template <class D>
inline constexpr index_t columns_at_once = std::is_same_v<D, cpu> ? 16 : 1;

/// f(first column, width as a constant) for blocks of `Width` columns and single ones behind them: the same columns in
/// the same lanes every time.
template <index_t Width, class G, class F>
KINDRED_HD void for_each_block(const G& g, index_t cols, F f) {
  g.for_each(cols / Width, [&](index_t b) { f(b * Width, std::integral_constant<index_t, Width>()); });
  if constexpr (Width > 1)
    g.for_each(cols % Width, [&](index_t c) { f(cols - cols % Width + c, std::integral_constant<index_t, 1>()); });
}

}  // namespace kindred::op
