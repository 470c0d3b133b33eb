// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/interop/mecab.hpp>
#include <kindred/text/part_of_speech_filter.hpp>

#include "korean_dictionary.hpp"
#include "text/tokens.hpp"

using kindred::interop::mecab_tokenizer;
using list = std::vector<std::string>;

TEST_CASE("mecab-ko-dic cuts the example of its own documentation as printed there") {
  const mecab_tokenizer cut({.dictionary = korean_dictionary()});
  const char* const text = "mecab-ko-dic은 MeCab을 사용하여, 한국어 형태소 분석을 하기 위한 프로젝트입니다.";
  CHECK(tagged(cut, text) == list{"mecab/SL",    "-/SY",         "ko/SL",         "-/SY",   "dic/SL", "은/JX",
                                  "MeCab/SL",    "을/JKO",       "사용/NNG",      "하/XSV", "여/EC",  ",/SC",
                                  "한국어/NNG",  "형태소/NNG",   "분석/NNG",      "을/JKO", "하/VV",  "기/ETN",
                                  "위한/VV+ETM", "프로젝트/NNG", "입니다/VCP+EF", "./SF"});
  CHECK(tokens_of(kindred::text::part_of_speech_filter<mecab_tokenizer>{cut, {"NN"}}, text) ==
        list{"사용", "한국어", "형태소", "분석", "프로젝트"});
}
