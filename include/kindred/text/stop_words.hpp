// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/text/word_ids.hpp>
#include <span>

namespace kindred::text {

/// Words that say little about what a text is about, to be left out by without_stop_words.
///
/// Words are compared byte by byte with tokens: in NFC, and in lower case where tokens are (case_folded).
class stop_words {
 public:
  /// None.
  stop_words() = default;
  /// These; a word may come twice.
  explicit stop_words(std::span<const std::string> words) {
    for (const auto& word : words) words_.add(word);
  }

  /// 120 English function words in lower case: articles, pronouns, prepositions, conjunctions, auxiliaries. No word for
  /// negation but "not", "no" and "nor"; leave those out where feelings are classified.
  static stop_words english();
  /// 113 Korean particles, endings and other function words, as a tokenizer that splits them off gives them (korean;
  /// MeCab and Kiwi), and the common dependent nouns, pronouns, auxiliary stems and adverbs. Of little use on text cut
  /// at white space only, where a particle is a part of its word.
  static stop_words korean();

  index_t size() const { return words_.size(); }
  /// Adds a word.
  void add(std::string_view word) { words_.add(word); }
  bool contains(std::string_view word) const { return words_.find(word) >= 0; }
  /// All words in the order in which they came.
  const std::vector<std::string>& words() const { return words_.words(); }

 private:
  word_ids words_;
};

}  // namespace kindred::text

#if !defined(KINDRED_COMPILED)
#include <kindred/text/detail/stop_words_impl.hpp>
#endif
