// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fstream>
#include <kindred/text/hangul.hpp>
#include <kindred/text/detail/prepared.hpp>
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
    CHECK(text::nfc(source) == composed);
    CHECK(text::nfd(source) == decomposed);
    CHECK(text::nfc(composed) == composed);
    CHECK(text::nfc(decomposed) == composed);
    CHECK(text::nfd(composed) == decomposed);
    CHECK(text::nfkc(source) == points(field[3]));
    CHECK(text::nfkd(source) == points(field[4]));
    CHECK(text::nfkc(decomposed) == points(field[3]));
    CHECK(text::fold_case(source) == points(field[5]));
  }
  CHECK(lines > 700);
}

TEST_CASE("every code point is stable: NFC of NFD is NFC, and all forms are idempotent") {
  for (char32_t c = 0; c < 0xE1000; ++c) {
    if (c == 0x40000) c = 0xE0000;  // nothing is assigned between, and only private use behind
    const std::u32string one(1, c), d = text::nfd(one), n = text::nfc(one);
    const std::u32string kd = text::nfkd(one), kc = text::nfkc(one);
    const bool stable = text::nfc(d) == n && text::nfd(n) == d && text::nfc(n) == n && text::nfd(d) == d &&
                        text::nfkc(kd) == kc && text::nfkd(kc) == kd && text::nfkc(kc) == kc && text::nfkd(n) == kd;
    if (!stable || text::fold_case(text::fold_case(one)) != text::fold_case(one))
      FAIL("code point ", static_cast<std::uint32_t>(c));
  }
}

TEST_CASE("Korean typed as jamo and as syllables becomes the same bytes") {
  const std::string syllables = "\xED\x95\x9C\xEA\xB8\x80";
  const std::string jamo = text::encode_utf8(U"\u1112\u1161\u11AB\u1100\u1173\u11AF");
  CHECK(text::nfc(jamo) == syllables);
  CHECK(text::nfd(syllables) == jamo);
  CHECK(text::nfc(std::string_view()).empty());
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
    const std::string bytes = text::encode_utf8(text);
    if (text::nfc(bytes) != text::encode_utf8(text::nfc(text)) ||
        text::nfkc(bytes) != text::encode_utf8(text::nfkc(text)))
      FAIL("round ", round);
    if (text::detail::prepare(bytes, true, text::invalid_bytes::refuse, buffer) != text::nfc(bytes))
      FAIL("round ", round);
  }
}

TEST_CASE("text in NFC is not copied") {
  const std::string text = "한국어 text, é 漢字 ð";
  std::string buffer;
  CHECK(text::detail::prepare(text, true, text::invalid_bytes::refuse, buffer).data() == text.data());
  CHECK(text::detail::prepare(text, false, text::invalid_bytes::refuse, buffer).data() == text.data());
}

TEST_CASE("invalid bytes are refused or replaced before normalization") {
  CHECK_THROWS_AS(text::nfc("a\xFF"), argument_error);
  CHECK(text::nfc("e\xCC\x81\xFF", text::invalid_bytes::replace) == "\xC3\xA9\xEF\xBF\xBD");
  CHECK_THROWS_WITH_AS(text::nfkc("ab\xEF\xAC\x81\xC0"), doctest::Contains("byte 5 of 6"), argument_error);
  CHECK(text::nfkc("\xFF\xEF\xAC\x81\xC0\xFFx", text::invalid_bytes::replace) ==
        "\xEF\xBF\xBD"
        "fi\xEF\xBF\xBD\xEF\xBF\xBDx");
}
