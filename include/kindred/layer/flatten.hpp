// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/concept.hpp>

namespace kindred::layer {

namespace detail {
template <class T, Device D>
struct join_rows_row {
  matrix_view<const T, D> x;
  matrix_view<T, D> y;
  index_t rows;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t width = x.cols();
    for (index_t r = 0; r < rows; ++r)
      g.for_each(width, [&](index_t c) { y(item, r * width + c) = x(item * rows + r, c); });
  }
};
template <class T, Device D>
struct part_rows_row {
  matrix_view<const T, D> x;
  matrix_view<T, D> y;
  index_t rows;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t width = y.cols();
    for (index_t r = 0; r < rows; ++r)
      g.for_each(width, [&](index_t c) { y(item * rows + r, c) = x(item, r * width + c); });
  }
};
}  // namespace detail

/// The rows of an item, one after the other, as one row.
///
/// x   items of equal length: pictures, sequences of fixed length
/// y   items x (longest cols)
///
/// Complexity   O(numbers), one launch each way, no cache.
/// Determinism  bit-equal on every device.
/// Errors       shape_error for ragged items.
/// Reference    PyTorch's Flatten, but pictures lie with channels last here: pixel by pixel, the channels of a pixel
///              together.
struct flatten : weightless {
  std::string description() const { return "flatten()"; }
  shape output(const shape& x) const {
    expects(!x.ragged, "layer::flatten: expected items of one length, got ragged ones of up to {}", x.longest);
    return shape::vectors(x.items, checked_product(x.longest, x.cols));
  }
  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    ctx.for_each_row(pass.x.items, pass.y.values.cols(),
                     detail::join_rows_row<T, D>{pass.x.values, pass.y.values, pass.x.longest});
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    if (pass.dx)
      ctx.for_each_row(pass.x.items, pass.dy.values.cols(),
                       detail::part_rows_row<T, D>{pass.dy.values, pass.dx.values, pass.x.longest});
  }
};
static_assert(Layer<flatten>);

}  // namespace kindred::layer
