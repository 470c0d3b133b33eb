// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/dropout.hpp>
#include <kindred/layer/embedding.hpp>
#include <kindred/layer/lstm.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/layer/sequential.hpp>

namespace kindred::encoder {

/// Options of bidirectional_lstm.
struct bidirectional_lstm_options {
  index_t width = 512;          ///< numbers of a state, in each direction
  index_t layers = 1;           ///< each reads the output of the one below
  double dropout = 0.3;         ///< share of the word vectors and of the states that training sets to 0
  bool padding_counts = false;  ///< see layer::max_pool_options
};

/// A sentence read forwards and backwards, and the maximum of each number of the states over its words. Vectors of
/// words in, one row of 2 width numbers (1024) for each sentence out.
///
/// columns   numbers of a word vector
///
/// Sentences may be ragged and empty, which gives zeros.
///
/// Weights      those of layer::lstm
/// Determinism  bit-equal for any number of threads; a sentence's row does not depend on its neighbours.
/// Reference    the text side of Zhang and Lu 2018 (CMPL). Their states behind the end of a sentence are zeros and take
///              part in the maximum, so that it is at least 0 for every sentence shorter than the longest one of the
///              batch: padding_counts gives that for all. Their first states are learned; here they are 0.
inline auto bidirectional_lstm(index_t columns, bidirectional_lstm_options o = {}) {
  return layer::sequential(layer::dropout(o.dropout),
                           layer::lstm(columns, o.width, {.layers = o.layers, .bidirectional = true}),
                           layer::dropout(o.dropout), layer::max_pool({.padding_counts = o.padding_counts}));
}

/// The same for ids of words, with a table of word vectors in front; see sentence_cnn for how it is trained or frozen.
inline auto bidirectional_lstm(layer::embedding words, bidirectional_lstm_options o = {}) {
  const index_t columns = words.width();
  return layer::sequential(words, layer::dropout(o.dropout),
                           layer::lstm(columns, o.width, {.layers = o.layers, .bidirectional = true}),
                           layer::dropout(o.dropout), layer::max_pool({.padding_counts = o.padding_counts}));
}

}  // namespace kindred::encoder
