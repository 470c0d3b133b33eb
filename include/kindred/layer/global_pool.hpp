// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/pooling.hpp>

namespace kindred::layer {

/// Maximum or average over all pixels of a picture: one row per picture, whatever its size.
///
/// y(i, c) = max or mean over pixels p of x(i, p, c)
///
/// x      pictures, or sequences of one length; ragged ones have sequence pools of their own
/// y      one row per item
/// cache  maximum: which pixel each number of y came from
///
/// Ties, NaN, Determinism   as pool2d.
/// Complexity  O(elements of x), a group per picture.
/// Errors      shape_error in output() for ragged items and items without rows.
template <pooling How = pooling::average>
struct global_pool : weightless {
  std::string description() const { return std::string("global_pool<") + detail::name(How) + ">()"; }
  shape output(const shape& x) const {
    expects(!x.ragged && x.longest > 0, "layer::global_pool: expected items of one length of at least 1, got {}",
            x.ragged ? "ragged ones" : "empty ones");
    return shape::vectors(x.items, x.cols);
  }
  index_t cache_size(const shape& x) const { return How == pooling::average ? 0 : checked_product(x.items, x.cols); }
  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    detail::pool_forward<How>(ctx, grid(pass.x.shape()), true, pass);
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    detail::pool_backward<How>(ctx, grid(pass.x.shape()), true, pass);
  }

 private:
  // a picture is one line of pixels here
  static patch_grid grid(const shape& x) { return {x.items, {}, {x.longest, x.longest, x.longest}}; }
};

static_assert(Layer<global_pool<>>);

}  // namespace kindred::layer
