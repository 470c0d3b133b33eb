// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fstream>
#include <kindred/text/character_ngrams.hpp>
#include <limits>
#include <sstream>

using namespace kindred;

namespace {

std::vector<std::string> tokens(const text::character_ngrams& ngrams, std::string_view of) {
  std::vector<std::string> out;
  ngrams(of, [&](std::string_view token) { out.emplace_back(token); });
  return out;
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("n-grams are those of scikit-learn's char and char_wb analyzers") {
  // tests/reference/text_tf_idf.py
  std::ifstream in(std::string(KINDRED_SOURCE_DIR) + "/tests/data/text/character_ngrams.tsv");
  std::string line;
  int lines = 0;
  for (; std::getline(in, line); ++lines) {
    list fields;
    std::istringstream split(line);
    for (std::string field; std::getline(split, field, '\t');) fields.push_back(field);
    if (fields.size() < 4) fields.resize(4);  // an empty text without tokens
    const text::character_ngrams ngrams{
        .shortest = std::stol(fields[1]), .longest = std::stol(fields[2]), .within_words = fields[0] == "char_wb"};
    CAPTURE(line);
    CHECK(tokens(ngrams, fields[3]) == list(fields.begin() + 4, fields.end()));
  }
  CHECK(lines == 78);
}

TEST_CASE("characters are code points of NFC text") {
  const std::string jamo = unicode::encode_utf8(U"\u1112\u1161\u11AB\u1100\u1173\u11AF");
  CHECK(tokens({.shortest = 1, .longest = 2}, jamo) == list{"한", "글", "한글"});
  CHECK(tokens({.shortest = 6, .longest = 9, .normalize = false}, jamo) == list{jamo});
}

TEST_CASE("white space of every kind is one space") {
  CHECK(tokens({.shortest = 3, .longest = 3},
               "a\t\n \xE3\x80\x80"
               "b") == list{"a b"});
  CHECK(tokens({.shortest = 3, .longest = 3}, "a\nb") == list{"a b"});
  CHECK(tokens({.shortest = 2, .longest = 2, .within_words = true}, "\ta\xC2\xA0") == list{" a", "a "});
  CHECK(tokens({.within_words = true}, " \t ").empty());
}

TEST_CASE("lengths out of order and bytes that are not UTF-8 are refused") {
  CHECK_THROWS_AS(tokens({.shortest = 0}, "a"), argument_error);
  CHECK_THROWS_AS(tokens({.shortest = 3, .longest = 2}, "a"), argument_error);
  CHECK_THROWS_AS(tokens({}, "\xFF"), argument_error);
  // no run is longer than the text, whatever is asked for
  const index_t large = std::numeric_limits<index_t>::max();
  CHECK(tokens({.longest = large}, "abc") == tokens({.longest = 3}, "abc"));
  CHECK(tokens({.longest = large, .within_words = true}, "ab c") ==
        tokens({.longest = 9, .within_words = true}, "ab c"));
  CHECK(tokens({.shortest = large, .longest = large, .within_words = true}, "ab c") == list{" ab ", " c "});
  CHECK(tokens({.shortest = large, .longest = large}, "abc").empty());
  CHECK(tokens({.longest = 1, .invalid = unicode::invalid_bytes::replace}, "\xFF") == list{"\xEF\xBF\xBD"});
}
