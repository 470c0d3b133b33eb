// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/core/error.hpp>
#include <string>

using namespace kindred;

namespace {
template <class E, class F>
std::string message(F f) {
  try {
    f();
  } catch (const E& e) {
    return e.what();
  }
  return "nothing was thrown";
}
}  // namespace

TEST_CASE("expects() does nothing while its condition holds") {
  CHECK_NOTHROW(expects(true, "never"));
  CHECK_NOTHROW(expects<io_error>(1 < 2, "{} {}", 1, "x"));
}

TEST_CASE("expects() throws the requested error with its values in place; where() is the line of the call") {
  const int line = __LINE__ + 2;
  try {
    expects(false, "fit: expected {} labels, got {}", 24, 23L);
    FAIL("nothing was thrown");
  } catch (const shape_error& e) {
    CHECK(std::string(e.what()) == "fit: expected 24 labels, got 23");
    CHECK(std::string(e.where().file).ends_with("error.cpp"));
    CHECK(e.where().line == line);
  }
  CHECK_THROWS_AS(expects<argument_error>(false, "x"), argument_error);
  CHECK_THROWS_AS(expects<io_error>(false, "x"), io_error);
  CHECK_THROWS_AS(expects<device_error>(false, "x"), device_error);
}

TEST_CASE("every error of the library is an error and a runtime_error") {
  CHECK_THROWS_AS(expects(false, "x"), error);
  CHECK_THROWS_AS(expects<io_error>(false, "x"), error);
  CHECK_THROWS_AS(expects<argument_error>(false, "x"), std::runtime_error);
}

TEST_CASE("texts, numbers and surplus or missing values are shown as they are") {
  const auto start = [](auto... values) { return message<error>([&] { expects(false, "{} and {}", values...); }); };
  CHECK(start("a", std::string("b{}")) == "a and b{}");
  CHECK(start(0.5, -3) == "0.5 and -3");
  CHECK(start(1e-30, 1u) == "1e-30 and 1");
  CHECK(start(7) == "7 and {}");
  CHECK(start(1, 2, 3) == "1 and 2");
}

TEST_CASE("a message is one line without terminal controls, whatever the values hold") {
  const auto text = [](const std::string& value) {
    return message<io_error>([&] { expects<io_error>(false, "type is '{}'", value); });
  };
  CHECK(text("\x1b]0;title\a\x1b[31m") == "type is '?]0;title?\?[31m'");
  CHECK(text("two\nlines\r\t") == "type is 'two lines  '");
  CHECK(text("\xC2\x9B[31m") == "type is '?[31m'");            // U+009B starts a control sequence too
  CHECK(text("\xE2\x80\xAEtxt.exe") == "type is '?txt.exe'");  // U+202E reverses what follows
  CHECK(text("\xE2\x81\xA6\xD8\x9C\xE2\x80\xA8\xEF\xBB\xBF") == "type is '?\?\?\?'");
  CHECK(text("\xFF\xC0\x80 a") == "type is '?\?\? a'");  // not UTF-8
  CHECK(text("\xED\x95\x9C\xEA\xB8\x80 \xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x8E\xA8") ==
        "type is '\xED\x95\x9C\xEA\xB8\x80 \xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x8E\xA8'");  // Hangul, a joined emoji
  CHECK(text(std::string(1, '\0')) == "type is '?'");
  CHECK(text(std::string(5'000'000, 'x')) == "type is '" + std::string(1000, 'x') + "...'");
  CHECK(printable("\xED\x95\x9C\xEA\xB8\x80", 5) == "\xED\x95\x9C...");  // never half a character
  CHECK(std::string(error("a\x1b").what()) == "a?");
}
