// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/byte_source.hpp>
#include <kindred/io/limits.hpp>
#include <kindred/text/word_counts.hpp>
#include <kindred/text/word_ids.hpp>
#include <string>

namespace kindred::text {

/// How far byte pair encoding is learned.
struct byte_pair_options {
  index_t symbols = 8000;   ///< at most this many: 256 bytes, characters, and what is merged of them
  std::int64_t fewest = 2;  ///< characters and pairs that occur fewer times become no symbols
};

/// Byte pair encoding: words cut into pieces that were learned as the most frequent ones, so that any text has ids and
/// frequent words have one each.
///
/// Text is cut into words first: a run without white space with the one blank before it, which is written ▁ (U+2581)
/// where symbols are shown; a text begins as if behind a blank; other white space (ASCII's) makes words of one byte. A
/// word begins as its characters, those that are no symbols as their bytes, so nothing is unknown. Learning counts the
/// neighbours in all words and makes a symbol of the most frequent pair, in all words from the front, again and again;
/// encoding does the same merges in the order in which they were learned. Merges stay inside words, and bytes of
/// unknown characters are never merged.
///
/// Ids: 0 to 255 the bytes, then characters beyond ASCII by code point, then merged symbols as they were learned. Two
/// merges that give the same text give the same id. Of pairs that occur equally often the one that is smaller, left
/// then right, in bytes comes first.
///
///     text::word_counts counts;
///     for (line : corpus) counts.add(line, text::whitespace{});
///     const text::byte_pair_encoding pieces(counts, {.symbols = 4000});
///     pieces.encode(sentence, ids);        // pieces.decode(ids) == sentence, whatever bytes it holds
///
/// It is a Tokenizer as well. Safe to use from several threads.
///
/// Memory       tens of bytes per symbol; while learning, the different words and 16 bytes per character of them
///              besides.
/// Complexity   learning O(n log n) for n characters of the different words and their merges; encoding O(n log n) in
///              the bytes of the longest word.
/// Determinism  depends on the counts only, not on the order of the words.
/// Reference    Sennrich, Haddow and Birch 2016, subword-nmt; byte fallback as sentencepiece. Differs: the blank before
///              a word is part of it, in place of a mark at its end, and it is restored.
class byte_pair_encoding {
 public:
  /// Bytes only.
  byte_pair_encoding();
  /// Learned from words and how often they occur. White space inside a word cuts it as it cuts a text.
  /// Errors  argument_error for fewer than 256 symbols or more than 2^30, or a negative `fewest`.
  explicit byte_pair_encoding(const word_counts& words, byte_pair_options options = {});

  /// Number of symbols.
  index_t size() const { return pieces_.size(); }
  /// The bytes of a symbol, a blank as it is. Errors: argument_error for an id outside [0, size()).
  const std::string& piece(label_t id) const {
    expects<argument_error>(id >= 0 && id < size(), "text::byte_pair_encoding: id {} of {} symbols", id, size());
    return pieces_.words()[static_cast<std::size_t>(id)];
  }
  /// Number of merges, and the two symbols of each, in the order in which they were learned.
  index_t merges() const { return static_cast<index_t>(merges_.size()); }
  std::pair<label_t, label_t> merge(index_t i) const {
    expects<argument_error>(i >= 0 && i < merges(), "text::byte_pair_encoding: merge {} of {}", i, merges());
    return {merges_[static_cast<std::size_t>(i)].left, merges_[static_cast<std::size_t>(i)].right};
  }

  /// Appends the ids of a text, any bytes, to `out`.
  void encode(std::string_view text, std::vector<label_t>& out) const;
  std::vector<label_t> encode(std::string_view text) const {
    std::vector<label_t> ids;
    encode(text, ids);
    return ids;
  }
  /// The text of ids: decode(encode(x)) is x for all x.
  /// Errors  argument_error for an id outside [0, size()).
  std::string decode(std::span<const label_t> ids) const;

  /// Calls emit(std::string_view) for each piece as shown() gives it; pieces of white space alone are left out.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    for (const label_t id : encode(text)) {
      const std::string& p = pieces_.words()[static_cast<std::size_t>(id)];
      if (p.size() > 1 || !is_space(p[0])) emit(std::string_view(shown(id)));
    }
  }
  /// A symbol as UTF-8: ▁ in place of a blank, <0xE3> for a byte beyond ASCII. Errors: as piece().
  std::string shown(label_t id) const;

  /// Writes a text file: a line "kindred byte_pair_encoding 1", "characters N" and N lines of a character each, "merges
  /// N" and N lines of two symbols with a blank between; it appears whole or not at all. Errors: io_error where writing
  /// fails.
  void save(const std::string& path) const;
  /// What save(path) wrote. CRLF is not taken.
  ///
  /// Complexity  O(bytes); the bytes of the file beside the encoding.
  /// Errors      io_error that names file and line: another head, fewer or more lines than it says, what is no single
  ///             character beyond ASCII or not in order, what is no two symbols that exist, or that were merged before;
  ///             limits exceeded, of which `rows` counts symbols.
  static byte_pair_encoding load(const std::string& path, const io::limits& accepted = {});
  static byte_pair_encoding load(io::byte_source& source, const io::limits& accepted = {});

  /// Adds a tensor `text`, the bytes of that file, to a file.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    const std::string text = as_text();
    file.metadata(prefix + "type", file_type);
    file.add(prefix + "text", std::vector<std::uint8_t>(text.begin(), text.end()));
  }
  /// What was saved under `prefix`. Errors: io_error for another type, a missing tensor, and as load(path).
  template <class Context, class File>
  static byte_pair_encoding load(Context& ctx, const File& file, const std::string& prefix) {
    const std::string& type = file.metadata(prefix + "type");
    expects<io_error>(type == file_type, "{}: metadata {}type: expected {}, got {}", file.name(), prefix, file_type,
                      type);
    const auto bytes = file.template load_vector<std::uint8_t>(ctx, prefix + "text").to_host();
    io::byte_source source(std::as_bytes(std::span(bytes)), file.name() + ": " + prefix + "text");
    return load(source);
  }

 private:
  static constexpr const char* file_type = "byte_pair_encoding 1";
  static constexpr const char* blank = "\xE2\x96\x81";  // ▁
  static constexpr std::size_t first_character = 256;

  struct merged {
    label_t left, right, result;
  };
  struct pair_slot {
    std::uint64_t pair = 0;
    std::int32_t rank = -1;
  };
  static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
  static std::uint64_t pair_of(label_t left, label_t right) {
    return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
  }
  /// Where the pair stands or would stand.
  std::size_t place(std::uint64_t pair) const;
  std::int32_t rank(label_t left, label_t right) const { return ranks_[place(pair_of(left, right))].rank; }
  /// Whether a symbol may be merged at all, and with one before it.
  bool mergeable(label_t id) const;
  bool merges_after(label_t id) const;
  label_t add_merge(label_t left, label_t right);
  void start(std::string_view word, std::vector<label_t>& ids) const;
  template <class F>
  static void each_word(std::string_view text, F f);
  class word_merger;
  class learner;
  std::string as_text() const;

  word_ids pieces_;
  std::vector<merged> merges_;
  std::vector<pair_slot> ranks_;  // open addressing, at most half full
  std::size_t characters_ = 0;
};

}  // namespace kindred::text

#if !defined(KINDRED_COMPILED)
#include <kindred/text/detail/byte_pair_encoding_impl.hpp>
#endif
