// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/byte_source.hpp>
#include <kindred/io/limits.hpp>
#include <kindred/io/stored.hpp>
#include <kindred/text/word_counts.hpp>
#include <kindred/text/word_ids.hpp>
#include <string>

namespace kindred::text {

/// Which words make a vocabulary.
struct vocabulary_options {
  std::int64_t fewest = 1;  ///< words that occur fewer times are left out
  index_t most_words = 0;   ///< keep this many, the most frequent ones; 0: all
};

/// Words with an id and a number of occurrences each. Ids count from 0 by occurrences, descending, then by bytes,
/// ascending: the same counts give the same ids on every machine. Safe to read from several threads.
class vocabulary {
 public:
  /// The id of a word that is not there.
  static constexpr label_t unknown = -1;

  /// No words.
  vocabulary() = default;
  /// The words that were counted.
  ///
  /// Complexity  O(n log n) for the n words that stay.
  /// Errors      argument_error for an option below 0; for more than 2^31 - 2 words.
  explicit vocabulary(const word_counts& counts, vocabulary_options options = {});

  /// Number of words.
  index_t size() const { return words_.size(); }
  /// The id of a word, or `unknown`. O(bytes of the word) expected.
  label_t id(std::string_view word) const { return words_.find(word); }
  /// True where the word is there.
  bool contains(std::string_view word) const { return id(word) != unknown; }
  /// The word of an id. Errors, here and below: argument_error for an id outside [0, size()).
  const std::string& word(label_t id) const { return words()[checked(id)]; }
  /// Occurrences of the word of an id.
  std::int64_t count(label_t id) const { return counts_[checked(id)]; }
  /// Occurrences of all words.
  std::int64_t total() const { return total_; }
  /// All words by id, and their occurrences.
  const std::vector<std::string>& words() const { return words_.words(); }
  const std::vector<std::int64_t>& counts() const { return counts_; }

  /// Appends the id of every token of a text to `out`; words that are not there are left out.
  template <Tokenizer T>
  void encode(std::string_view text, const T& tokenizer, std::vector<label_t>& out) const {
    tokenizer(text, [&](std::string_view token) {
      if (const label_t at = id(token); at != unknown) out.push_back(at);
    });
  }
  /// The same with an id for words that are not there, such as size(), which no word has.
  template <Tokenizer T>
  void encode(std::string_view text, const T& tokenizer, std::vector<label_t>& out, label_t id_of_unknown) const {
    tokenizer(text, [&](std::string_view token) {
      const label_t at = id(token);
      out.push_back(at == unknown ? id_of_unknown : at);
    });
  }

  /// Writes a text file, "word<tab>count" and a line feed for each word by id; it appears whole or not at all.
  /// Errors  argument_error for a word that is empty, holds a line feed or is not UTF-8; io_error where writing fails.
  void save(const std::string& path) const;
  /// What save(path) wrote. The count stands behind the last tab of a line; CRLF is taken.
  ///
  /// Complexity  O(bytes); the bytes of the file beside the vocabulary.
  /// Errors      io_error that names file and line: no tab, a count that is no number or below 1, more occurrences
  ///             together than 64 bits hold, an empty word, one that is not UTF-8, that came before or that is out of
  ///             order; limits exceeded, of which `rows` counts words.
  static vocabulary load(const std::string& path, const io::limits& accepted = {});
  static vocabulary load(io::byte_source& source, const io::limits& accepted = {});

  /// Adds tensors `bytes`, `ends` and `counts` to a file.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    std::vector<std::uint8_t> bytes;
    std::vector<index_t> ends;
    for (const auto& w : words()) {
      bytes.insert(bytes.end(), w.begin(), w.end());
      ends.push_back(static_cast<index_t>(bytes.size()));
    }
    file.metadata(prefix + "type", file_type);
    file.add(prefix + "bytes", std::move(bytes));
    file.add(prefix + "ends", std::move(ends));
    file.add(prefix + "counts", counts_);
  }
  /// What was saved under `prefix`. Words may be any bytes there.
  /// Errors  io_error that names the file: another type, a missing tensor, ends that do not fit, and as load(path).
  template <class Context, class File>
  static vocabulary load(Context& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    const auto bytes = file.template load_vector<std::uint8_t>(ctx, prefix + "bytes").to_host();
    const auto ends = file.template load_vector<index_t>(ctx, prefix + "ends").to_host();
    const auto counts = file.template load_vector<std::int64_t>(ctx, prefix + "counts").to_host();
    return from_arrays({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, ends, counts,
                       file.name() + ": " + prefix);
  }

 private:
  static constexpr const char* file_type = "vocabulary 1";
  static vocabulary from_arrays(std::string_view bytes, const std::vector<index_t>& ends,
                                const std::vector<std::int64_t>& counts, const std::string& place);
  std::size_t checked(label_t id) const {
    expects<argument_error>(id >= 0 && id < size(), "text::vocabulary: id {} of {} words", id, size());
    return static_cast<std::size_t>(id);
  }
  /// Adds the next word of a file; why it cannot be had, or null.
  const char* append(std::string_view word, std::int64_t count);

  word_ids words_;
  std::vector<std::int64_t> counts_;
  std::int64_t total_ = 0;
};

}  // namespace kindred::text

#if !defined(KINDRED_COMPILED)
#include <kindred/text/detail/vocabulary_impl.hpp>
#endif
