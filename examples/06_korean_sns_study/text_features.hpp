// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <classifier.hpp>
#include <functional>
#include <kindred/text/vocabulary.hpp>

#include "analysers.hpp"
#include "pair_data.hpp"

namespace sns {

/// Where word vectors come from.
enum class word_source {
  learned,  ///< words::word2vec on the training texts
  random    ///< words::random_vectors: the same vector for the same word, and nothing learned
};

/// How texts become words and numbers. The defaults are for short texts, of which there are some thousands.
struct text_settings {
  std::string analyser = "korean";  ///< see analysers()
  analyser_files files{};
  word_source source = word_source::learned;
  /// of the vectors and of the network over them; the tokenizer it names is not read
  sentence::training_settings network = default_network();
  std::string device = "cpu";  ///< of the network; word vectors are learned on the CPU
  std::string checkpoint{};    ///< file, or empty: the network's training, gone on with where it stands there

  /// - a word that stands twice counts, as there are few of each
  /// - 50 passes of word2vec: of 3,000 scenes the network tells 0.59 of the classes after 20 passes, 0.70 after 60, and
  ///   0.70 over random vectors
  /// - frequent words thinned out above a share of 1e-3: of so few words most have a share beyond 1e-4, where most of
  ///   the texts would be dropped
  /// - 2000 pieces for analysers that learn: with more every word would be a piece
  static sentence::training_settings default_network();
};

/// What the study reads of texts.
struct text_features {
  features
      sentences;  ///< a row for each text: the features of a convolutional network over its words that learned classes
  sequences words;            ///< for each text the vectors of its known words; one row of zeros where it has none
  std::vector<label_t> rows;  ///< which word of the vocabulary each row of `words` is; -1: none
  kindred::text::vocabulary vocabulary;   ///< words of the texts that were learned from
  double known = 0;                       ///< share of the words of the other texts that are in it
  double words_a_text = 0;                ///< known and unknown, mean
  double validation = 0, accuracy = 0;    ///< of the network's classes, on the validation rows and on `others`
  double seconds_words = 0, seconds = 0;  ///< to analyse and learn word vectors; in all

  /// The word of a row, empty for none.
  std::string word(index_t row) const;
};

/// Rows of texts: those to learn from, those that say when to stop, and the others.
struct text_parts {
  std::vector<index_t> learn, validate;
};

/// Told what is done: a stage, steps done and their number.
using text_progress = std::function<void(const std::string& stage, index_t done, index_t of)>;

/// Learns from the texts parts.learn, with parts.validate to stop by, and describes all texts.
///
/// Analyser and vocabulary, word vectors and network know the texts parts.learn alone. Words that are not in the
/// vocabulary are left out. The network is Kim's (2014) over vectors that are left alone, so both features stand on the
/// same ones; learned vectors are multiplied by one number that gives them the variance of random ones.
///
/// labels   a class for each text, of which the network learns those of parts.learn
/// Errors   kindred::argument_error where no text is left to learn from or no word is known; others of sentence::.
text_features describe(const std::vector<std::string>& texts, const std::vector<label_t>& labels,
                       const text_parts& parts, const text_settings& how, const text_progress& told = {});

/// Writes all of it; the file appears whole or not at all. `run` says what it was made from.
void save(const std::string& path, const text_features& of, const std::string& run);
/// What was saved with the same `run`. Errors: kindred::io_error that names the file, for another run too.
text_features load_text_features(const std::string& path, const std::string& run);

}  // namespace sns
