// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fstream>
#include <kindred/text/repeats.hpp>
#include <kindred/text/social.hpp>
#include <kindred/unicode/hangul.hpp>
#include <sstream>

#include "tokens.hpp"

using namespace kindred;
using list = std::vector<std::string>;

TEST_CASE("addresses, hashtags, mentions and numbers are single tokens") {
  const text::social social;
  CHECK(tagged(social, "@kim.lee 안녕 #서울_여행2 https://ko.wikipedia.org/wiki/Seoul?a=1&b=2에서 봐!!") ==
        list{"@kim.lee/W_MENTION", "안녕/NA", "#서울_여행2/W_HASHTAG",
             "https://ko.wikipedia.org/wiki/Seoul?a=1&b=2/W_URL", "에서/NA", "봐/NA", "!!/SF"});
  CHECK(tagged(social, "(www.example.com), HTTP://A.b/c_(d). http://") == list{"(/SS", "www.example.com/W_URL", ")/SS",
                                                                               ",/SP", "HTTP://A.b/c_(d)/W_URL", "./SF",
                                                                               "http/SL", ":/SP", "///SP"});
  CHECK(tagged(social, "a.b+c@mail.example.co.kr로 x@y a@b.c.") ==
        list{"a.b+c@mail.example.co.kr/W_EMAIL", "로/NA", "x/SL", "@/SW", "y/SL", "a@b.c/W_EMAIL", "./SF"});
  CHECK(tagged(social, "1,234.5원 010-1234-5678 192.168.0.1 3-4 7. #1 #1위") ==
        list{"1,234.5/SN", "원/NA", "010-1234-5678/W_SERIAL", "192.168.0.1/W_SERIAL", "3/SN", "-/SO", "4/SN", "7/SN",
             "./SF", "#/SW", "1/SN", "#1위/W_HASHTAG"});
  CHECK(tagged(social, "C#과 naïve 漢字、カナ “인용”…") ==
        list{"C/SL", "#/SW", "과/NA", "naïve/SL", "漢字/SH", "、/SW", "カナ/SL", "“/SS", "인용/NA", "”/SS", "…/SE"});
  CHECK(tagged(social, "아앜ㅋㅋㅋㅠㅠ ㅇㅋ") == list{"아앜/NA", "ㅋㅋㅋ/IC", "ㅠㅠ/IC", "ㅇㅋ/IC"});
}

TEST_CASE("full-width signs and digits are those of hashtags, mentions, numbers and marks") {
  CHECK(tagged(text::social{}, "＃서울 １２３ ＠name １，２３４．５원 ｗｗｗ．ａ．ｂ （Ａ）！") ==
        list{"#서울/W_HASHTAG", "123/SN", "@name/W_MENTION", "1,234.5/SN", "원/NA", "www.a.b/W_URL", "(/SS", "A/SL",
             ")/SS", "!/SF"});
  CHECK(tagged(text::social{}, "#서울\u3164여행 서울\u200B여행 \uFEFF서울 re\u00ADtrieval") ==
        list{"#서울여행/W_HASHTAG", "서울여행/NA", "서울/NA", "retrieval/SL"});
}

TEST_CASE("an address is not found inside a word, nor a name in front of a dot") {
  CHECK(tagged(text::social{}, "xwww.a.b") == list{"xwww/SL", "./SF", "a/SL", "./SF", "b/SL"});
  CHECK(tagged(text::social{}, "_@a.b") == list{"_@a.b/W_EMAIL"});
  CHECK(tagged(text::social{}, ".@a") == list{"./SF", "@a/W_MENTION"});
}

TEST_CASE("every emoji sequence of Unicode is one token, alone and between words") {
  // tests/reference/text_emoji_table.py
  std::ifstream in(std::string(KINDRED_SOURCE_DIR) + "/tests/data/text/emoji.tsv");
  int lines = 0;
  for (std::string line; std::getline(in, line); ++lines) {
    std::istringstream split(line);
    std::string emoji;
    std::uint32_t first = 0, c = 0;
    for (int i = 0; split >> std::hex >> c; ++i) {
      if (i == 0) first = c;
      unicode::encode_utf8(static_cast<char32_t>(c), emoji);
    }
    // signs such as U+00A9 are emoji only where a variation selector says so
    if (first < 0x2190 && first > 0x80 && line.find(' ') == line.npos) continue;
    CAPTURE(line);
    CHECK(tagged(text::social{}, "가" + emoji + emoji + "a") ==
          list{"가/NA", emoji + "/W_EMOJI", emoji + "/W_EMOJI", "a/SL"});
  }
  CHECK(lines == 678);
}

TEST_CASE("parts of emoji that join nothing are no tokens") {
  CHECK(tagged(text::social{}, "\U0001F468\u200D가") == list{"\U0001F468/W_EMOJI", "가/NA"});
  CHECK(tagged(text::social{}, "☎\uFE0E") == list{"☎\uFE0E/SW"});
  CHECK(tagged(text::social{}, "\U0001F1F0") == list{"\U0001F1F0/SW"});
  CHECK(tagged(text::social{}, "©©\uFE0F") == list{"©/SW", "©\uFE0F/W_EMOJI"});
  CHECK(tagged(text::social{}, "3\u20E3") == list{"3\u20E3/W_EMOJI"});
}

