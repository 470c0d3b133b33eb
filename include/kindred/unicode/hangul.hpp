// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <string>
#include <string_view>

/// Hangul by arithmetic: the 11,172 modern syllables, their jamo, and the letters of keyboards and dictionaries.
///
/// syllable = U+AC00 + (leading * 21 + vowel) * 28 + trailing, with 19 leading consonants, 21 vowels and 27 trailing
/// consonants (0 is none).
/// Reference  Unicode 15, section 3.12.
namespace kindred::unicode::hangul {

namespace detail {
inline constexpr char32_t first_syllable = 0xAC00, first_leading = 0x1100, first_vowel = 0x1161,
                          before_trailing = 0x11A7;
inline constexpr char32_t leadings = 19, vowels = 21, trailings = 28;
inline constexpr char32_t syllables = leadings * vowels * trailings;
// compatibility letters in the order of the modern leading and trailing jamo; vowels lie in the same order in both
// blocks
inline constexpr std::u32string_view leading_letters = U"ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
inline constexpr std::u32string_view trailing_letters = U"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
}  // namespace detail

/// A syllable taken apart: conjoining jamo, `trailing` 0 where there is none.
struct jamo {
  char32_t leading = 0;   ///< U+1100..U+1112
  char32_t vowel = 0;     ///< U+1161..U+1175
  char32_t trailing = 0;  ///< U+11A8..U+11C2, or 0
  friend constexpr bool operator==(const jamo&, const jamo&) = default;
};

/// True for the precomposed syllables U+AC00..U+D7A3.
constexpr bool is_syllable(char32_t c) { return c - detail::first_syllable < detail::syllables; }

/// True for the leading consonants that compose, U+1100..U+1112.
constexpr bool is_leading(char32_t c) { return c - detail::first_leading < detail::leadings; }

/// True for the vowels that compose, U+1161..U+1175.
constexpr bool is_vowel(char32_t c) { return c - detail::first_vowel < detail::vowels; }

/// True for the trailing consonants that compose, U+11A8..U+11C2.
constexpr bool is_trailing(char32_t c) {
  return c > detail::before_trailing && c < detail::before_trailing + detail::trailings;
}

/// True for every conjoining jamo, the old ones included: U+1100..U+11FF, U+A960..U+A97C, U+D7B0..U+D7C6,
/// U+D7CB..U+D7FB.
constexpr bool is_jamo(char32_t c) {
  return (c >= 0x1100 && c <= 0x11FF) || (c >= 0xA960 && c <= 0xA97C) || (c >= 0xD7B0 && c <= 0xD7C6) ||
         (c >= 0xD7CB && c <= 0xD7FB);
}

/// True for the compatibility letters U+3131..U+318E, which stand alone and never compose.
constexpr bool is_compatibility_jamo(char32_t c) { return c >= 0x3131 && c <= 0x318E; }

/// The jamo of a syllable. Errors: argument_error when `c` is not a syllable.
inline jamo decompose(char32_t c) {
  expects<argument_error>(is_syllable(c), "unicode::hangul::decompose: U+{} (decimal) is not a Hangul syllable",
                          static_cast<index_t>(c));
  const char32_t at = c - detail::first_syllable, trailing = at % detail::trailings;
  return {detail::first_leading + at / (detail::vowels * detail::trailings),
          detail::first_vowel + at / detail::trailings % detail::vowels,
          trailing == 0 ? 0 : detail::before_trailing + trailing};
}

/// The syllable of jamo; `trailing` 0 makes an open syllable.
/// Errors  argument_error when they are not a leading consonant, a vowel and a trailing consonant that compose.
inline char32_t compose(jamo parts) {
  expects<argument_error>(
      is_leading(parts.leading) && is_vowel(parts.vowel) && (parts.trailing == 0 || is_trailing(parts.trailing)),
      "unicode::hangul::compose: code points {}, {}, {} (decimal) are not leading, vowel and trailing",
      static_cast<index_t>(parts.leading), static_cast<index_t>(parts.vowel), static_cast<index_t>(parts.trailing));
  return detail::first_syllable +
         ((parts.leading - detail::first_leading) * detail::vowels + (parts.vowel - detail::first_vowel)) *
             detail::trailings +
         (parts.trailing == 0 ? 0 : parts.trailing - detail::before_trailing);
}

/// The one code point that two neighbours compose to (leading + vowel, or open syllable + trailing), else 0.
inline char32_t composed(char32_t a, char32_t b) {
  if (is_leading(a) && is_vowel(b)) return compose({a, b, 0});
  if (is_syllable(a) && (a - detail::first_syllable) % detail::trailings == 0 && is_trailing(b))
    return a + (b - detail::before_trailing);
  return 0;
}

/// The compatibility letter that shows a modern jamo on its own (U+1112 and U+11C2 both give U+314E), else 0.
constexpr char32_t compatibility(char32_t c) {
  if (is_leading(c)) return detail::leading_letters[c - detail::first_leading];
  if (is_vowel(c)) return U'ㅏ' + (c - detail::first_vowel);
  if (is_trailing(c)) return detail::trailing_letters[c - detail::before_trailing - 1];
  return 0;
}

/// Text with each syllable and each modern jamo written as compatibility letters, other code points unchanged:
/// 한글 gives ㅎㅏㄴㄱㅡㄹ. Not invertible, since syllable borders are lost.
inline std::u32string letters(std::u32string_view text) {
  std::u32string out;
  out.reserve(text.size() * 3);
  const auto put = [&](char32_t c) {
    const char32_t letter = compatibility(c);
    out.push_back(letter ? letter : c);
  };
  for (const char32_t c : text) {
    if (is_syllable(c)) {
      const jamo parts = decompose(c);
      put(parts.leading);
      put(parts.vowel);
      if (parts.trailing) put(parts.trailing);
    } else {
      put(c);
    }
  }
  return out;
}

/// Text with letters that stand alone joined into syllables as a keyboard would: ㅆㅡㄹㅐㄱㅣ gives 쓰래기, ㅎㅏㄴㄱㅡㄹ gives 한글.
/// A consonant before a vowel begins a syllable; one consonant behind it closes it unless a vowel follows that. Letters
/// that no syllable takes up (ㅋㅋ, ㅠㅠ) and everything else stay. Inverts `letters` where every syllable had a consonant,
/// a vowel and at most one letter below, but for borders that only the reader knows (ㄱㅏㄱㄱㅏ is 각가).
inline std::u32string join(std::u32string_view text) {
  const auto index_in = [](std::u32string_view letters, char32_t c) {
    const auto at = letters.find(c);
    return at == letters.npos ? 0 : static_cast<char32_t>(at) + 1;
  };
  const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : 0; };
  const auto vowel = [&](std::size_t i) { return at(i) >= U'ㅏ' && at(i) <= U'ㅣ'; };
  const auto leading = [&](std::size_t i) { return at(i) == 0 ? 0 : index_in(detail::leading_letters, at(i)); };
  std::u32string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t first = leading(i);
    if (first == 0 || !vowel(i + 1)) {
      out.push_back(text[i]);
      continue;
    }
    jamo parts{detail::first_leading + first - 1, detail::first_vowel + (at(++i) - U'ㅏ'), 0};
    const char32_t last = at(i + 1) == 0 ? 0 : index_in(detail::trailing_letters, at(i + 1));
    if (last != 0 && !(leading(i + 1) != 0 && vowel(i + 2))) {
      parts.trailing = detail::before_trailing + last;
      ++i;
    }
    out.push_back(compose(parts));
  }
  return out;
}

}  // namespace kindred::unicode::hangul
