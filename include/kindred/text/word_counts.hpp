// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/text/concept.hpp>
#include <kindred/text/detail/id_slots.hpp>
#include <limits>

namespace kindred::text {

/// How many different words are held.
struct word_counts_options {
  index_t most_words = 0;  ///< at one more the rarest are forgotten; 0: no bound
};

/// How often each word occurs in texts of any size: words go in one by one, nothing but each different word and its
/// number is held.
///
///     word_counts counts;
///     for (line : corpus) counts.add(line, tokenizer);
///     vocabulary words(counts, {.fewest = 5});
///
/// With `most_words` memory stays bounded: when one word too many comes, the rarest go, at least every word that is as
/// rare as the last of the rarest quarter, and each time rarer than a floor that rises by one at least. A word that
/// comes again after it went is counted from there, so counts of words about as rare as floor() may be too small, and a
/// word may be missing whose last occurrences lie far apart; counts of the others are exact.
///
/// Memory       40 to 56 bytes per word, and its bytes.
/// Complexity   O(bytes of the word) expected per occurrence; O(words) when the rarest go.
/// Determinism  depends on the words and their order only.
/// Errors       argument_error for a negative number of occurrences or of words, for more than 2^31 - 2 different
///              words.
/// Reference    word2vec.c of Mikolov and others 2013 (ReduceVocab) forgets in the same way; differs: there every word
///              up to the floor goes, however few that are, and the bound is 70 % of a table of 30 million.
class word_counts {
 public:
  explicit word_counts(word_counts_options options = {}) : options_(options) {
    expects<argument_error>(options.most_words >= 0, "text::word_counts: most_words is {}", options.most_words);
  }

  /// Adds `times` occurrences of a word, any bytes.
  void add(std::string_view word, std::int64_t times = 1) {
    expects<argument_error>(times >= 0, "text::word_counts::add: {} occurrences", times);
    if (times == 0) return;
    const std::uint32_t hash = detail::word_hash(word);
    const std::size_t place = locate(word, hash);
    expects<argument_error>(times <= std::numeric_limits<std::int64_t>::max() - total_,
                            "text::word_counts::add: expected at most 2^63 - 1 occurrences together, got {} and {}",
                            total_, times);
    total_ += times;
    if (const label_t id = slots_.id(place); id >= 0)
      entries_[static_cast<std::size_t>(id)].count += times;
    else
      insert(place, hash, word, times);
  }
  /// Adds every token of a text.
  template <Tokenizer T>
  void add(std::string_view text, const T& tokenizer) {
    tokenizer(text, [&](std::string_view token) { add(token); });
  }
  /// Adds what another one has counted.
  void add(const word_counts& other) {
    other.each([&](std::string_view word, std::int64_t count) { add(word, count); });
  }

  /// Different words held.
  index_t size() const { return static_cast<index_t>(entries_.size()); }
  /// Occurrences added, those of words that went included.
  std::int64_t total() const { return total_; }
  /// Words that occur this often or less may have gone; 0 while every count is exact.
  std::int64_t floor() const { return floor_; }
  /// Occurrences of a word, 0 where it is not held.
  std::int64_t count(std::string_view word) const {
    const label_t id = slots_.id(locate(word, detail::word_hash(word)));
    return id < 0 ? 0 : entries_[static_cast<std::size_t>(id)].count;
  }
  /// Calls f(std::string_view word, std::int64_t count) for every word, in the order of their first occurrence.
  template <class F>
  void each(F f) const {
    for (const entry& e : entries_) f(word_of(e), e.count);
  }

  /// Forgets words that occur fewer than `fewest` times. Counts of words that come later begin again.
  void prune(std::int64_t fewest);

 private:
  struct entry {
    std::size_t at, length;
    std::int64_t count;
  };
  std::string_view word_of(const entry& e) const { return {bytes_.data() + e.at, e.length}; }
  std::size_t locate(std::string_view word, std::uint32_t hash) const {
    return slots_.locate(hash, [&](label_t id) { return word_of(entries_[static_cast<std::size_t>(id)]) == word; });
  }
  void insert(std::size_t place, std::uint32_t hash, std::string_view word, std::int64_t times);
  void forget_the_rarest();

  word_counts_options options_;
  detail::id_slots slots_;
  std::vector<entry> entries_;
  std::vector<char> bytes_;  // of all words, one behind the other
  std::int64_t total_ = 0, floor_ = 0;
};

}  // namespace kindred::text

#if !defined(KINDRED_COMPILED)
#include <kindred/text/detail/word_counts_impl.hpp>
#endif
