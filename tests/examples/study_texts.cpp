// SPDX-License-Identifier: Apache-2.0
// The texts of korean_sns_study: analysers, words and their vectors, features, the map of nouns.
#include <doctest/doctest.h>

#include <algorithm>
#include <kindred/core/error.hpp>
#include <kindred/words/random_vectors.hpp>
#include <noun_map.hpp>
#include <text_features.hpp>

#include "io/files.hpp"

using kindred::argument_error;
using kindred::index_t;
using kindred::io_error;
using kindred::label_t;
using list = std::vector<std::string>;

namespace {

list tokens(const std::string& analyser, const std::string& text, const list& learned = {}) {
  std::vector<index_t> rows;
  for (std::size_t i = 0; i < learned.size(); ++i) rows.push_back(static_cast<index_t>(i));
  sentence::training_settings how;
  how.symbols = 400;
  list out;
  sns::made_analyser(analyser, learned, rows, how)(sns::plain_text(text),
                                                   [&](std::string_view t) { out.emplace_back(t); });
  return out;
}

std::string joined(const list& pieces) {
  std::string out;
  for (const auto& p : pieces) out += p;
  for (auto at = out.find("▁"); at != out.npos; at = out.find("▁")) out.erase(at, std::string("▁").size());
  return out;
}

/// Texts of two classes that one word tells apart; the last four are for tests.
struct small_texts {
  list texts;
  std::vector<label_t> labels;
  sns::text_parts parts;

  small_texts() {
    const char* nouns[][3] = {{"사과", "포도", "수박"}, {"버스", "택시", "기차"}};
    for (index_t i = 0; i < 60; ++i) {
      const auto c = static_cast<std::size_t>(i % 2);
      add(std::string(nouns[c][i / 2 % 3]) + "가 나무 왼쪽에 있어요 #" + nouns[c][i / 6 % 3], c);
      (i % 10 < 8 ? parts.learn : parts.validate).push_back(i);
    }
    add("포도가 나무 왼쪽에 있어요", 0);
    add("택시가 자동판매기 옆에 있어요", 1);
    add("자동판매기", 1);
    add("", 0);
  }
  void add(const std::string& text, std::size_t label) {
    texts.push_back(text);
    labels.push_back(static_cast<label_t>(label));
  }
};

sns::text_settings small_settings() {
  sns::text_settings how;
  how.network.dimension = 12;
  how.network.vector_passes = 5;
  how.network.filters = {1, 2};
  how.network.maps = 5;
  how.network.rate = 0.02;
  how.network.batch = 8;
  how.network.epochs = 6;
  how.network.patience = 0;
  return how;
}

list words_of(const sns::text_features& f, index_t text) {
  list out;
  for (index_t r = f.words.offsets[static_cast<std::size_t>(text)];
       r < f.words.offsets[static_cast<std::size_t>(text) + 1]; ++r)
    out.push_back(f.word(r));
  return out;
}

std::span<const float> row(const sns::text_features& f, index_t r) {
  return std::span(f.words.values)
      .subspan(static_cast<std::size_t>(r * f.words.cols), static_cast<std::size_t>(f.words.cols));
}

}  // namespace

TEST_CASE("a post becomes plain text: hashtags are words, laughter is apart, addresses and marks are gone") {
  CHECK(sns::plain_text("바다에서 #제주_바다#노을 https://a.kr/b?c=1 @you.me 좋아욬ㅋㅋㅋ!! (3.5km)") ==
        "바다에서 제주 바다 노을 좋아요ㅋㅋㅋㅋ 3.5km");
  CHECK(sns::plain_text("").empty());
  CHECK(sns::plain_text(" # ~ !").empty());
  CHECK(sns::plain_text("＃여름 #휴가") == "여름 휴가");
  CHECK(sns::plain_text("나무\xFF") == "나무");  // what is not UTF-8 is a mark
}

TEST_CASE("analysers that a comparison lacks are named with what they need") {
  const auto known = sns::analysers();
  const auto absent = sns::analysers_not_compared({});
  for (const std::string name : {"sentencepiece", "mecab", "kiwi"}) {
    const bool compared = std::any_of(known.begin(), known.end(), [&](const auto& a) { return a.name == name; });
    const auto line = std::find_if(absent.begin(), absent.end(),
                                   [&](const auto& l) { return l.starts_with(name + ": not compared, "); });
    CHECK((line == absent.end()) == compared);
  }
#if defined(SNS_HAS_MECAB)
  CHECK(std::count(absent.begin(), absent.end(), "mecab: not compared, no dictionary (--mecab)") == 1);
#endif
}

