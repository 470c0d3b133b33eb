// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/io/base64.hpp>
#include <kindred/io/escaped.hpp>

using kindred::io::base64;
using kindred::io::escaped;

TEST_CASE("base64 gives the test vectors of RFC 4648, section 10, and every digit") {
  const auto of = [](const std::string& s) {
    return base64({reinterpret_cast<const std::uint8_t*>(s.data()), s.size()});
  };
  CHECK(of("") == "");
  CHECK(of("f") == "Zg==");
  CHECK(of("fo") == "Zm8=");
  CHECK(of("foo") == "Zm9v");
  CHECK(of("foob") == "Zm9vYg==");
  CHECK(of("fooba") == "Zm9vYmE=");
  CHECK(of("foobar") == "Zm9vYmFy");
  CHECK(of("\xFB\xEF\xBE\xFF\xFF\xFF") == "++++////");
}

TEST_CASE("text stands for itself in HTML and XML, whatever it holds") {
  CHECK(escaped("한글 <b a=\"1\">&amp;'") == "한글 &lt;b a=&quot;1&quot;&gt;&amp;amp;'");
  CHECK(escaped("a\tb\nc\rd") == "a b c d");
  CHECK(escaped(std::string_view("\0\x1F\x7F", 3)) == "\uFFFD\uFFFD\uFFFD");
  CHECK(escaped("\xFF\xEA\xB0 \U0001F34E\uFFFE") == "\uFFFD\uFFFD\uFFFD \U0001F34E\uFFFD");
  CHECK(escaped("") == "");
}
