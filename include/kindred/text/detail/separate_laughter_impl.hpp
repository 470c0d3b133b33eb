// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/repeats.hpp>
#include <kindred/unicode/hangul.hpp>
#include <kindred/unicode/normalize.hpp>

namespace kindred::text {

KINDRED_INLINE std::string separate_laughter::operator()(std::string_view text) const {
  constexpr char32_t laugh = U'ㅋ', leading = 0x110F, trailing = 0x11BF;
  const std::u32string in = unicode::decode_utf8(unicode::nfc(text, invalid));
  std::string out;
  out.reserve(text.size());
  bool letter = false;  // what was put last stands alone
  for (std::size_t i = 0; i < in.size(); ++i) {
    const char32_t c = in[i], next = i + 1 < in.size() ? in[i + 1] : 0;
    const bool before_letter = unicode::hangul::is_compatibility_jamo(next);
    if (!unicode::hangul::is_syllable(c) || !before_letter) {
      unicode::encode_utf8(c, out);
      letter = unicode::hangul::is_compatibility_jamo(c);
      continue;
    }
    auto parts = unicode::hangul::decompose(c);
    // the second ㅋ may be about to leave a syllable itself
    const char32_t second = i + 2 < in.size() ? in[i + 2] : 0;
    const bool more = second == laugh ||
                      (unicode::hangul::is_syllable(second) && unicode::hangul::decompose(second).leading == leading &&
                       i + 3 < in.size() && unicode::hangul::is_compatibility_jamo(in[i + 3]));
    const bool laughs = parts.trailing == trailing && next == laugh && more && c != U'엌' && c != U'녘' && c != U'읔';
    if (laughs) parts.trailing = 0;
    if (letter && parts.leading == leading) {
      unicode::encode_utf8(laugh, out);
      unicode::encode_utf8(unicode::hangul::compatibility(parts.vowel), out);
      if (parts.trailing) unicode::encode_utf8(unicode::hangul::compatibility(parts.trailing), out);
    } else {
      unicode::encode_utf8(unicode::hangul::compose(parts), out);
      letter = false;
    }
    if (laughs) {
      unicode::encode_utf8(laugh, out);
      letter = true;
    }
  }
  return out;
}

}  // namespace kindred::text
