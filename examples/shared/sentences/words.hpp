// SPDX-License-Identifier: Apache-2.0
// From texts to the numbers of their words and the vectors that training starts with.
#pragma once

#include <functional>
#include <kindred/io/safetensors.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/io/word_vectors.hpp>
#include <kindred/text/byte_pair_encoding.hpp>
#include <kindred/text/token_lists.hpp>
#include <kindred/text/vocabulary.hpp>
#include <memory>

#include "training_settings.hpp"

namespace sentence {

/// Names of the tokenizers, the first of which is the default.
std::vector<std::string> known_tokenizers();

/// Takes a token.
using emitter = std::function<void(std::string_view)>;
/// Cuts a text.
using cutter = std::function<void(std::string_view, const emitter&)>;

/// What every tokenizer sees of a text: NFC, and nothing more than twice in a row. What is not UTF-8 is replaced.
std::string normalized(std::string_view text);

/// One of the library's tokenizers, chosen by its name; a text::Tokenizer itself.
class tokenizer {
 public:
  /// One that learns (bpe) learns from the texts `rows`. Errors: kindred::argument_error for an unknown name.
  tokenizer(const std::string& name, const std::vector<std::string>& texts, const std::vector<index_t>& rows,
            const training_settings& how);
  /// Any other one, which sees texts normalized; nothing of it is saved.
  explicit tokenizer(cutter cut);
  /// What save() added to a file. Errors: kindred::io_error.
  tokenizer(const std::string& name, const kindred::io::safetensors& file);

  /// Adds what it learned.
  void save(kindred::io::safetensors_writer& file) const;

  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    cut_(text, [&](std::string_view token) { emit(token); });
  }

 private:
  void make(const std::string& name);

  std::shared_ptr<const kindred::text::byte_pair_encoding> pieces_;
  cutter cut_;
};

/// Word vectors from a file, with nothing but their words.
using word_table = kindred::io::word_table<float>;
/// Reads vectors of word2vec (text or binary), fastText (.vec) and GloVe, or an array FILE.npy with its words in
/// FILE.txt.
/// Errors  kindred::io_error.
word_table read_vectors(const std::string& path, std::span<const kindred::io::stream_format> formats = {});

/// Vectors of the words that stand `fewest` times in the texts `rows`, by words::word2vec on these texts,
/// deterministic. The folder of temporary files has to take 4 bytes for each word of the texts meanwhile. told(words
/// done, of words) is called about twice a second.
word_table trained_vectors(const std::vector<std::string>& texts, const std::vector<index_t>& rows,
                           const tokenizer& cut, const training_settings& how,
                           const std::function<void(index_t, index_t)>& told = {});

/// Words that stand `fewest` times in the texts `rows`, and those of the vectors.
/// Errors  kindred::argument_error where there is none.
kindred::text::vocabulary known_words(const std::vector<std::string>& texts, const std::vector<index_t>& rows,
                                      const tokenizer& cut, const word_table* vectors, const training_settings& how);

/// The known words of every text, cut at `longest`.
kindred::text::token_lists encoded(const std::vector<std::string>& texts, const tokenizer& cut,
                                   const kindred::text::vocabulary& words, index_t longest);

/// A vector for every word: from the table where it has one, else random, uniform in (-0.25, 0.25). Those of the table
/// are multiplied by one number that gives them the variance of the random ones: word2vec leaves the vectors of small
/// corpora short, and the network would have to grow before it saw them.
std::vector<float> start_vectors(const kindred::text::vocabulary& words, const word_table* vectors, index_t dimension,
                                 std::uint64_t seed);

}  // namespace sentence
