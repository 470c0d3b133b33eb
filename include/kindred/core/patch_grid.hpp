// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/shape.hpp>

namespace kindred {

/// How windows lie along one axis: tap t of output o reads input o * stride - padding + t * dilation.
struct window_axis {
  index_t size = 1;      ///< of the input
  index_t window = 1;    ///< taps
  index_t stride = 1;    ///< between windows
  index_t padding = 0;   ///< positions before the first input, and behind the last, that count as outside
  index_t dilation = 1;  ///< between taps

  /// The largest window, stride, padding and dilation of layers: what is computed with them stays below 2^63.
  static constexpr index_t most = index_t(1) << 30;

  /// Windows that fit; 0 where not even one does.
  KINDRED_HD constexpr index_t outputs() const {
    const index_t room = size + 2 * padding - dilation * (window - 1) - 1;
    return room < 0 ? 0 : room / stride + 1;
  }
  /// Where tap `tap` of output `out` reads; -1: outside.
  KINDRED_HD constexpr index_t source(index_t out, index_t tap) const {
    const index_t at = out * stride - padding + tap * dilation;
    return at >= 0 && at < size ? at : -1;
  }
  /// The output whose tap `tap` reads `in`; -1: none. `count` is outputs().
  KINDRED_HD constexpr index_t target(index_t in, index_t tap, index_t count) const {
    const index_t at = in + padding - tap * dilation;
    if (at < 0 || at % stride != 0) return -1;
    return at / stride < count ? at / stride : -1;
  }
};

/// How windows lie over pictures: what convolution, pooling and im2col share. Sequences are pictures of height 1.
/// Pixel (y, x) of picture i is row (i * height + y) * width + x; so are outputs.
struct patch_grid {
  index_t items = 0;       ///< pictures
  window_axis vertical;    ///< over lines
  window_axis horizontal;  ///< over the pixels of a line
  index_t out_height = 0;  ///< vertical.outputs()
  index_t out_width = 0;   ///< horizontal.outputs()

  constexpr patch_grid() = default;
  constexpr patch_grid(index_t n, window_axis v, window_axis h)
      : items(n), vertical(v), horizontal(h), out_height(v.outputs()), out_width(h.outputs()) {}

  /// Pixels of all pictures.
  KINDRED_HD constexpr index_t in_rows() const { return items * vertical.size * horizontal.size; }
  /// Windows on all pictures.
  KINDRED_HD constexpr index_t out_rows() const { return items * out_height * out_width; }
  /// Places of a window; place (y, x) is number y * horizontal.window + x.
  KINDRED_HD constexpr index_t taps() const { return vertical.window * horizontal.window; }
  /// The pictures [begin, begin + count) alone.
  constexpr patch_grid of_items(index_t count) const {
    patch_grid part = *this;
    part.items = count;
    return part;
  }

  /// Position of a row: picture, line, pixel of the line.
  struct place {
    index_t item, y, x;
  };
  KINDRED_HD constexpr place of_output(index_t row) const { return at(row, out_height, out_width); }
  KINDRED_HD constexpr place of_input(index_t row) const { return at(row, vertical.size, horizontal.size); }
  KINDRED_HD constexpr index_t output_row(place p) const { return (p.item * out_height + p.y) * out_width + p.x; }
  KINDRED_HD constexpr index_t input_row(place p) const {
    return (p.item * vertical.size + p.y) * horizontal.size + p.x;
  }

 private:
  KINDRED_HD static constexpr place at(index_t row, index_t height, index_t width) {
    const index_t line = row / width;
    return {line / height, line % height, row % width};
  }
};

}  // namespace kindred
