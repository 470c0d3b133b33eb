// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/words/word2vec.hpp>
#include <string>
#include <vector>

#include "tokenizer.hpp"

namespace vectors {

struct train_settings {
  std::vector<std::string> corpus;  ///< text files, a sentence or paragraph a line; plain, .gz or .xz
  std::string file;                 ///< where the vectors go: word2vec's text, .bin or .npy
  tokenizer_settings tokenizer;
  kindred::words::word2vec how;
  kindred::index_t fewest = 5;      ///< words that occur fewer times are left out
  kindred::index_t most_words = 0;  ///< words at most, the most frequent ones; 0: all
  std::string checkpoint;           ///< folder for corpus, vocabulary and state of training; or empty
  double every = 60;                ///< seconds between two states
  bool resume = false;              ///< go on from what is in `checkpoint`
  int threads = 1;
  std::string json;  ///< file for settings, counts and times; or empty
};

/// Learns word vectors and writes them, telling on stderr how far the work is.
/// Errors  kindred::io_error, kindred::argument_error.
void train(const train_settings& how);

/// A corpus as ids and its words: what several trainings share.
struct encoded_corpus {
  kindred::text::vocabulary words;
  std::string ids;                                             ///< the file of the ids
  std::shared_ptr<const kindred::text::korean_stems> stems{};  ///< of the corpus, where the tokenizer cuts by them
};
/// Reads the files twice: counts words, then writes their ids to `folder`; once more before for stems.
encoded_corpus encode_corpus(const train_settings& how, const std::string& folder);

/// Trains on it, telling on stderr how far the work is.
kindred::io::word_vectors<float, kindred::cpu> train_encoded(const encoded_corpus& on, const train_settings& how);

/// A folder of its own that is gone with the object.
class temporary_folder {
 public:
  temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace vectors
