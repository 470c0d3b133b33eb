// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <kindred/core/types.hpp>
#include <string>
#include <vector>

namespace sentence {

using kindred::index_t;
using kindred::label_t;

/// How texts become words, words vectors, and vectors features by a network that learns classes.
struct training_settings {
  std::string tokenizer = "korean";       ///< see known_tokenizers()
  index_t symbols = 8000;                 ///< pieces that the tokenizers bpe and sentencepiece learn
  index_t fewest = 2;                     ///< words that stand less often in the training texts are unknown
  index_t most_words = 0;                 ///< words known at most; 0: all
  index_t longest = 128;                  ///< words of a text that are read
  index_t dimension = 100;                ///< numbers of a word vector that no file gives
  index_t vector_passes = 0;              ///< of word2vec over the training texts; 0: no vectors are trained
  double vector_sample = 1e-4;            ///< share from which on word2vec thins out frequent words; 0: none
  std::vector<index_t> filters{3, 4, 5};  ///< words under a filter
  index_t maps = 100;                     ///< filters of each width
  double dropout = 0.5;                   ///< share of features set to 0 in training
  double norm = 3;                        ///< longest column of the last layer; 0: any
  double rate = 1e-3;                     ///< of Adam
  index_t batch = 64, epochs = 10;        ///< texts in a batch; times that training sees every text, at most
  index_t patience = 2;                   ///< epochs without a better validation after which it ends
  std::uint64_t seed = 1;
  int threads = 1;
};

}  // namespace sentence
