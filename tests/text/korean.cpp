// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/text/detail/korean_table_impl.hpp>
#include <kindred/text/korean.hpp>
#include <kindred/text/script_runs.hpp>
#include <kindred/text/whitespace.hpp>
#include <sstream>

#include "tokens.hpp"

using namespace kindred;
using list = std::vector<std::string>;

namespace {

/// The tokens of a text with | between them.
std::string cut(const text::korean& tokenizer, std::string_view text) {
  std::string out;
  tokenizer(text, [&](std::string_view token) { out.append(out.empty() ? 0 : 1, '|').append(token); });
  return out;
}

std::string without_white_space(const std::string& text) {
  std::string out;
  text::whitespace{}(text, [&](std::string_view word) { out += word; });
  return out;
}

// written by hand: how each of these is to be cut
const char* const particles =
    "사람은 사람|은   나무는 나무|는   정부가 정부|가   대통령이 대통령|이   한국을 한국|을   역사를 역사|를   도시의 "
    "도시|의 "
    "학교에 학교|에   서울에서 서울|에서   친구에게 친구|에게   아버지께서 아버지|께서   선생님께 선생님|께 "
    "집으로 집|으로   학교로 학교|로   서울로 서울|로   부산으로 부산|으로   나라와 나라|와   미국과 미국|과 "
    "일본도 일본|도   하나만 하나|만   처음부터 처음|부터   마지막까지 마지막|까지   사람마다 사람|마다 "
    "바람처럼 바람|처럼   생각보다 생각|보다   이것밖에 이것|밖에   부모조차 부모|조차   전문가로서 전문가|로서 "
    "방법으로써 방법|으로써   사람이나 사람|이나   바다라도 바다|라도   친구한테 친구|한테   약속대로 약속|대로 "
    "정부에서는 정부|에서|는   중앙으로부터 중앙|으로|부터   오늘까지도 오늘|까지|도   유럽에서의 유럽|에서|의 "
    "소련과의 소련|과|의   사람에게는 사람|에게|는   서울에만 서울|에|만   여기서부터 여기서|부터   국민들은 "
    "국민|들|은 "
    "학생들에게도 학생|들|에게|도   것은 것|은   물을 물|을   왕의 왕|의   그는 그|는   나는 나|는   우리는 우리|는 "
    "위원회의 위원회|의   정도로 정도|로   고양이가 고양이|가   어린이는 어린이|는   민주주의를 민주주의|를   오스만의 "
    "오스만|의 "
    "당나라는 당나라|는   식으로 식|으로   남자는 남자|는   감자 감자   정신과의 정신과|의   컴퓨터라는 컴퓨터|라는   "
    "사랑이라는 사랑|이라는   철수라고 철수|라고";
const char* const whole =
    "나이 나이   아이 아이   고양이 고양이   사이 사이   거리 거리   도시 도시   우리 우리   종이 종이   회의 회의   "
    "주의 주의   정도 정도 "
    "호랑이 호랑이   어린이 어린이   민주주의 민주주의   제주도 제주도   한반도 한반도   정치가 정치가   국가 국가   "
    "결과 결과   사과 사과 "
    "마을 마을   가을 가을   하나 하나   바나나 바나나   캐나다 캐나다   우간다 우간다   평화 평화   그러나 그러나   "
    "하지만 하지만   또는 또는 "
    "그리고 그리고   함께 함께   많이 많이   스스로 스스로   모든 모든   다른 다른   대한 대한   위한 위한   통해 통해 "
    "  아버지 아버지 "
    "최고 최고   광고 광고   경기 경기   시기 시기   가게 가게   바다 바다   지중해 지중해   잠수함 잠수함   도로 도로 "
    "  하늘 하늘";
const char* const predicates =
    "공부했다 공부|했|다   발표하였다 발표|하|였|다   시작되었다 시작|되|었|다   사용하는 사용|하|는   사용되는 "
    "사용|되|는   중요한 중요|한 "
    "설립된 설립|된   연구하고 연구|하|고   주장하며 주장|하|며   사용하여 사용|하|여   포함해 포함|해   발전시켰다 "
    "발전|시켰|다 "
    "있다 있|다   있었다 있|었|다   없는 없|는   같은 같|은   많은 많|은   받았다 받|았|다   먹는다 먹|는다   태어났다 "
    "태어났|다 "
    "이루어졌다 이루어졌|다   갔습니다 갔|습니다   않았지만 않|았|지만   만들고 만들|고   나타나는 나타나|는   "
    "알려지면서 알려지|면서 "
    "사람이다 사람|이다   도시이다 도시|이다   의사였다 의사|였다   것이다 것|이다   학생입니다 학생|입니다   선수였던 "
    "선수|였던 "
    "사회적인 사회|적|인   자연스럽게 자연|스럽|게   사용하기에 사용|하|기|에   했음을 했|음|을   재미있는 재미있|는   "
    "보인다 보인다 "
    "움직이며 움직이|며   하겠다 하|겠|다   먹으려고 먹|으려고   자유로운 자유|로운   말했다 말했|다   감독이었다 "
    "감독|이었다";

}  // namespace

