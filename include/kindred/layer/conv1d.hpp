// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/conv2d.hpp>

namespace kindred::layer {

/// Convolution of sequences of one length.
///
/// y(i, u, j) = bias(j) + sum over taps a and channels c of the group of j of
///              x(i, u stride - padding + a dilation, c) weight(a channels + c, j)        with x = 0 outside the
///              sequence
///
/// x       sequences, `in` channels; not ragged: pad to one length
/// y       sequences of floor((length + 2 padding - dilation (size - 1) - 1) / stride) + 1 rows, `out` channels
/// weight  (size * in / groups) x out: rows are tap, channel. PyTorch keeps out, channel, tap
/// bias    out; absent where options.bias is false
///
/// First weights, Determinism   as conv2d.
/// Complexity  O(rows of y * size * in / groups * out).
/// Errors      argument_error for sizes below 1 or groups that do not divide; shape_error in output() for other
///             channels, for pictures or ragged sequences, or where the sequence is shorter than the window.
struct conv1d : detail::convolution<conv1d> {
  conv1d(index_t channels, index_t features, index_t window, convolution_options how = {})
      : convolution(channels, features, window, how) {}

  static constexpr const char* kind() { return "conv1d"; }
  static constexpr index_t taps(index_t size) { return size; }
  patch_grid grid(const shape& x) const {
    return {x.items, {}, {x.longest, size, options.stride, options.padding, options.dilation}};
  }
  shape output(const shape& x) const {
    expects(x.cols == in && x.height == 0 && !x.ragged,
            "layer::conv1d: expected sequences of one length and {} channels, got {} of {}", in,
            x.height > 0 ? "pictures"
            : x.ragged   ? "ragged sequences"
                         : "sequences",
            x.cols);
    const patch_grid g = grid(x);
    expects(g.out_width > 0, "layer::conv1d: a window of {} does not fit into {} rows",
            options.dilation * (size - 1) + 1, x.longest);
    return shape::sequences(x.items, g.out_width, out);
  }
};

static_assert(Layer<conv1d>);

}  // namespace kindred::layer