TEST_CASE("analysers cut a sentence into the words that they are for") {
  const std::string text = "사과 왼쪽에 나무가 있어요 ㅋㅋㅋㅋ #과일";
  CHECK(tokens("korean", text) == list{"사과", "왼쪽", "에", "나무", "가", "있", "어요", "ㅋㅋ", "과일"});
  CHECK(tokens("korean_nouns", text) == list{"사과", "왼쪽", "나무", "과일"});
  CHECK(tokens("whitespace", text) == list{"사과", "왼쪽에", "나무가", "있어요", "ㅋㅋ", "과일"});
  CHECK(tokens("character_pairs", "나무 #꽃") == list{"나무", "무 ", " 꽃"});
  CHECK(tokens("jamo_triples", "#꽃") == list{" ㄲㅗ", "ㄲㅗㅊ", "ㅗㅊ "});
  for (const auto& a : sns::analysers()) {
    CAPTURE(a.name);
    const list learned(40, "나무가 크다 나무를 보다 사과 왼쪽에");
    CHECK(tokens(a.name, "", learned).empty());
    CHECK_FALSE(a.title.empty());
    if (a.name != "bpe" && a.name != "sentencepiece") continue;
    const auto pieces = tokens(a.name, "나무가 사과 왼쪽에", learned);
    CHECK(joined(pieces) == "나무가사과왼쪽에");
    CHECK(pieces.size() < 8);  // what is frequent is more than a character
  }
  CHECK_THROWS_AS(tokens("scissors", text), argument_error);
  CHECK_THROWS_AS(tokens("mecab", text), argument_error);  // without its dictionary
  CHECK(sns::frequent_nouns({"나무가 #나무", "물", "사과에 바다는 나무", "사과"}, {0, 1, 2}) ==
        list{"나무", "바다", "사과"});
}

TEST_CASE("every row of a text's sequence is one of its known words, with the vector of that word") {
  const small_texts data;
  const auto f = sns::describe(data.texts, data.labels, data.parts, small_settings());
  REQUIRE(f.words.offsets.size() == data.texts.size() + 1);
  REQUIRE(f.words.values.size() == f.rows.size() * 12);
  CHECK(f.sentences.rows == 64);
  CHECK(f.sentences.cols == 10);
  CHECK(f.sentences.values.size() == 640);
  CHECK(words_of(f, 0) == list{"사과", "가", "나무", "왼쪽", "에", "있", "어요", "사과"});
  CHECK(words_of(f, 61) == list{"택시", "가", "에", "있", "어요"});  // 자동판매기 and 옆 are unknown
  CHECK(words_of(f, 62) == list{""});
  CHECK(words_of(f, 63) == list{""});
  for (const index_t text : {index_t(62), index_t(63)})
    for (const float v : row(f, f.words.offsets[static_cast<std::size_t>(text)])) CHECK(v == 0);
  // the same word, the same vector; other words, others
  const auto first = f.words.offsets[0], last = f.words.offsets[1] - 1;
  CHECK(std::ranges::equal(row(f, first), row(f, last)));
  CHECK_FALSE(std::ranges::equal(row(f, first), row(f, first + 1)));
  // 7 + 7 + 1 words of the tests, of which 7 + 5 are known
  CHECK(f.known == doctest::Approx(12.0 / 15));
  // two of the four have a word that tells the class
  CHECK(f.accuracy >= 0.5);
  CHECK(f.validation == 1);
}

TEST_CASE("random vectors are those of words::random_vectors, whatever texts there are") {
  const small_texts data;
  auto how = small_settings();
  how.source = sns::word_source::random;
  how.network.seed = 7;
  const auto f = sns::describe(data.texts, data.labels, data.parts, how);
  const kindred::words::random_vectors random{.dimension = 12, .seed = 7};
  for (index_t r = 0; r < f.words.offsets[1]; ++r)
    for (index_t j = 0; j < 12; ++j)
      CHECK(row(f, r)[static_cast<std::size_t>(j)] == static_cast<float>(random.number(f.word(r), j)));
}

