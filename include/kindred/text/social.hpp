// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/text/concept.hpp>
#include <kindred/text/detail/prepared.hpp>
#include <kindred/unicode/utf8.hpp>
#include <string>
#include <string_view>

namespace kindred::text {

namespace detail {

/// What stands at the front of a text.
struct lexeme {
  std::size_t length;    ///< bytes, at least 1
  std::string_view tag;  ///< empty for white space, "NA" for a run of Hangul syllables
};

/// The lexeme that begins at byte `at` < text.size() of valid UTF-8. O(its length), but for a constant.
lexeme next_lexeme(std::string_view text, std::size_t at);

}  // namespace detail

/// Tokens of what people write on the web, each with a tag; every character of NFC text but white space and invisible
/// ones (both as in text::whitespace) is part of exactly one. Full-width forms are read as ASCII: ＃서울 is the hashtag
/// #서울.
///
/// tag        token
/// W_URL      http://, https://, ftp:// or www. and the ASCII characters of addresses that follow, less closing
///            punctuation
/// W_EMAIL    name@host.domain in ASCII, a name of at most 64 bytes
/// W_HASHTAG  # and letters, digits and _ of any script, not digits alone
/// W_MENTION  @ and ASCII letters, digits, _ and inner dots
/// W_EMOJI    an emoji with its variation selector, skin tone, tags and everything joined by U+200D; a flag; a keycap
/// W_SERIAL   digit groups joined by two or more dots or hyphens: telephone numbers, dates, network addresses
/// SN         a number, with inner commas and points
/// IC         a run of Korean letters that stand alone, consonants or vowels: ㅋㅋㅋ, ㅠㅠ
/// NA         a run of Hangul syllables, not analysed (or of jamo that no syllable takes up)
/// SL, SH     a run of letters of other scripts, of Han ideographs
/// SF SE SP SS SO SW  marks as in the Sejong corpus: .?!, ellipsis, ,·:/, quotes and brackets, ~-, others; a repeated
///                    mark is one
///
/// Letters beyond ASCII are told by their blocks, from Latin-1 to U+1FFF, kana and half and full width; what is missed
/// is SW.
///
/// Complexity  O(bytes); no allocation where the text is in that form already.
/// Errors      argument_error for bytes that are not UTF-8 unless they are replaced, before the first token.
/// Reference   UTS 51 15.0 (emoji sequences); tags as Kiwi names them, except that it has no tag of its own for IC and
///             NA.
struct social {
  bool normalize = true;  ///< full-width forms of ASCII become ASCII, then NFC
  unicode::invalid_bytes invalid = unicode::invalid_bytes::refuse;  ///< what to do with bytes that are not UTF-8

  /// Calls emit(tagged_token) for each token.
  template <class Emit>
  void tagged(std::string_view text, Emit&& emit) const {
    std::string buffer;
    text = detail::prepare(text, normalize, invalid, buffer);
    for (std::size_t at = 0; at < text.size();) {
      const auto next = detail::next_lexeme(text, at);
      if (!next.tag.empty()) emit(tagged_token{text.substr(at, next.length), next.tag});
      at += next.length;
    }
  }

  /// Calls emit(std::string_view) for each token.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    tagged(text, [&](tagged_token token) { emit(token.form); });
  }
};

static_assert(TaggingTokenizer<social>);

}  // namespace kindred::text

#if !defined(KINDRED_COMPILED)
#include <kindred/text/detail/social_impl.hpp>
#endif
