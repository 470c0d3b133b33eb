// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/text/jamo_ngrams.hpp>
#include <kindred/text/korean.hpp>
#include <kindred/text/script_runs.hpp>
#include <kindred/text/whitespace.hpp>

#include "tokens.hpp"

using namespace kindred;
using list = std::vector<std::string>;

TEST_CASE("words stand between white space of every kind") {
  const text::whitespace words;
  CHECK(tokens_of(words, "  나는 학교에\t간다.\n\n") == list{"나는", "학교에", "간다."});
  CHECK(tokens_of(words,
                  "a\xC2\xA0"
                  "b\xE3\x80\x80"
                  "c\xE2\x80\xA8"
                  "d\xE1\x9A\x80"
                  "e\xC2\x85") == list{"a", "b", "c", "d", "e"});
  // what begins with the same bytes and is no white space
  CHECK(tokens_of(words, "\xC2\xB0\xE2\x80\x90\xE1\x84\x80\xE3\x81\x82") ==
        list{"\xC2\xB0\xE2\x80\x90\xE1\x84\x80\xE3\x81\x82"});
  // control characters and the empty Braille pattern, which nobody sees either
  CHECK(tokens_of(words, std::string_view("a\0b\x1F"
                                          "c\x7F"
                                          "d\xC2\x9F"
                                          "e\u2800f",
                                          15)) == list{"a", "b", "c", "d", "e", "f"});
  CHECK(tokens_of(words, "").empty());
  CHECK(tokens_of(words, " \n ").empty());
}

TEST_CASE("script runs follow [가-힣]+|[A-Za-z]+|[0-9]+ and more scripts on demand") {
  CHECK(tokens_of(text::script_runs{}, "2010년에 GPU3개를 샀다(ㅋㅋ)漢字ひらカナ-é") ==
        list{"2010", "년에", "GPU", "3", "개를", "샀다"});
  CHECK(tokens_of(text::script_runs{.latin = false, .digits = false, .han = true, .kana = true},
                  "A1漢字ひらカナ한글𠀀") == list{"漢字", "ひらカナ", "한글", "𠀀"});
  CHECK(tokens_of(text::script_runs{.hangul = false}, "가a나").size() == 1);
  // the borders of the ranges
  CHECK(tokens_of(text::script_runs{}, "@A[`z{/9:\uABFF\uD7A4가힣") == list{"A", "z", "9", "가힣"});
}

TEST_CASE("what is not UTF-8 is refused before the first token, or replaced") {
  list seen;
  CHECK_THROWS_WITH_AS(text::whitespace{}("a b \xFF", [&](std::string_view t) { seen.emplace_back(t); }),
                       doctest::Contains("byte 4 of 5"), argument_error);
  CHECK(seen.empty());
  CHECK_THROWS_AS(tokens_of(text::script_runs{.normalize = false}, "a\xED\xA0\x80"), argument_error);
  CHECK(tokens_of(text::whitespace{.invalid = unicode::invalid_bytes::replace}, "a\xFF b") ==
        list{"a\xEF\xBF\xBD", "b"});
  CHECK(tokens_of(text::script_runs{.normalize = false, .invalid = unicode::invalid_bytes::replace}, "a\xFFz") ==
        list{"a", "z"});
}

