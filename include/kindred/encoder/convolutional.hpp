// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/activation.hpp>
#include <kindred/layer/batch_norm.hpp>
#include <kindred/layer/conv2d.hpp>
#include <kindred/layer/flatten.hpp>
#include <kindred/layer/l2_normalize.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/layer/residual.hpp>
#include <kindred/layer/sequential.hpp>

namespace kindred::encoder {

namespace detail {

/// Four blocks of 3x3 convolution, normalization, pooling and relu. The relu stands behind the pool, where it gives the
/// same numbers and gradients (maxima and relu commute) from a quarter of the work.
inline auto conv4_blocks(index_t channels, index_t width) {
  using namespace layer;
  const auto convolution = [width](index_t from) { return conv2d(from, width, 3, {.padding = 1, .bias = false}); };
  return sequential(convolution(channels), batch_norm(width), pool2d<>(2), relu{},  //
                    convolution(width), batch_norm(width), pool2d<>(2), relu{},     //
                    convolution(width), batch_norm(width), pool2d<>(2), relu{},     //
                    convolution(width), batch_norm(width), pool2d<>(2), relu{});
}

/// Two 3x3 convolutions at half the resolution beside a 1x1 convolution, added.
inline auto halving_block(index_t from, index_t to) {
  using namespace layer;
  return residual(sequential(conv2d(from, to, 3, {.stride = 2, .padding = 1, .bias = false}), batch_norm(to), relu{},
                             conv2d(to, to, 3, {.padding = 1, .bias = false}), batch_norm(to)),
                  sequential(conv2d(from, to, 1, {.stride = 2, .bias = false}), batch_norm(to)));
}

}  // namespace detail

/// Four blocks of 3x3 convolution, batch normalization, relu and 2x2 maximum pooling; then all numbers of what is left
/// of a picture, a linear layer to `dimension` numbers, and rows of length 1.
///
/// picture    the shape of one picture, at least 16 x 16 pixels; the number of items does not matter
/// width      channels of every block
/// dimension  numbers of an output row
///
/// Weights    9 (channels + 3 width) width + 8 width + (left pixels * width + 1) dimension, where a side of s pixels
///            leaves floor(s / 16).
/// Errors     shape_error for pictures below 16 x 16.
/// Reference  the convolutional embedding of Vinyals et al. 2016 and Snell et al. 2017, with a linear layer behind it.
inline auto conv4(const shape& picture, index_t width = 64, index_t dimension = 128) {
  const index_t left = (picture.height / 16) * (picture.width() / 16);
  expects(left > 0, "encoder::conv4: expected images of at least 16 x 16 pixels, got {} x {}", picture.height,
          picture.width());
  return layer::sequential(detail::conv4_blocks(picture.cols, width), layer::flatten{},
                           layer::linear(left * width, dimension), layer::l2_normalize{});
}

/// conv4 with the mean over what is left of a picture instead of all its numbers: one set of weights for pictures of
/// any size from 16 x 16 on.
///
/// channels   of a picture
/// width      channels of every block
/// dimension  numbers of an output row
///
/// Weights    9 (channels + 3 width) width + 8 width + (width + 1) dimension
inline auto conv4_global(index_t channels, index_t width = 64, index_t dimension = 128) {
  return layer::sequential(detail::conv4_blocks(channels, width), layer::global_pool<layer::pooling::average>{},
                           layer::linear(width, dimension), layer::l2_normalize{});
}

/// A small residual network: a 3x3 convolution, three residual blocks of two 3x3 convolutions that halve the sides and
/// double the channels, the mean over the pixels, a linear layer and rows of length 1.
///
/// channels   of a picture; any size, since sides are rounded up
/// width      channels of the first convolution; the blocks have 2, 4 and 8 times as many
/// dimension  numbers of an output row
///
/// Weights    about 1,200 width^2
/// Reference  after He et al. 2016, with one block per resolution.
inline auto residual_network(index_t channels, index_t width = 16, index_t dimension = 128) {
  using namespace layer;
  return sequential(conv2d(channels, width, 3, {.padding = 1, .bias = false}), batch_norm(width), relu{},  //
                    detail::halving_block(width, 2 * width), relu{},                                       //
                    detail::halving_block(2 * width, 4 * width), relu{},                                   //
                    detail::halving_block(4 * width, 8 * width), relu{},                                   //
                    global_pool<pooling::average>{}, linear(8 * width, dimension), l2_normalize{});
}

}  // namespace kindred::encoder