TEST_CASE("words are cut as they are by hand") {
  const text::korean korean;
  int words = 0;
  for (const char* const table : {particles, whole, predicates}) {
    std::istringstream in(table);
    for (std::string word, wanted; in >> word >> wanted; ++words) {
      CAPTURE(word);
      CHECK(cut(korean, word) == wanted);
      // cut in the same way at the end of a sentence, in quotes, and spelled as jamo
      CHECK(cut(korean, "'" + word + ".") == "'|" + wanted + "|.");
      CHECK(cut(korean, unicode::nfd(word)) == wanted);
    }
  }
  CHECK(words == 157);
}

TEST_CASE("conjoining jamo beyond the syllables are read and lose nothing") {
  for (const std::string text :
       {"\xED\x9F\x80\xED\x9F\x81", "\xED\x9E\xB0\xED\x9F\xBF"}) {  // U+D7C0 U+D7C1, U+D7B0 U+D7FF
    std::string all;
    text::korean{}(text, [&](std::string_view token) { all += token; });
    CHECK(all == text);
  }
}

TEST_CASE("pieces bear the tags of their kind") {
  CHECK(tagged(text::korean{}, "정부에서는 학생들이 어린이를 가르치고 있었다.") ==
        list{"정부/NNG", "에서/JKB", "는/JX", "학생/NNG", "들/XSN", "이/JKS", "어린이/NNG", "를/JKO", "가르치/VV",
             "고/EC", "있/VA", "었/EP", "다/EF", "./SF"});
  CHECK(tagged(text::korean{}, "공부했다 그는 사람이다 많은") ==
        list{"공부/NNG", "했/XSV+EP", "다/EF", "그/NP", "는/JX", "사람/NNG", "이다/VCP+EF", "많/VA", "은/ETM"});
}

TEST_CASE("behind numbers, letters, brackets and what is no word a particle stands alone") {
  CHECK(tagged(text::korean{}, "2010년에는 GPU는 《책》의 3월부터 10만 (2002년)이다 漢字를 #여행 @kim에게 ㅋㅋ") ==
        list{"2010/SN",  "년/NNB", "에/JKB", "는/JX",       "GPU/SL",  "는/JX",  "《/SS",           "책/NNG",
             "》/SS",    "의/JKG", "3/SN",   "월/NNB",      "부터/JX", "10/SN",  "만/NNB",          "(/SS",
             "2002/SN",  "년/NNB", ")/SS",   "이다/VCP+EF", "漢字/SH", "를/JKO", "#여행/W_HASHTAG", "@kim/W_MENTION",
             "에게/JKB", "ㅋㅋ/IC"});
  CHECK(cut({}, "https://a.b/c에서 \U0001F600도") == "https://a.b/c|에서|\U0001F600|도");
}