TEST_CASE("no tokenizer emits an invisible character, is cut by one or tells a text with it from a text without") {
  // every default-ignorable code point (DerivedCoreProperties.txt 15.0), and format characters that are not
  std::vector<char32_t> invisible{0xFFF9, 0xFFFB, 0x13430};
  for (const auto& [first, last] : std::vector<std::pair<char32_t, char32_t>>{{0xAD, 0xAD},
                                                                              {0x34F, 0x34F},
                                                                              {0x61C, 0x61C},
                                                                              {0x115F, 0x1160},
                                                                              {0x17B4, 0x17B5},
                                                                              {0x180B, 0x180F},
                                                                              {0x200B, 0x200F},
                                                                              {0x202A, 0x202E},
                                                                              {0x2060, 0x206F},
                                                                              {0x3164, 0x3164},
                                                                              {0xFE00, 0xFE0F},
                                                                              {0xFEFF, 0xFEFF},
                                                                              {0xFFA0, 0xFFA0},
                                                                              {0xFFF0, 0xFFF8},
                                                                              {0x1BCA0, 0x1BCA3},
                                                                              {0x1D173, 0x1D17A},
                                                                              {0xE0000, 0xE00FF},
                                                                              {0xE0FFF, 0xE0FFF}})
    for (char32_t c = first; c <= last; ++c) invisible.push_back(c);
  CHECK(invisible.size() > 300);
  const std::string plain = "서울여행은 retrieval 2010년에 #서울_여행 @kim ㅋㅋ \U0001F600 漢字 각 https://a.b/c.";
  const std::u32string letters = unicode::decode_utf8(plain);
  const auto same = [&](const auto& tokenizer) {
    const list expected = tokens_of(tokenizer, plain);
    CHECK(expected.size() >= 4);
    for (const char32_t c : invisible) {
      std::u32string typed{c, c};  // a byte order mark at the front, and one behind each character but the emoji
      for (const char32_t letter : letters)
        typed += letter == 0x1F600 ? std::u32string{letter} : std::u32string{letter, c};
      if (tokens_of(tokenizer, unicode::encode_utf8(typed)) != expected)
        FAIL_CHECK("U+", std::hex, static_cast<std::uint32_t>(c), " changes what comes out");
    }
    CHECK(tokens_of(tokenizer, "\uFEFF\u200B \u3164\u00AD").size() == tokens_of(tokenizer, " ").size());
  };
  same(text::whitespace{});
  same(text::whitespace{.normalize = false});
  same(text::script_runs{});
  same(text::social{});
  same(text::social{.normalize = false});
  same(text::korean{});
  same(text::character_ngrams{.shortest = 2, .longest = 2});
  same(text::jamo_ngrams{});
}

TEST_CASE("joiners and selectors that shape an emoji or a letter stay") {
  const std::string family = "\U0001F468\u200D\U0001F469\u200D\U0001F467", heart = "❤\uFE0F", keycap = "3\uFE0F\u20E3",
                    england = "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
                    persian = "می\u200Cخواهم", sinhala = "ක්\u200Dෂ", telephone = "☎\uFE0E";
  for (const std::string& whole : {family, heart, keycap, england, persian, sinhala, telephone}) {
    CAPTURE(whole);
    CHECK(tokens_of(text::whitespace{}, "a\u200B " + whole + " b") == list{"a", whole, "b"});
    CHECK(tokens_of(text::social{}, "\uFEFF가 " + whole + "\u2060 b") == list{"가", whole, "b"});
  }
  CHECK(tokens_of(text::social{}, "#" + persian) == list{"#" + persian});
  // the same characters where they shape nothing
  CHECK(tokens_of(text::whitespace{}, "a\u200Db 가\uFE0F나 م\u200C 3\uFE0F \U0001F468\u200D가") ==
        list{"ab", "가나", "م", "3", "\U0001F468가"});
}

TEST_CASE("full-width forms of ASCII are ASCII, unless the text is taken as it is") {
  CHECK(tokens_of(text::script_runs{}, "ＧＰＵ３개") == list{"GPU", "3", "개"});
  CHECK(tokens_of(text::whitespace{}, "Ａ\u0301　ｂ！ ㅋ") == list{"Á", "b!", "ㅋ"});
  CHECK(tokens_of(text::whitespace{.normalize = false}, "Ａ　ｂ") == list{"Ａ", "ｂ"});
  CHECK(tokens_of(text::character_ngrams{.longest = 1}, "Ａ") == list{"A"});
  std::string buffer;  // every code point between two others: what is prepared stays as it is
  for (char32_t c = 1; c < 0x20000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const std::string typed = unicode::encode_utf8(std::u32string{U'가', c, U'\u0301', 0x1F468, c, U'a'});
    const std::string once(text::detail::prepare(typed, true, unicode::invalid_bytes::refuse, buffer));
    std::string again;
    if (text::detail::prepare(once, true, unicode::invalid_bytes::refuse, again).data() != once.data() && again != once)
      FAIL("U+", std::hex, static_cast<std::uint32_t>(c));
  }
}
