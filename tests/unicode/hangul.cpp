// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/unicode/hangul.hpp>

using namespace kindred;
namespace hangul = kindred::unicode::hangul;

TEST_CASE("all 11,172 syllables come back from their jamo, in dictionary order") {
  char32_t c = 0xAC00;
  for (char32_t l = 0x1100; l <= 0x1112; ++l)
    for (char32_t v = 0x1161; v <= 0x1175; ++v)
      for (char32_t t = 0x11A7; t <= 0x11C2; ++t, ++c) {
        const hangul::jamo parts{l, v, t == 0x11A7 ? 0 : t};
        const char32_t open = hangul::composed(l, v);
        const bool same = hangul::is_syllable(c) && hangul::decompose(c) == parts && hangul::compose(parts) == c &&
                          (parts.trailing ? hangul::composed(open, t) == c : open == c);
        if (!same) FAIL("syllable ", static_cast<std::uint32_t>(c));
      }
  CHECK(c == 0xD7A4);
  CHECK_FALSE(hangul::is_syllable(0xABFF));
  CHECK_FALSE(hangul::is_syllable(0xD7A4));
}

TEST_CASE("jamo are told from what looks like them") {
  CHECK(hangul::decompose(U'한') == hangul::jamo{0x1112, 0x1161, 0x11AB});
  CHECK(hangul::is_leading(0x1112));
  CHECK_FALSE(hangul::is_leading(0x1113));  // an old consonant
  CHECK(hangul::is_jamo(0x1113));
  CHECK_FALSE(hangul::is_vowel(0x1160));
  CHECK(hangul::is_vowel(0x1175));
  CHECK_FALSE(hangul::is_trailing(0x11A7));
  CHECK(hangul::is_trailing(0x11C2));
  CHECK(hangul::is_jamo(0xA960));
  CHECK_FALSE(hangul::is_jamo(0xD7C7));
  CHECK_FALSE(hangul::is_jamo(U'ㄱ'));
  CHECK(hangul::is_compatibility_jamo(U'ㄱ'));
  CHECK_FALSE(hangul::is_compatibility_jamo(0x1100));
  CHECK(hangul::composed(U'ㄱ', U'ㅏ') == 0);
  CHECK(hangul::composed(U'각', 0x11A8) == 0);
}

TEST_CASE("compatibility letters follow the Unicode names") {
  CHECK(hangul::compatibility(0x1112) == U'ㅎ');
  CHECK(hangul::compatibility(0x11C2) == U'ㅎ');
  CHECK(hangul::compatibility(0x1108) == U'ㅃ');
  CHECK(hangul::compatibility(0x11B9) == U'ㅄ');
  CHECK(hangul::compatibility(0x1175) == U'ㅣ');
  CHECK(hangul::compatibility(U'가') == 0);
  CHECK(hangul::letters(U"한글 값, a!") == U"ㅎㅏㄴㄱㅡㄹ ㄱㅏㅄ, a!");
  CHECK(hangul::letters(U"").empty());
}

TEST_CASE("what is no syllable or no jamo is refused") {
  CHECK_THROWS_AS(hangul::decompose(U'a'), argument_error);
  CHECK_THROWS_AS(hangul::compose({U'ㄱ', 0x1161, 0}), argument_error);
  CHECK_THROWS_AS(hangul::compose({0x1100, 0x1161, 0x11A7}), argument_error);
}
