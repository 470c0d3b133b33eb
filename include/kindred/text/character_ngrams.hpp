// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/text/concept.hpp>
#include <kindred/text/detail/prepared.hpp>
#include <kindred/text/whitespace.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace kindred::text {

/// All runs of `shortest` to `longest` characters of NFC text, as tokens. Invisible characters are dropped and white
/// space is found as in text::whitespace.
///
/// across words  (default) every run of the text, after each stretch of white space has become one space
/// within words  every run of " word " for each word, the spaces marking its borders; a padded word shorter than a run
///               is emitted whole, once
///
/// Tokens come by length, then by position (within words: word after word), repeated as often as they occur.
///
/// Complexity  O(characters * (longest - shortest + 1)) tokens.
/// Errors      argument_error when not 0 < shortest <= longest, or for bytes that are not UTF-8 unless they are
///             replaced.
/// Reference   scikit-learn 1.2 analyzer="char" and "char_wb"; differs: NFC by default, a lone tab or line break
///             becomes a space, and no lower-casing.
struct character_ngrams {
  index_t shortest = 1;       ///< characters of the shortest run
  index_t longest = 3;        ///< characters of the longest run
  bool within_words = false;  ///< runs do not cross words, and borders are marked by spaces
  bool normalize = true;      ///< full-width forms of ASCII become ASCII, then NFC
  unicode::invalid_bytes invalid = unicode::invalid_bytes::refuse;  ///< what to do with bytes that are not UTF-8

  /// Calls emit(std::string_view) for each run.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    expects<argument_error>(0 < shortest && shortest <= longest,
                            "text::character_ngrams: expected lengths with 0 < shortest <= longest, got {} to {}",
                            shortest, longest);
    std::string buffer;
    const std::u32string characters = unicode::decode_utf8(detail::prepare(text, normalize, invalid, buffer));
    std::string bytes;                // the text with white space collapsed, UTF-8
    std::vector<std::size_t> starts;  // where each character begins in `bytes`, and the end
    const auto clear = [&](bool padded) {
      bytes.clear();
      if (padded) bytes += ' ';
      starts.assign(padded ? 1 : 0, 0);
    };
    const auto put = [&](char32_t c) {
      starts.push_back(bytes.size());
      unicode::encode_utf8(c, bytes);
    };
    const auto runs = [&] {
      const std::size_t count = starts.size();
      starts.push_back(bytes.size());
      for (index_t length = shortest; length <= longest; ++length) {
        const auto n = static_cast<std::size_t>(length);
        if (n >= count && within_words) {
          emit(std::string_view(bytes));
          break;
        }
        if (n > count) break;
        for (std::size_t i = 0; i + n <= count; ++i)
          emit(std::string_view(bytes).substr(starts[i], starts[i + n] - starts[i]));
      }
    };
    clear(within_words);
    bool any = false;  // a word has begun
    for (std::size_t i = 0; i < characters.size(); ++i) {
      if (!detail::is_blank(characters[i])) {
        put(characters[i]);
        any = true;
      } else if (!within_words) {
        if (i == 0 || !detail::is_blank(characters[i - 1])) put(U' ');
      } else if (any) {
        put(U' ');
        runs();
        clear(true);
        any = false;
      }
    }
    if (!within_words) {
      runs();
    } else if (any) {
      put(U' ');
      runs();
    }
  }
};

static_assert(Tokenizer<character_ngrams>);

}  // namespace kindred::text
