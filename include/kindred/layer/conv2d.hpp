// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/layer/concept.hpp>
#include <kindred/op/bias.hpp>
#include <kindred/op/convolution.hpp>
#include <kindred/op/fill.hpp>

namespace kindred::layer {

/// How the windows of a convolution lie, for both axes of a picture.
struct convolution_options {
  index_t stride = 1;    ///< between windows
  index_t padding = 0;   ///< zeros on every side
  index_t dilation = 1;  ///< between the taps of a window
  index_t groups = 1;    ///< parts of the channels that do not see each other
  bool bias = true;      ///< false where batch_norm follows, which would subtract it

  friend constexpr bool operator==(const convolution_options&, const convolution_options&) = default;
};

namespace detail {

/// What conv1d and conv2d share: everything but how windows lie over the input. `Self` has kind() and grid(shape).
template <class Self>
struct convolution : weighted<Self> {
  index_t in;    ///< channels of x
  index_t out;   ///< channels of y
  index_t size;  ///< taps of a window along each of its axes
  convolution_options options;

  convolution(index_t channels, index_t features, index_t taps, convolution_options how)
      : in(channels), out(features), size(taps), options(how) {
    expects<argument_error>(in > 0 && out > 0 && size > 0,
                            "layer::{}: expected counts of at least 1, got {} to {} channels and window {}",
                            Self::kind(), in, out, size);
    for (const index_t most : {size, how.stride, how.padding, how.dilation})
      expects<argument_error>(most <= window_axis::most, "layer::{}: expected sizes of windows up to {}, got {}",
                              Self::kind(), window_axis::most, most);
    expects<argument_error>(
        how.stride > 0 && how.dilation > 0 && how.padding >= 0,
        "layer::{}: expected stride, dilation and padding of at least 1, 1 and 0, got {}, {} and {}", Self::kind(),
        how.stride, how.dilation, how.padding);
    expects<argument_error>(how.groups > 0 && in % how.groups == 0 && out % how.groups == 0,
                            "layer::{}: {} to {} channels in {} groups do not divide", Self::kind(), in, out,
                            how.groups);
  }

  template <class T, class D>
  struct parts {
    matrix_view<T, D> weight;
    vector_view<T, D> bias;
  };
  /// Numbers under a window that an output sees.
  index_t fan_in() const { return checked_product(Self::taps(size), in / options.groups); }
  template <class T, class D, class Visit>
  parts<T, D> pieces(carver<T, D, Visit>& c) const {
    const auto weight = c.matrix("weight", fan_in(), out);
    if (!options.bias) return {weight, {}};
    return {weight, c.vector("bias", out)};
  }
  torch_tensor torch(const std::string& name, index_t, index_t cols) const {
    if (name != "weight") return {name, {cols}};
    std::vector<index_t> shape{out, in / options.groups, size};
    if (Self::taps(2) > 2) shape.push_back(size);  // lines and columns
    return {name, shape, in / options.groups};
  }
  std::string description() const {
    std::string text =
        std::string(Self::kind()) + "(" + std::to_string(in) + ", " + std::to_string(out) + ", " + std::to_string(size);
    if (options.stride != 1) text += ", stride " + std::to_string(options.stride);
    if (options.padding != 0) text += ", padding " + std::to_string(options.padding);
    if (options.dilation != 1) text += ", dilation " + std::to_string(options.dilation);
    if (options.groups != 1) text += ", groups " + std::to_string(options.groups);
    return text + (options.bias ? ")" : ", no bias)");
  }

  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D>, std::uint64_t seed) const {
    const T limit = static_cast<T>(1 / std::sqrt(static_cast<double>(fan_in())));
    op::fill_uniform(ctx, as_matrix(weights, 1, weights.size()), -limit, limit, seed, 0);
  }
  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    const auto w = this->split(pass.weights);
    const patch_grid grid = self().grid(pass.x.shape());
    const index_t from = in / options.groups, to = out / options.groups;
    for (index_t g = 0; g < options.groups; ++g)
      op::convolve<T>(ctx, grid, pass.x.values.middle_cols(g * from, from), w.weight.middle_cols(g * to, to),
                      pass.y.values.middle_cols(g * to, to));
    if (options.bias) op::add_bias(ctx, pass.y.values, w.bias, pass.y.values);
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    const patch_grid grid = self().grid(pass.x.shape());
    const index_t from = in / options.groups, to = out / options.groups;
    const auto w = this->split(pass.weights);
    const auto dw = this->split(pass.dweights);
    for (index_t g = 0; g < options.groups; ++g) {
      const auto dy = pass.dy.values.middle_cols(g * to, to);
      if (dw.weight)
        op::convolve_backward_weights<T>(ctx, grid, pass.x.values.middle_cols(g * from, from), dy,
                                         dw.weight.middle_cols(g * to, to));
      if (pass.dx)
        op::convolve_backward_input<T>(ctx, grid, dy, w.weight.middle_cols(g * to, to),
                                       pass.dx.values.middle_cols(g * from, from));
    }
    if (dw.bias) op::add_bias_backward(ctx, pass.dy.values, dw.bias);
  }

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

}  // namespace detail

/// Convolution of pictures with square windows.
///
/// y(i, v, u, j) = bias(j) + sum over taps (a, b) and channels c of the group of j of
///                 x(i, v stride - padding + a dilation, u stride - padding + b dilation, c) weight((a size + b)
///                 channels + c, j)
/// with x = 0 outside the picture: the cross-correlation that all libraries call convolution.
///
/// x       pictures, channels last, `in` channels
/// y       pictures of floor((side + 2 padding - dilation (size - 1) - 1) / stride) + 1 pixels a side, `out` channels
/// weight  (size * size * in / groups) x out: rows are tap line, tap, channel. PyTorch keeps out, channel, line, tap
/// bias    out; absent where options.bias is false
///
/// First weights  uniform in +- 1 / sqrt(size * size * in / groups), bias too: PyTorch's default.
/// Complexity     O(pixels of y * size^2 * in / groups * out); see op::convolve. A group is a product of its own, so
///                many small groups are slow.
/// Determinism    that of op::convolve.
/// Errors         argument_error for sizes below 1 or groups that do not divide; shape_error in output() for other
///                channels, for sequences, or where the picture is smaller than the window.
struct conv2d : detail::convolution<conv2d> {
  conv2d(index_t channels, index_t features, index_t window, convolution_options how = {})
      : convolution(channels, features, window, how) {}

  static constexpr const char* kind() { return "conv2d"; }
  static constexpr index_t taps(index_t size) { return size * size; }
  patch_grid grid(const shape& x) const {
    const auto axis = [&](index_t length) {
      return window_axis{length, size, options.stride, options.padding, options.dilation};
    };
    return {x.items, axis(x.height), axis(x.width())};
  }
  shape output(const shape& x) const {
    expects(x.cols == in && x.height > 0 && !x.ragged, "layer::conv2d: expected images of {} channels, got {} of {}",
            in, x.height > 0 ? "pictures" : "rows", x.cols);
    const patch_grid g = grid(x);
    expects(g.out_height > 0 && g.out_width > 0, "layer::conv2d: a window of {} does not fit into {} x {} pixels",
            options.dilation * (size - 1) + 1, x.height, x.width());
    return shape::pictures(x.items, g.out_height, g.out_width, out);
  }
};

static_assert(Layer<conv2d>);

}  // namespace kindred::layer
