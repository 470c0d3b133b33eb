// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/unicode/utf8.hpp>

using namespace kindred;

namespace {

std::string replaced(std::string_view bytes) {
  return unicode::encode_utf8(unicode::decode_utf8(bytes, unicode::invalid_bytes::replace));
}

}  // namespace

TEST_CASE("every Unicode scalar value survives encoding and decoding") {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string bytes;
    unicode::encode_utf8(c, bytes);
    const auto step = utf8_front(bytes);
    const bool same = step.valid && step.code_point == c && step.length == bytes.size();
    if (!same) FAIL("code point ", static_cast<std::uint32_t>(c));
  }
}

TEST_CASE("known texts have their known bytes") {
  CHECK(unicode::encode_utf8(U"A\u00e9\uac00\U0001F600") == "A\xC3\xA9\xEA\xB0\x80\xF0\x9F\x98\x80");
  CHECK(unicode::decode_utf8("A\xC3\xA9\xEA\xB0\x80\xF0\x9F\x98\x80") == U"A\u00e9\uac00\U0001F600");
  CHECK(unicode::decode_utf8("").empty());
  CHECK(unicode::decode_utf8(std::string_view("\0x", 2)) == std::u32string({0, U'x'}));
}

TEST_CASE("ill-formed bytes become one replacement character per maximal subpart") {
  const std::string r = "\xEF\xBF\xBD";
  // Unicode 15, section 3.9, tables 3-8 to 3-11
  CHECK(replaced("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41") == r + r + r + r + r + r + r + r + "A");
  CHECK(replaced("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41") == r + r + r + r + r + r + r + r + "A");
  CHECK(replaced("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42") == r + r + r + r + r + "A" + r + r + "B");
  CHECK(replaced("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41") == r + r + r + r + "A");
  CHECK(replaced("x\xEA\xB0") == "x" + r);  // cut off at the end
  CHECK(replaced("\xF0\x9F\x98") == r);
}

TEST_CASE("valid_utf8 accepts whole well-formed sequences only") {
  CHECK(valid_utf8(""));
  CHECK(valid_utf8("a\xED\x95\x9C\xF4\x8F\xBF\xBF"));
  CHECK_FALSE(valid_utf8("\xED\x95"));          // cut off
  CHECK_FALSE(valid_utf8("\xED\xA0\x80"));      // a surrogate
  CHECK_FALSE(valid_utf8("\xE0\x9F\xBF"));      // overlong
  CHECK_FALSE(valid_utf8("\xF4\x90\x80\x80"));  // above U+10FFFF
}

TEST_CASE("ill-formed bytes are refused with their offset, after what stands before them was emitted") {
  std::u32string seen;
  const auto decode = [&] {
    unicode::decode_utf8("ab\xEA\xB0z", unicode::invalid_bytes::refuse, [&](char32_t c) { seen += c; });
  };
  CHECK_THROWS_WITH_AS(decode(), doctest::Contains("byte 2 of 5"), argument_error);
  CHECK(seen == U"ab");
  CHECK_THROWS_AS(unicode::decode_utf8("\xED\xA0\x80"), argument_error);  // a surrogate
  CHECK_THROWS_AS(unicode::decode_utf8("\xC0\x80"), argument_error);      // overlong
}

TEST_CASE("what is no scalar value is not encoded") {
  std::string out;
  CHECK_THROWS_AS(unicode::encode_utf8(char32_t{0xD800}, out), argument_error);
  CHECK_THROWS_AS(unicode::encode_utf8(char32_t{0xDFFF}, out), argument_error);
  CHECK_THROWS_AS(unicode::encode_utf8(char32_t{0x110000}, out), argument_error);
  CHECK(out.empty());
}
