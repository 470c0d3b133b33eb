// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/pooling.hpp>

namespace kindred::layer {

/// Maximum or average over windows of sequences of one length.
///
/// y(i, u, c) = max or mean over taps a of x(i, u stride - padding + a, c)
///
/// x      sequences, not ragged
/// y      sequences of floor((length + 2 padding - size) / stride) + 1 rows
/// cache  maximum: which tap each number of y came from
///
/// Padding, Ties, NaN, Determinism   as pool2d.
/// Complexity  O(elements of y * size).
/// Errors      argument_error for a size below 1 or a padding above half of it; shape_error in output() for pictures or ragged
///             sequences, or where the sequence is shorter than the window.
template <pooling How = pooling::maximum>
struct pool1d : detail::pool<pool1d<How>, How> {
  explicit pool1d(index_t window, pool_options how = {}) : detail::pool<pool1d<How>, How>(window, how) {}

  static constexpr const char* kind() { return "pool1d"; }
  patch_grid grid(const shape& x) const {
    return {x.items, {}, {x.longest, this->size, this->options.stride, this->options.padding}};
  }
  shape output(const shape& x) const {
    expects(x.height == 0 && !x.ragged, "layer::pool1d: expected sequences of one length, got {}",
            x.ragged ? "ragged ones" : "pictures");
    const patch_grid g = grid(x);
    expects(g.out_width > 0, "layer::pool1d: a window of {} does not fit into {} rows", this->size, x.longest);
    return shape::sequences(x.items, g.out_width, x.cols);
  }
};

static_assert(Layer<pool1d<>>);

}  // namespace kindred::layer
