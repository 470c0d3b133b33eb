// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/pooling.hpp>

namespace kindred::layer {

/// Maximum or average over square windows of pictures.
///
/// y(i, v, u, c) = max or mean over taps (a, b) of x(i, v stride - padding + a, u stride - padding + b, c)
///
/// x      pictures, channels last
/// y      pictures of floor((side + 2 padding - size) / stride) + 1 pixels a side, the same channels
/// cache  maximum: which tap each number of y came from
///
/// Padding     is skipped by the maximum. The average counts its places as 0 (PyTorch's default, count_include_pad) unless
///             options.count_padding is false. What does not fill a window is left out (PyTorch's ceil_mode is not there).
/// Ties, NaN   of equal maxima the first tap gets the gradient; a NaN under a window is its maximum, as in PyTorch.
/// Complexity  O(elements of y * size^2); backward each pixel gathers from its windows.
/// Determinism bit-equal on every device.
/// Errors      argument_error for a size below 1 or a padding above half of it; shape_error in output() for sequences, or
///             where the picture is smaller than the window.
template <pooling How = pooling::maximum>
struct pool2d : detail::pool<pool2d<How>, How> {
  explicit pool2d(index_t window, pool_options how = {}) : detail::pool<pool2d<How>, How>(window, how) {}

  static constexpr const char* kind() { return "pool2d"; }
  patch_grid grid(const shape& x) const {
    const auto axis = [&](index_t length) {
      return window_axis{length, this->size, this->options.stride, this->options.padding};
    };
    return {x.items, axis(x.height), axis(x.width())};
  }
  shape output(const shape& x) const {
    expects(x.height > 0 && !x.ragged, "layer::pool2d: expected images, got {}", x.ragged ? "ragged items" : "rows");
    const patch_grid g = grid(x);
    expects(g.out_height > 0 && g.out_width > 0, "layer::pool2d: a window of {} does not fit into {} x {} pixels",
            this->size, x.height, x.width());
    return shape::pictures(x.items, g.out_height, g.out_width, x.cols);
  }
};

static_assert(Layer<pool2d<>>);

}  // namespace kindred::layer
