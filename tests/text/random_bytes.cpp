// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>
#include <random>

#include "../fuzz/text.hpp"

using namespace kindred;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool instrumented = true;
#elif defined(__has_feature)
constexpr bool instrumented = __has_feature(address_sanitizer);
#else
constexpr bool instrumented = false;
#endif
constexpr std::size_t megabytes = instrumented ? 1 : 10;  // instrumented code is ten times as slow

/// Calls f(name, result) with what every tokenizer (number of tokens) and normaliser (number of bytes) makes of any
/// bytes.
template <class F>
void each_result(std::string_view bytes, F f) {
  constexpr auto replace = unicode::invalid_bytes::replace;
  const auto count = [&](const auto& tokenizer) {
    std::size_t n = 0;
    tokenizer(bytes, [&](std::string_view) { ++n; });
    return n;
  };
  f("whitespace", count(text::whitespace{.invalid = replace}));
  f("script_runs", count(text::script_runs{.han = true, .kana = true, .invalid = replace}));
  f("social", count(text::social{.invalid = replace}));
  f("korean", count(text::korean{.invalid = replace}));
  f("character_ngrams", count(text::character_ngrams{.longest = 2, .invalid = replace}));
  f("jamo_ngrams", count(text::jamo_ngrams{.shortest = 3, .longest = 3, .invalid = replace}));
  f("nfc", unicode::nfc(bytes, replace).size());
  f("nfd", unicode::nfd(bytes, replace).size());
  f("nfkc", unicode::nfkc(bytes, replace).size());
  f("nfkd", unicode::nfkd(bytes, replace).size());
  f("fold_case", unicode::fold_case(bytes, replace).size());
  f("collapse_repeats", text::collapse_repeats{.longest_part = 2, .invalid = replace}(bytes).size());
  f("separate_laughter", text::separate_laughter{.invalid = replace}(bytes).size());
}

}  // namespace

TEST_CASE("10 MB of random bytes and pieces of text pass every tokenizer and normaliser") {
  const std::vector<std::string> pieces{
      "가",     "각",         "하다",   "에서는", "사람",       "ㅋㅋ",   "ㅠ",      "\u1100", "\u1161", "\u11A8", "e",
      "\u0301", "\u0323",     "#",      "@",      "www.",       "a.b",    "http://", "-",      ".",      "1",      " ",
      "\n",     "\U0001F468", "\u200D", "\uFE0F", "\U0001F1F0", "\u20E3", "\uFB01",  "漢",     "カ",     "!"};
  std::mt19937_64 random(5);
  std::string bytes;
  while (bytes.size() < megabytes << 20) {
    const std::uint64_t draw = random();
    if (draw % 2 == 0) {
      for (int i = 1; i < 8; ++i) bytes += static_cast<char>(draw >> (8 * i));
    } else {
      for (int i = 1; i < 8; ++i) bytes += pieces[(draw >> (8 * i)) % pieces.size()];
    }
  }
  each_result(bytes, [&](const std::string& name, std::size_t result) {
    CAPTURE(name);
    CHECK(result > bytes.size() / 100);
  });
}

TEST_CASE("what repeats without end takes linear time") {
  const auto began = std::chrono::steady_clock::now();
  for (const std::string part : {"가",
                                 "에서",
                                 "습니다",
                                 "a",
                                 "a.",
                                 "a@",
                                 "a+a@b.",
                                 "1-1.",
                                 "www.",
                                 "http://",
                                 "#",
                                 "@a.",
                                 "(",
                                 "ㅋ쿠",
                                 "\U0001F468\u200D",
                                 "\U0001F3F4\U000E0067",
                                 "\U0001F1F0",
                                 "3\uFE0F",
                                 "\u0301\u0323",
                                 "\u1161",
                                 "\xEA",
                                 "\xF0\x9F"}) {
    std::string bytes;
    while (bytes.size() < megabytes << 15) bytes += part;
    each_result(bytes, [&](const std::string& name, std::size_t result) {
      CAPTURE(name);
      CAPTURE(part);
      CHECK(result <= 9 * bytes.size());
    });
  }
  // quadratic work on one of these alone would take minutes
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::minutes(1));
}

TEST_CASE("damaged texts keep every property the fuzz target checks") {
  std::mt19937_64 random(9);
  const auto seeds = fuzz::text::seeds();
  int valid = 0;
  for (int round = 0; round < (megabytes > 1 ? 2000 : 300); ++round) {
    std::string bytes;
    for (int parts = static_cast<int>(random() % 3) + 1; parts > 0; --parts) {
      const std::string& seed = seeds[random() % seeds.size()];
      const std::size_t at = random() % seed.size();
      bytes += seed.substr(at, random() % 40);
    }
    if (!bytes.empty() && round % 2) bytes[random() % bytes.size()] = static_cast<char>(random());
    valid += fuzz::text::load(std::as_bytes(std::span<const char>(bytes)));
  }
  CHECK(valid > 0);
}

TEST_CASE("NFD and NFC spellings give the same tokens") {
  const std::string composed = "정부에서는 값비싼 한국어를 공부했다! é Ångström 2010년에 ガギ #서울 각각ㅋㅋ";
  const std::string decomposed = unicode::nfd(composed);
  REQUIRE(decomposed != composed);
  const auto same = [&](const auto& tokenizer) {
    std::vector<std::string> a, b;
    tokenizer(composed, [&](std::string_view t) { a.emplace_back(t); });
    tokenizer(decomposed, [&](std::string_view t) { b.emplace_back(t); });
    CHECK(a.size() > 5);
    CHECK(a == b);
  };
  same(text::whitespace{});
  same(text::script_runs{.kana = true});
  same(text::social{});
  same(text::korean{});
  same(text::character_ngrams{});
  same(text::jamo_ngrams{});
}

TEST_CASE("runs of letters lie below the syllable") {
  std::vector<std::string> out;
  text::jamo_ngrams{.shortest = 2, .longest = 3}("각a", [&](std::string_view t) { out.emplace_back(t); });
  CHECK(out == std::vector<std::string>{" ㄱ", "ㄱㅏ", "ㅏㄱ", "ㄱa", "a ", " ㄱㅏ", "ㄱㅏㄱ", "ㅏㄱa", "ㄱa "});
  out.clear();
  text::jamo_ngrams{.shortest = 6, .longest = 6, .within_words = false, .normalize = false}(
      unicode::nfd("한글"), [&](std::string_view t) { out.emplace_back(t); });
  CHECK(out == std::vector<std::string>{"ㅎㅏㄴㄱㅡㄹ"});
  CHECK_THROWS_AS(text::jamo_ngrams{}("\xFF", [](std::string_view) {}), argument_error);
}
