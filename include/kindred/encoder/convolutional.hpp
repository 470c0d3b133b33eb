// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/batch_norm.hpp>
#include <kindred/layer/conv2d.hpp>
#include <kindred/layer/flatten.hpp>
#include <kindred/layer/global_pool.hpp>
#include <kindred/layer/l2_normalize.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/pool2d.hpp>
#include <kindred/layer/relu.hpp>
#include <kindred/layer/sequential.hpp>

namespace kindred::encoder {

/// Four blocks of 3x3 convolution, batch normalization, relu and 2x2 maximum pooling; then all numbers of what is left of a
/// picture, a linear layer to `dimension` numbers, and rows of length 1.
///
/// picture    one picture's shape, of at least 16 x 16 pixels; the number of items does not matter
/// width      channels of every block
/// dimension  numbers of an output row
///
/// Weights   9 (channels + 3 width) width + 8 width + (left pixels * width + 1) dimension
/// Errors    shape_error for pictures below 16 x 16.
/// Reference the convolutional embedding of Vinyals et al. 2016 and Snell et al. 2017, with a linear layer behind it.
inline auto conv4(const shape& picture, index_t width = 64, index_t dimension = 128) {
  using namespace layer;
  const index_t left = (picture.height / 16) * (picture.width() / 16);
  expects(left > 0, "encoder::conv4: pictures of at least 16 x 16 pixels wanted, {} x {} came", picture.height,
          picture.width());
  const auto convolution = [width](index_t channels) {
    return conv2d(channels, width, 3, {.padding = 1, .bias = false});
  };
  return sequential(convolution(picture.cols), batch_norm(width), relu{}, pool2d<>(2),  //
                    convolution(width), batch_norm(width), relu{}, pool2d<>(2),         //
                    convolution(width), batch_norm(width), relu{}, pool2d<>(2),         //
                    convolution(width), batch_norm(width), relu{}, pool2d<>(2),         //
                    flatten{}, linear(left * width, dimension), l2_normalize{});
}

}  // namespace kindred::encoder
