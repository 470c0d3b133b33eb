// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/detail/id_slots.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace kindred::text {

/// Assigns ids to distinct words: 0, 1, ... in the order in which they are added.
///
/// Complexity   O(length of the word) on average for find() and add(); 16 to 32 bytes per word besides the words.
class word_ids {
 public:
  index_t size() const { return static_cast<index_t>(words_.size()); }
  /// The words by id.
  const std::vector<std::string>& words() const { return words_; }
  /// Returns the id of a word, -1 if it was never added.
  label_t find(std::string_view word) const { return slots_.id(locate(word, detail::word_hash(word))); }
  /// Returns the id of a word, a new one if it was never added. Errors: argument_error for more than 2^31 - 2 words.
  label_t add(std::string_view word) {
    const std::uint32_t hash = detail::word_hash(word);
    const std::size_t place = locate(word, hash);
    if (const label_t known = slots_.id(place); known >= 0) return known;
    const auto id = static_cast<label_t>(words_.size());
    words_.emplace_back(word);
    slots_.claim(place, hash, id);
    return id;
  }
  void reserve(std::size_t words) { words_.reserve(words); }

 private:
  std::size_t locate(std::string_view word, std::uint32_t hash) const {
    return slots_.locate(hash, [&](label_t id) { return words_[static_cast<std::size_t>(id)] == word; });
  }

  std::vector<std::string> words_;
  detail::id_slots slots_;
};

}  // namespace kindred::text