TEST_CASE("no byte of a word is lost, whatever the syllables") {
  const text::korean korean;
  // every particle, ending and stem of the tables behind one another, in an order that depends on the round
  std::vector<std::string> parts{"가",   "각", "갈",  "하", "있",   "없", "먹", "이", "학교",
                                 "사람", "것", "GPU", "3",  "ㅋㅋ", "!",  "(",  ")"};
  for (const auto& p : text::detail::particles) parts.emplace_back(p.form);
  for (const auto& e : text::detail::endings) parts.emplace_back(e.form);
  for (const auto& f : text::detail::fused_forms) parts.emplace_back(f.form);
  std::uint64_t state = 7;
  const auto draw = [&](std::size_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(state >> 33) % below;
  };
  for (int round = 0; round < 20000; ++round) {
    std::string text, joined;
    for (std::size_t n = 1 + draw(6); n > 0; --n) {
      text += parts[draw(parts.size())];
      if (draw(4) == 0) text += ' ';
    }
    std::vector<std::string> forms;
    korean.tagged(text, [&](text::tagged_token t) {
      joined += t.form;
      forms.emplace_back(t.form);
      if (t.form.empty() || t.tag.empty()) FAIL("an empty form or tag in ", text);
    });
    if (joined != without_white_space(text)) FAIL(text, " became ", joined);
    if (forms != tokens_of(korean, text)) FAIL("tagged and untagged differ: ", text);
  }
}

TEST_CASE("with stems of a corpus a noun that ends like a particle stays whole, and unlisted short nouns are found") {
  text::word_counts words;
  for (const char* const particle : {"가", "는", "를", "의", "와", "에서", "로", "도", ""}) {
    words.add("홋카이도" + std::string(particle), 5);
    words.add("벨기에" + std::string(particle), 5);
  }
  for (const char* const particle :
       {"이", "은", "을", "의", "과", "에서", "으로", "도", "만", "에", "보다", "처럼", ""}) {
    words.add("사람" + std::string(particle), 5);
    words.add("칸" + std::string(particle), 5);
  }
  words.add("벨기를", 1);  // too rare to say anything
  words.add("GPU는", 9);
  words.add("", 9);
  const auto stems = std::make_shared<text::korean_stems>(words);
  CHECK(stems->variety("홋카이도") == 9);
  CHECK(stems->variety("홋카이") == 0);  // 도 and 도 + particle do not follow one another
  CHECK(stems->variety("사람") == 13);
  CHECK(stems->variety("GPU") == 0);
  const text::korean plain, learned{.stems = stems};
  CHECK(cut(plain, "홋카이도 벨기에 칸은") == "홋카이|도|벨기|에|칸은");
  CHECK(cut(learned, "홋카이도 벨기에 칸은") == "홋카이도|벨기에|칸|은");
  CHECK(cut(learned, "홋카이도는 벨기에의 사람이 사람들은") == "홋카이도|는|벨기에|의|사람|이|사람|들|은");
  CHECK_THROWS_AS(text::korean_stems(words, {.fewest = -1}), argument_error);
  CHECK_THROWS_AS(text::korean_stems(words, {.variety = -1}), argument_error);
}

TEST_CASE("bytes that are not UTF-8 are refused or replaced") {
  CHECK_THROWS_AS(tokens_of(text::korean{}, "사람은\xFF"), argument_error);
  CHECK(cut({.invalid = unicode::invalid_bytes::replace}, "사람은\xFF") == "사람|은|\xEF\xBF\xBD");
  // jamo that make no syllable are one token, not to be cut
  CHECK(cut({}, "\u1100\u1100\u1161\u1161") == "\u1100|가|\u1161");
  CHECK(cut({.normalize = false}, unicode::nfd("사람은")) == unicode::nfd("사람은"));
  CHECK(tokens_of(text::korean{}, "").empty());
}