TEST_CASE("repetitions are cut to the number asked for, a run of one more too") {
  const text::collapse_repeats two;
  CHECK(two("ㅋㅋㅋ") == "ㅋㅋ");  // soynlp issue 108 leaves these three
  CHECK(two("www") == "ww");
  CHECK(two("ㅋㅋㅋㅋ") == "ㅋㅋ");
  CHECK(two("ㅋㅋ") == "ㅋㅋ");
  CHECK(two("하하하하 와아아아!!!!! ㅠㅠㅠㅠㅎㅎㅎ") == "하하 와아아!! ㅠㅠㅎㅎ");
  CHECK(two("1000000 1.0000   x") == "1000000 1.0000   x");
  CHECK(two("http://www.aaaa.com/xxxx zzzz") == "http://www.aaaa.com/xxxx zz");
  CHECK(two("\U0001F1F0\U0001F1F7\U0001F1F0\U0001F1F7\U0001F1F0\U0001F1F7") ==
        "\U0001F1F0\U0001F1F7\U0001F1F0\U0001F1F7");
  const std::string family = "\U0001F468\u200D\U0001F469\u200D\U0001F467";
  CHECK(two(family + family + family + family) == family + family);
  CHECK(text::collapse_repeats{.most = 1}("헐헐헐 ㅋㅋ") == "헐 ㅋ");
  CHECK(text::collapse_repeats{.most = 3}("ㅋㅋㅋㅋㅋ") == "ㅋㅋㅋ");
  CHECK(two("ㅋㅎㅋㅎㅋㅎㅋㅎ") == "ㅋㅎㅋㅎㅋㅎㅋㅎ");
  CHECK(text::collapse_repeats{.longest_part = 3}("ㅋㅎㅋㅎㅋㅎㅋㅎ 안녕하안녕하안녕하 ㅋㅋㅋ") ==
        "ㅋㅎㅋㅎ 안녕하안녕하 ㅋㅋ");
  CHECK(two("ㅋ\u200Bㅋ\u200Bㅋ") == "ㅋㅋ");
  CHECK(two("").empty());
  CHECK_THROWS_AS(text::collapse_repeats{.most = 0}("a"), argument_error);
  CHECK_THROWS_AS(text::collapse_repeats{.longest_part = 0}("a"), argument_error);
  CHECK_THROWS_AS(two("\xFF"), argument_error);
  CHECK(text::collapse_repeats{.invalid = unicode::invalid_bytes::replace}("\xFF\xFF\xFF") ==
        "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("laughter leaves the syllables it was typed into, and no syllable is lost") {
  const text::separate_laughter laughter;
  CHECK(laughter("스토리ㅋㅋㅋㅋㅋ") == "스토리ㅋㅋㅋㅋㅋ");  // soynlp issue 136 makes it 스토ㅋㅋㅋ
  CHECK(laughter("스토맄ㅋㅋㅋ") == "스토리ㅋㅋㅋㅋ");
  CHECK(text::collapse_repeats{.most = 3}(laughter("스토맄ㅋㅋㅋ")) == "스토리ㅋㅋㅋ");
  CHECK(laughter("앜ㅋㅋㅋㅋ") == "아ㅋㅋㅋㅋㅋ");  // issue 6
  CHECK(laughter("ㅋㅋㅋ쿠") == "ㅋㅋㅋ쿠");
  CHECK(laughter("ㅋㅋ쿠ㅜ") == "ㅋㅋㅋㅜㅜ");  // issue 230
  CHECK(laughter("ㅋ크ㅋ") == "ㅋㅋㅡㅋ");      // pull request 243: the syllable was deleted
  CHECK(text::collapse_repeats{}(laughter("ㅠㅠㅠ큨ㅋㅋㅋㅋ")) == "ㅠㅠㅋㅠㅋㅋ");  // issue 3
  CHECK(laughter("엌ㅋㅋ 부엌ㅋㅋ 동녘ㅋㅋ") == "엌ㅋㅋ 부엌ㅋㅋ 동녘ㅋㅋ");
  CHECK(laughter("좋ㅎㅎ 크기 ㅋ크") == "좋ㅎㅎ 크기 ㅋ크");
  CHECK(laughter(unicode::nfd("앜ㅋㅋ")) == "아ㅋㅋㅋ");
  CHECK_THROWS_AS(laughter("\xFF"), argument_error);
  CHECK(text::separate_laughter{.invalid = unicode::invalid_bytes::replace}("\xFF") == "\xEF\xBF\xBD");
}

TEST_CASE("letters typed one by one become syllables") {
  namespace hangul = unicode::hangul;
  CHECK(hangul::join(U"ㅆㅡㄹㅐㄱㅣ") == U"쓰래기");  // soynlp issue 86
  CHECK(hangul::join(U"ㅎㅏㄴㄱㅡㄹ ㄱㅏㅄ, a!") == U"한글 값, a!");
  CHECK(hangul::join(U"ㅋㅋㅋ ㅠㅠ ㅏㄱ ㄸㅏㄸ") == U"ㅋㅋㅋ ㅠㅠ ㅏㄱ 따ㄸ");
  CHECK(hangul::join(hangul::letters(U"닭이 우는 소리")) == U"닭이 우는 소리");
  CHECK(hangul::join(U"ㄱㅏㄱㄱㅏ") == U"각가");
  CHECK(hangul::join(U"").empty());
}
