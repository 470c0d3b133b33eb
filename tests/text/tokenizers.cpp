// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/text/script_runs.hpp>
#include <kindred/text/whitespace.hpp>

#include "tokens.hpp"

using namespace kindred;
using list = std::vector<std::string>;

TEST_CASE("words stand between white space of every kind") {
  const text::whitespace words;
  CHECK(tokens(words, "  나는 학교에\t간다.\n\n") == list{"나는", "학교에", "간다."});
  CHECK(tokens(words,
               "a\xC2\xA0"
               "b\xE3\x80\x80"
               "c\xE2\x80\xA8"
               "d\xE1\x9A\x80"
               "e\xC2\x85") == list{"a", "b", "c", "d", "e"});
  // what begins with the same bytes and is no white space
  CHECK(tokens(words, "\xC2\xB0\xE2\x80\x8B\xE1\x84\x80\xE3\x81\x82") ==
        list{"\xC2\xB0\xE2\x80\x8B\xE1\x84\x80\xE3\x81\x82"});
  CHECK(tokens(words, "").empty());
  CHECK(tokens(words, " \n ").empty());
}

TEST_CASE("script runs follow [가-힣]+|[A-Za-z]+|[0-9]+ and more scripts on demand") {
  CHECK(tokens(text::script_runs{}, "2010년에 GPU3개를 샀다(ㅋㅋ)漢字ひらカナ-é") ==
        list{"2010", "년에", "GPU", "3", "개를", "샀다"});
  CHECK(tokens(text::script_runs{.latin = false, .digits = false, .han = true, .kana = true}, "A1漢字ひらカナ한글𠀀") ==
        list{"漢字", "ひらカナ", "한글", "𠀀"});
  CHECK(tokens(text::script_runs{.hangul = false}, "가a나").size() == 1);
  // the borders of the ranges
  CHECK(tokens(text::script_runs{}, "@A[`z{/9:\uABFF\uD7A4가힣") == list{"A", "z", "9", "가힣"});
}

TEST_CASE("what is not UTF-8 is refused before the first token, or replaced") {
  list seen;
  CHECK_THROWS_WITH_AS(text::whitespace{}("a b \xFF", [&](std::string_view t) { seen.emplace_back(t); }),
                       doctest::Contains("byte 4 of 5"), argument_error);
  CHECK(seen.empty());
  CHECK_THROWS_AS(tokens(text::script_runs{.normalize = false}, "a\xED\xA0\x80"), argument_error);
  CHECK(tokens(text::whitespace{.invalid = text::invalid_bytes::replace}, "a\xFF b") == list{"a\xEF\xBF\xBD", "b"});
  CHECK(tokens(text::script_runs{.normalize = false, .invalid = text::invalid_bytes::replace}, "a\xFFz") ==
        list{"a", "z"});
}
