// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/concept.hpp>
#include <kindred/text/normalize.hpp>
#include <kindred/text/utf8.hpp>
#include <string>
#include <string_view>

namespace kindred::text {

namespace detail {

/// Unicode's White_Space property.
constexpr bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

}  // namespace detail

/// The words between white space (Unicode's White_Space) of NFC text, as tokens; for Korean these are eojeol.
///
/// Complexity  O(bytes); no allocation where the text is in NFC already, which one pass finds out.
/// Errors      argument_error for bytes that are not UTF-8 unless they are replaced, before the first token.
/// Reference   Python's str.split() on NFC text, but for U+001C..U+001F, which Unicode does not call white space.
struct whitespace {
  bool normalize = true;                          ///< NFC first; without, the text is taken as it is
  invalid_bytes invalid = invalid_bytes::refuse;  ///< what to do with bytes that are not UTF-8

  /// Calls emit(std::string_view) for each word.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    std::string buffer;
    text = detail::prepare(text, normalize, invalid, buffer);
    std::size_t begin = 0, at = 0;
    while (at < text.size()) {
      const auto byte = static_cast<unsigned char>(text[at]);
      // every other lead byte begins no white space: C2, E1, E2 and E3 do
      if (byte > 0x20 && byte != 0xC2 && (byte < 0xE1 || byte > 0xE3)) {
        ++at;
        continue;
      }
      const auto step = detail::decode_step(text.substr(at));
      if (detail::is_white_space(step.code_point)) {
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
