// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/mapped_file.hpp>
#include <kindred/text/vocabulary.hpp>
#include <span>

namespace kindred::text {

namespace detail {
/// How a corpus file is laid out: head, ids, foot; see corpus.
inline constexpr char corpus_head[] = "kindred corpus 1\n";
inline constexpr index_t corpus_head_bytes = 64;
struct corpus_foot {
  char mark[8];  // "kdcorpus"
  std::int64_t words;
  std::uint64_t fingerprint;
  std::int64_t tokens, sentences, reserved[3];
};
static_assert(sizeof(corpus_foot) == 64);
/// A number that two vocabularies share when they hold the same words in the same order with the same counts.
std::uint64_t vocabulary_fingerprint(const vocabulary& words);
}  // namespace detail

/// A text as the ids of its words, on disk: tokenised once by corpus_writer, then read in place by any number of
/// threads from any position. Pages come and go as they are touched, so a corpus may be larger than memory.
///
/// File: 64 bytes that begin with "kindred corpus 1", then little-endian 32-bit ids, each sentence closed by -1, then
/// 64 bytes with the number of words of the vocabulary, its fingerprint, tokens and sentences.
///
/// Complexity   O(entries) to open: every id is looked at once.
/// Errors       io_error that names file and byte: a file that is no corpus, was cut, holds an id that is no word of
///              its vocabulary or an empty sentence, or whose counts do not fit. argument_error from check() for
///              another vocabulary.
class corpus {
 public:
  /// Stands behind every sentence.
  static constexpr label_t sentence_end = -1;

  explicit corpus(std::string path);

  /// The ids of all sentences, a sentence_end behind each.
  std::span<const label_t> entries() const { return entries_; }
  /// Tokens, without the ends of sentences.
  index_t tokens() const { return tokens_; }
  index_t sentences() const { return static_cast<index_t>(entries_.size()) - tokens_; }
  /// Words of the vocabulary that it was encoded with.
  index_t words() const { return words_; }
  const std::string& name() const { return file_.name(); }
  /// Depends on the words of the vocabulary that it was encoded with and their counts.
  std::uint64_t fingerprint() const { return fingerprint_; }
  /// Errors  argument_error where it was encoded with another vocabulary.
  void check(const vocabulary& words) const;

 private:
  io::mapped_file file_;
  std::span<const label_t> entries_;
  index_t tokens_ = 0, words_ = 0;
  std::uint64_t fingerprint_ = 0;
};

}  // namespace kindred::text

#if !defined(KINDRED_COMPILED)
#include <kindred/text/detail/corpus_impl.hpp>
#endif
