// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/atomic_file.hpp>
#include <kindred/text/corpus.hpp>

namespace kindred::text {

/// How sentences are cut.
struct corpus_options {
  index_t longest_sentence = 10000;  ///< a longer one becomes several
};

/// Writes a corpus file, sentence by sentence; it appears whole at commit() or not at all. Holds one sentence and a
/// buffer.
///
///     text::word_counts counts;
///     io::line_reader lines("corpus.txt");
///     for (std::string_view line; lines.next(line);) counts.add(line, tokenizer);
///     const text::vocabulary words(counts, {.fewest = 5});
///     text::corpus_writer writer("corpus.ids", words);
///     for (io::line_reader again("corpus.txt"); again.next(line);) writer.add(line, tokenizer);
///     writer.commit();
///
/// Words that the vocabulary does not hold are left out, so windows close over them; sentences without a word are left
/// out.
///
/// Complexity   O(bytes of the text).
/// Determinism  the bytes depend on the sentences, the tokenizer and the vocabulary.
/// Errors       argument_error for a longest_sentence below 1, an id outside the vocabulary; io_error where writing
///              fails.
/// Reference    word2vec.c and gensim leave out rare words in the same way; they cut at 1000 and 10000 words.
class corpus_writer {
 public:
  /// `words` must outlive the writer.
  corpus_writer(std::string path, const vocabulary& words, corpus_options options = {});

  /// Adds the tokens of a text as one sentence.
  template <Tokenizer T>
  void add(std::string_view sentence, const T& tokenizer) {
    ids_.clear();
    words_.encode(sentence, tokenizer, ids_);
    append(ids_);
  }
  /// Adds a sentence of ids.
  void add(std::span<const label_t> ids);
  /// Puts the file in its place. Once, after the last sentence.
  void commit();

  index_t tokens() const { return tokens_; }
  index_t sentences() const { return sentences_; }

 private:
  void append(std::span<const label_t> ids);
  void flush();

  io::atomic_file file_;
  const vocabulary& words_;
  corpus_options options_;
  std::vector<label_t> ids_, buffer_;
  index_t tokens_ = 0, sentences_ = 0;
};

}  // namespace kindred::text

#if !defined(KINDRED_COMPILED)
#include <kindred/text/detail/corpus_writer_impl.hpp>
#endif
