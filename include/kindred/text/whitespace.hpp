// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/concept.hpp>
#include <kindred/text/detail/prepared.hpp>
#include <kindred/unicode/utf8.hpp>
#include <string>
#include <string_view>

namespace kindred::text {

namespace detail {

/// Unicode's White_Space property, control characters, and the Braille pattern without dots, which people type as a
/// blank.
constexpr bool is_blank(char32_t c) {
  return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x2800 || c == 0x3000;
}

}  // namespace detail

/// The words between white space of NFC text, as tokens; for Korean these are eojeol. White space is Unicode's
/// White_Space, control characters and U+2800; invisible characters (zero-width spaces, byte order marks, soft hyphens,
/// fillers) are dropped, wherever they are, but for those that shape an emoji or a letter.
///
/// Complexity  O(bytes); no allocation where the text is in that form already, which one pass finds out.
/// Errors      argument_error for bytes that are not UTF-8 unless they are replaced, before the first token.
/// Reference   Python's str.split() on NFC text without invisible characters, but for U+2800 and the control characters
///             that Python does not split at.
struct whitespace {
  bool normalize = true;  ///< full-width forms of ASCII become ASCII, then NFC
  unicode::invalid_bytes invalid = unicode::invalid_bytes::refuse;  ///< what to do with bytes that are not UTF-8

  /// Calls emit(std::string_view) for each word.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    std::string buffer;
    text = detail::prepare(text, normalize, invalid, buffer);
    std::size_t begin = 0, at = 0;
    while (at < text.size()) {
      const auto byte = static_cast<unsigned char>(text[at]);
      // every other lead byte begins no blank: C2, E1, E2 and E3 do
      if (byte > 0x20 && byte != 0x7F && byte != 0xC2 && (byte < 0xE1 || byte > 0xE3)) {
        ++at;
        continue;
      }
      const auto step = utf8_front(text.substr(at));
      if (detail::is_blank(step.code_point)) {
        if (begin < at) emit(text.substr(begin, at - begin));
        begin = at + step.length;
      }
      at += step.length;
    }
    if (begin < at) emit(text.substr(begin, at - begin));
  }
};

static_assert(Tokenizer<whitespace>);

}  // namespace kindred::text
