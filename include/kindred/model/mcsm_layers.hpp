// SPDX-License-Identifier: Apache-2.0
/// @file
/// The networks that MCSM's paper gives to model::mcsm, with its sizes as defaults.
#pragma once

#include <kindred/encoder/sequence_attention.hpp>
#include <kindred/layer/batch_norm.hpp>
#include <kindred/layer/conv1d.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/layer/activation.hpp>

namespace kindred::model {

/// Regions of a picture: encoder::sequence_attention with as many numbers between a row and its score as the space has.
///
/// columns   numbers of a region
///
/// Reference   Peng, Qi and Yuan 2018: 49 regions of 512 numbers (VGG-19, pool5), states of 512, a space of 4096.
inline auto mcsm_regions(index_t columns, index_t states = 512, index_t width = 4096, double dropout = 0.5) {
  return encoder::sequence_attention(columns,
                                     {.states = states, .width = width, .attention = width, .dropout = dropout});
}

/// A row for a text into the image space: linear, then length 1. The paper's rows are 300 features of a sentence_cnn.
inline auto mcsm_sentence(index_t columns, index_t width = 4096) {
  return layer::sequential(layer::linear(columns, width), layer::l2_normalize());
}

/// A row for a picture into the text space: linear, sigmoid, then length 1. The paper's rows are the 4096 numbers of fc7.
///
/// A sigmoid leaves all rows near each other at first, the more so the smaller the numbers of x, and they part slowly: for few
/// batches, or rows of unit variance, mcsm_sentence() does for pictures as well.
inline auto mcsm_picture(index_t columns, index_t width = 4096) {
  return layer::sequential(layer::linear(columns, width), layer::sigmoid(), layer::l2_normalize());
}

/// Words of a text, ragged or not: encoder::sequence_attention whose score is linear in tanh of the row. For posts and other
/// short texts, which need no convolutions in front.
inline auto mcsm_words(index_t columns, index_t states = 256, index_t width = 4096, double dropout = 0.5) {
  return encoder::sequence_attention(columns, {.states = states, .width = width, .dropout = dropout});
}

/// Sizes of mcsm_long_text.
struct mcsm_long_text_options {
  index_t maps[3] = {384, 512, 256};  ///< of the three convolutions
  index_t windows[3] = {15, 9, 7};    ///< words or positions that each looks at
  index_t pools[3] = {5, 5, 6};       ///< positions that become one, behind each
  index_t states = 256;               ///< numbers of a state of both recurrent layers
  index_t width = 4096;               ///< numbers of an output row
  double dropout = 0.5;               ///< as in encoder::sequence_attention
};

/// Words of a long text: three convolutions, each with batch normalization, ReLU and a maximum over windows, then
/// mcsm_words. The rows of a text are its words, padded with rows of zeros to one length. What attention weighs are the
/// positions behind the last maximum.
///
/// columns   numbers of a word vector
///
/// Errors      shape_error for ragged texts, and for a length from which no position is left.
/// Reference   Peng, Qi and Yuan 2018: 2904 words of 300 numbers become 18 positions of 256.
inline auto mcsm_long_text(index_t columns, mcsm_long_text_options o = {}) {
  return layer::sequential(layer::conv1d(columns, o.maps[0], o.windows[0]), layer::batch_norm(o.maps[0]), layer::relu(),
                           layer::pool1d<>(o.pools[0]), layer::conv1d(o.maps[0], o.maps[1], o.windows[1]),
                           layer::batch_norm(o.maps[1]), layer::relu(), layer::pool1d<>(o.pools[1]),
                           layer::conv1d(o.maps[1], o.maps[2], o.windows[2]), layer::batch_norm(o.maps[2]),
                           layer::relu(), layer::pool1d<>(o.pools[2]), layer::lstm(o.maps[2], o.states),
                           layer::dropout(o.dropout), layer::lstm(o.states, o.states), layer::dropout(o.dropout),
                           layer::linear(o.states, o.width),
                           layer::attention_pool(o.width, {.tanh = true, .dropout = o.dropout}), layer::l2_normalize());
}

}  // namespace kindred::model
