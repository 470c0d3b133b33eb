// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/concept.hpp>

namespace kindred::layer {

namespace detail {
// columns below `turn` come from the last row of an item, the others from its first
template <class T, Device D>
struct last_state_at {
  batch_view<const T, D> x;
  matrix_view<T, D> y;
  index_t turn;
  KINDRED_HD void operator()(index_t item, index_t c) const {
    const index_t begin = x.begin(item), end = x.end(item);
    y(item, c) = begin == end ? T(0) : x.values(c < turn ? end - 1 : begin, c);
  }
};
template <class T, Device D>
struct last_state_backward_row {
  matrix_view<const T, D> dy;
  batch_view<T, D> dx;
  index_t turn;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t begin = dx.begin(item), end = dx.end(item);
    for (index_t r = begin; r < end; ++r)
      g.for_each(dy.cols(),
                 [&](index_t c) { dx.values(r, c) = r == (c < turn ? end - 1 : begin) ? dy(item, c) : T(0); });
  }
};
}  // namespace detail

/// What a recurrent layer has read when it is through with an item: its last row. Of a layer that reads both ways, the
/// left half of the last row and the right half of the first.
///
/// y(i, .) = last row of item i, 0 for an item without rows;   dx = dy there, else 0
///
/// x   any batch
/// y   one row per item
///
/// Complexity   O(numbers of y) forward, O(numbers of x) backward, no cache.
/// Determinism  bit-equal on every device.
/// Errors       shape_error for an odd number of columns where both ways are asked for.
/// Reference    the last layer's h_n of PyTorch's LSTM and GRU, both directions beside each other.
struct last_state : weightless {
  bool both_ways;  ///< the columns' right half was read backwards

  constexpr explicit last_state(bool both = false) : both_ways(both) {}
  std::string description() const { return both_ways ? "last_state(both ways)" : "last_state()"; }
  shape output(const shape& x) const {
    expects(!both_ways || x.cols % 2 == 0, "layer::last_state: expected two halves, got {} columns", x.cols);
    return shape::vectors(x.items, x.cols);
  }
  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    const index_t cols = pass.x.values.cols();
    ctx.for_each(pass.x.items, cols, detail::last_state_at<T, D>{pass.x, pass.y.values, both_ways ? cols / 2 : cols});
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    if (!pass.dx) return;
    const index_t cols = pass.x.values.cols();
    ctx.for_each_row(pass.x.items, pass.x.longest * cols,
                     detail::last_state_backward_row<T, D>{pass.dy.values, pass.dx, both_ways ? cols / 2 : cols});
  }
};
static_assert(Layer<last_state>);

}  // namespace kindred::layer
