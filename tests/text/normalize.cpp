// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fstream>
#include <kindred/text/hangul.hpp>
#include <kindred/text/normalize.hpp>
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

TEST_CASE("NFC and NFD are those of Python's unicodedata") {
  // tests/reference/text_normalize.py
  std::ifstream in(std::string(KINDRED_SOURCE_DIR) + "/tests/data/text/normalize.tsv");
  std::string line;
  int lines = 0;
  for (; std::getline(in, line); ++lines) {
    std::istringstream fields(line);
    std::string field[3];
    for (auto& f : field) std::getline(fields, f, '\t');
    const auto source = points(field[0]), composed = points(field[1]), decomposed = points(field[2]);
    CAPTURE(line);
    CHECK(text::nfc(source) == composed);
    CHECK(text::nfd(source) == decomposed);
    CHECK(text::nfc(composed) == composed);
    CHECK(text::nfc(decomposed) == composed);
    CHECK(text::nfd(composed) == decomposed);
  }
  CHECK(lines > 450);
}

TEST_CASE("every code point is stable: NFC of NFD is NFC, and both are idempotent") {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    const std::u32string one(1, c), d = text::nfd(one), n = text::nfc(one);
    if (text::nfc(d) != n || text::nfd(n) != d || text::nfc(n) != n || text::nfd(d) != d)
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

TEST_CASE("invalid bytes are refused or replaced before normalization") {
  CHECK_THROWS_AS(text::nfc("a\xFF"), argument_error);
  CHECK(text::nfc("e\xCC\x81\xFF", text::invalid_bytes::replace) == "\xC3\xA9\xEF\xBF\xBD");
}
