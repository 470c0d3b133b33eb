// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/conv1d_max.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/layer/embedding.hpp>
#include <kindred/layer/sequential.hpp>

namespace kindred::encoder {

/// Options of sentence_cnn.
struct sentence_cnn_options {
  std::vector<index_t> windows{3, 4, 5};  ///< sizes of the windows, in words
  index_t maps = 100;                     ///< features of each window size
  double dropout = 0.5;                   ///< share of the features that training sets to 0
  bool padding = true;                    ///< see layer::conv1d_max_options
  bool padding_counts = false;            ///< see layer::conv1d_max_options
};

/// The sentence encoder of Kim 2014 for word vectors that somebody else keeps: convolutions over 3, 4 and 5 words,
/// rectifier, maximum over time, dropout. Sentences in, one row of windows * maps numbers (300) each out.
///
/// columns   numbers of a word vector
///
/// Sentences may be ragged and empty; see layer::conv1d_max for what padding does and for short sentences.
///
/// Weights      (3 + 4 + 5) columns maps + 3 maps
/// Determinism  bit-equal for any number of threads.
/// Reference    Kim 2014. His batches are padded to one length with 4 zeros at both ends and each window sees padding:
///              padding_counts gives his numbers for every sentence that is shorter than the longest one. Without it a
///              sentence's features do not depend on the length of others.
inline auto sentence_cnn(index_t columns, sentence_cnn_options o = {}) {
  return layer::sequential(layer::conv1d_max(columns, o.maps, o.windows, {o.padding, o.padding_counts}),
                           layer::dropout(o.dropout));
}

/// The same for ids of words, with a table of word vectors in front.
///
///   sentence_cnn(layer::embedding(20000, 300, {.tables = layer::embedding_tables::frozen}))
///
/// What Kim calls
///   rand          tables trained, start 0.25
///   static        tables frozen, set_word_vectors()
///   non-static    tables trained, set_word_vectors()
///   multichannel  tables both, set_word_vectors(): a filter has weights of its own for either table
///
/// Give the words' embedding the id that pads sentences as options.padding, where there is one: its row stays 0. Ragged
/// ids need none.
inline auto sentence_cnn(layer::embedding words, sentence_cnn_options o = {}) {
  const index_t columns = words.width();
  return layer::sequential(words, layer::conv1d_max(columns, o.maps, o.windows, {o.padding, o.padding_counts}),
                           layer::dropout(o.dropout));
}

}  // namespace kindred::encoder
