// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fstream>
#include <kindred/text/detail/prepared.hpp>
#include <kindred/unicode/hangul.hpp>
#include <sstream>

using namespace kindred;

namespace {

std::u32string points(const std::string& field) {
  std::istringstream in(field);
  std::u32string out;
  for (std::uint32_t c; in >> std::hex >> c;) out.push_back(static_cast<char32_t>(c));
  return out;
}

}  // namespace

TEST_CASE("NFC, NFD, NFKC, NFKD and case folding are those of Python") {
  // tests/reference/text_normalize.py
  std::ifstream in(std::string(KINDRED_SOURCE_DIR) + "/tests/data/text/normalize.tsv");
  std::string line;
  int lines = 0;
  for (; std::getline(in, line); ++lines) {
    std::istringstream fields(line);
    std::string field[6];
    for (auto& f : field) std::getline(fields, f, '\t');
    const auto source = points(field[0]), composed = points(field[1]), decomposed = points(field[2]);
    CAPTURE(line);
    CHECK(unicode::nfc(source) == composed);
    CHECK(unicode::nfd(source) == decomposed);
    CHECK(unicode::nfc(composed) == composed);
    CHECK(unicode::nfc(decomposed) == composed);
    CHECK(unicode::nfd(composed) == decomposed);
    CHECK(unicode::nfkc(source) == points(field[3]));
    CHECK(unicode::nfkd(source) == points(field[4]));
    CHECK(unicode::nfkc(decomposed) == points(field[3]));
    CHECK(unicode::fold_case(source) == points(field[5]));
  }
  CHECK(lines > 700);
}

TEST_CASE("every code point is stable: NFC of NFD is NFC, and all forms are idempotent") {
  for (char32_t c = 0; c < 0xE1000; ++c) {
    if (c == 0x40000) c = 0xE0000;  // nothing is assigned between, and only private use behind
    const std::u32string one(1, c), d = unicode::nfd(one), n = unicode::nfc(one);
    const std::u32string kd = unicode::nfkd(one), kc = unicode::nfkc(one);
    const bool stable = unicode::nfc(d) == n && unicode::nfd(n) == d && unicode::nfc(n) == n && unicode::nfd(d) == d &&
                        unicode::nfkc(kd) == kc && unicode::nfkd(kc) == kd && unicode::nfkc(kc) == kc &&
                        unicode::nfkd(n) == kd;
    if (!stable || unicode::fold_case(unicode::fold_case(one)) != unicode::fold_case(one))
      FAIL("code point ", static_cast<std::uint32_t>(c));
  }
}

TEST_CASE("Korean typed as jamo and as syllables becomes the same bytes") {
  const std::string syllables = "\xED\x95\x9C\xEA\xB8\x80";
  const std::string jamo = unicode::encode_utf8(U"\u1112\u1161\u11AB\u1100\u1173\u11AF");
  CHECK(unicode::nfc(jamo) == syllables);
  CHECK(unicode::nfd(syllables) == jamo);
  CHECK(unicode::nfc(std::string_view()).empty());
}

TEST_CASE("bytes are normalized span by span to what the whole text gives") {
  // starters, marks, jamo and compatibility characters in any neighbourhood, so that spans begin and end everywhere
  const char32_t of[] = {U'a',   U'e',  0xE9,  0x301,  0x323,  0x327,  U'한',  U'가',  0x1100,  0x1161,
                         0x11AB, 0x9C7, 0x9BE, 0xFB01, 0x2460, 0x3131, 0x4E00, 0xF900, 0x1F600, U' '};
  std::uint64_t state = 1;
  std::string buffer;
  for (int round = 0; round < 3000; ++round) {
    std::u32string text;
    for (int i = 0; i < round % 12; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      text += of[(state >> 40) % std::size(of)];
    }
    const std::string bytes = unicode::encode_utf8(text);
    if (unicode::nfc(bytes) != unicode::encode_utf8(unicode::nfc(text)) ||
        unicode::nfkc(bytes) != unicode::encode_utf8(unicode::nfkc(text)))
      FAIL("round ", round);
    if (text::detail::prepare(bytes, true, unicode::invalid_bytes::refuse, buffer) != unicode::nfc(bytes))
      FAIL("round ", round);
  }
}

TEST_CASE("text in NFC is not copied") {
  const std::string text = "한국어 text, é 漢字 ð";
  std::string buffer;
  CHECK(text::detail::prepare(text, true, unicode::invalid_bytes::refuse, buffer).data() == text.data());
  CHECK(text::detail::prepare(text, false, unicode::invalid_bytes::refuse, buffer).data() == text.data());
}

TEST_CASE("invalid bytes are refused or replaced before normalization") {
  CHECK_THROWS_AS(unicode::nfc("a\xFF"), argument_error);
  CHECK(unicode::nfc("e\xCC\x81\xFF", unicode::invalid_bytes::replace) == "\xC3\xA9\xEF\xBF\xBD");
  CHECK_THROWS_WITH_AS(unicode::nfkc("ab\xEF\xAC\x81\xC0"), doctest::Contains("byte 5 of 6"), argument_error);
  CHECK(unicode::nfkc("\xFF\xEF\xAC\x81\xC0\xFFx", unicode::invalid_bytes::replace) ==
        "\xEF\xBF\xBD"
        "fi\xEF\xBF\xBD\xEF\xBF\xBDx");
}
