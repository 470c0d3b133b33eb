// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/character_ngrams.hpp>
#include <kindred/unicode/hangul.hpp>

namespace kindred::text {

/// All runs of `shortest` to `longest` letters of NFC text, below the syllable: Hangul is written as its letters
/// (hangul::letters, 한글 is ㅎㅏㄴㄱㅡㄹ), everything else as it is; the runs are those of character_ngrams. Words whose
/// endings or spelling differ by one letter share most of their runs: 갔다 and 갔던, 되다 and 돼다.
///
/// Complexity  O(letters * (longest - shortest + 1)) tokens.
/// Errors      as character_ngrams.
struct jamo_ngrams {
  index_t shortest = 3;      ///< letters of the shortest run
  index_t longest = 5;       ///< letters of the longest run
  bool within_words = true;  ///< runs do not cross words, and borders are marked by spaces
  bool normalize = true;  ///< as in character_ngrams; without, jamo of syllables and of NFD give the same letters too
  unicode::invalid_bytes invalid = unicode::invalid_bytes::refuse;  ///< what to do with bytes that are not UTF-8

  /// Calls emit(std::string_view) for each run.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    std::string buffer;
    const std::string letters = unicode::encode_utf8(
        unicode::hangul::letters(unicode::decode_utf8(detail::prepare(text, normalize, invalid, buffer))));
    character_ngrams{.shortest = shortest, .longest = longest, .within_words = within_words, .normalize = false}(
        letters, emit);
  }
};

static_assert(Tokenizer<jamo_ngrams>);

}  // namespace kindred::text
