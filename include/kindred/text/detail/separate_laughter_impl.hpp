// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/hangul.hpp>
#include <kindred/text/normalize.hpp>
#include <kindred/text/separate_laughter.hpp>

namespace kindred::text {

KINDRED_INLINE std::string separate_laughter::operator()(std::string_view text) const {
  constexpr char32_t laugh = U'ㅋ', leading = 0x110F, trailing = 0x11BF;
  const std::u32string in = decode_utf8(nfc(text, invalid));
  std::string out;
  out.reserve(text.size());
  bool letter = false;  // what was put last stands alone
  for (std::size_t i = 0; i < in.size(); ++i) {
    const char32_t c = in[i], next = i + 1 < in.size() ? in[i + 1] : 0;
    const bool before_letter = hangul::is_compatibility_jamo(next);
    if (!hangul::is_syllable(c) || !before_letter) {
      encode_utf8(c, out);
      letter = hangul::is_compatibility_jamo(c);
      continue;
    }
    auto parts = hangul::decompose(c);
    // the second ㅋ may be about to leave a syllable itself
    const char32_t second = i + 2 < in.size() ? in[i + 2] : 0;
    const bool more = second == laugh || (hangul::is_syllable(second) && hangul::decompose(second).leading == leading &&
                                          i + 3 < in.size() && hangul::is_compatibility_jamo(in[i + 3]));
    const bool laughs = parts.trailing == trailing && next == laugh && more && c != U'엌' && c != U'녘' && c != U'읔';
    if (laughs) parts.trailing = 0;
    if (letter && parts.leading == leading) {
      encode_utf8(laugh, out);
      encode_utf8(hangul::compatibility(parts.vowel), out);
      if (parts.trailing) encode_utf8(hangul::compatibility(parts.trailing), out);
    } else {
      encode_utf8(hangul::compose(parts), out);
      letter = false;
    }
    if (laughs) {
      encode_utf8(laugh, out);
      letter = true;
    }
  }
  return out;
}

}  // namespace kindred::text