TEST_CASE("features depend on the texts learned from and the text itself, not on other texts or threads") {
  small_texts data;
  auto how = small_settings();
  const auto one = sns::describe(data.texts, data.labels, data.parts, how);
  for (const std::size_t other : {std::size_t(60), std::size_t(62)}) data.texts[other] = "자동판매기 자동판매기";
  how.network.threads = 2;
  const auto two = sns::describe(data.texts, data.labels, data.parts, how);
  CHECK(one.vocabulary.words() == two.vocabulary.words());
  const auto same = [&](index_t text) {
    const auto at = [&](const sns::text_features& f) {
      return std::span(f.sentences.values).subspan(static_cast<std::size_t>(text) * 10, 10);
    };
    return std::ranges::equal(at(one), at(two));
  };
  CHECK(same(0));
  CHECK(same(61));
  CHECK_FALSE(same(60));
}

TEST_CASE("features are kept in a file, and training goes on from its own") {
  const small_texts data;
  const temporary_folder folder;
  auto how = small_settings();
  how.checkpoint = folder / "network";
  const auto f = sns::describe(data.texts, data.labels, data.parts, how);
  std::vector<index_t> steps;
  const auto again =
      sns::describe(data.texts, data.labels, data.parts, how, [&](const std::string& stage, index_t done, index_t) {
        if (stage == "sentence network") steps.push_back(done);
      });
  CHECK(again.sentences.values == f.sentences.values);
  CHECK(steps.back() == 36);  // 48 texts in batches of 8, 6 epochs
  how.network.rate = 0.01;
  CHECK_THROWS_AS(sns::describe(data.texts, data.labels, data.parts, how), io_error);  // another run's

  sns::save(folder / "texts", f, "a run");
  const auto loaded = sns::load_text_features(folder / "texts", "a run");
  CHECK(loaded.sentences.values == f.sentences.values);
  CHECK(loaded.sentences.cols == f.sentences.cols);
  CHECK(loaded.words.values == f.words.values);
  CHECK(loaded.words.offsets == f.words.offsets);
  CHECK(loaded.words.cols == f.words.cols);
  CHECK(loaded.rows == f.rows);
  CHECK(loaded.vocabulary.words() == f.vocabulary.words());
  CHECK(loaded.known == f.known);
  CHECK(loaded.accuracy == f.accuracy);
  CHECK_THROWS_AS(sns::load_text_features(folder / "texts", "another"), io_error);
  CHECK_THROWS_AS(sns::load_text_features(folder / "network", "a run"), io_error);
}

TEST_CASE("what cannot be learned from is refused") {
  const small_texts data;
  CHECK_THROWS_AS(sns::describe(data.texts, data.labels, {}, small_settings()), argument_error);
  CHECK_THROWS_AS(sns::describe(data.texts, {0, 1}, data.parts, small_settings()), argument_error);
  auto how = small_settings();
  how.network.fewest = 1000;
  CHECK_THROWS_WITH_AS(sns::describe(data.texts, data.labels, data.parts, how), doctest::Contains("1000 times"),
                       argument_error);
}

TEST_CASE("the map holds the most frequent nouns, and perplexity follows their number") {
  const small_texts data;
  const auto f = sns::describe(data.texts, data.labels, data.parts, small_settings());
  const auto nouns = sns::frequent_nouns(data.texts, data.parts.learn);
  const auto map = sns::noun_map(f, nouns, 7, 1, 1);
  REQUIRE(map);
  CHECK(map->perplexity == doctest::Approx(2));  // (7 - 1) / 3
  for (const char* noun : {"나무", "왼쪽"}) CHECK(contains(map->svg, noun));
  for (const char* other : {"있", "어요"}) CHECK_FALSE(contains(map->svg, '>' + std::string(other) + "<"));
  CHECK(map->svg == sns::noun_map(f, nouns, 7, 1, 2)->svg);
  CHECK(sns::noun_map(f, {"자동판매기", "나무", "왼쪽", "사과", "포도"}, 9, 1, 1)->perplexity == doctest::Approx(1));
  CHECK_FALSE(sns::noun_map(f, {"자동판매기", "나무", "왼쪽", "사과"}, 9, 1, 1));
}
