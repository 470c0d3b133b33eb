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

TEST_CASE("expects() throws the wanted error with its values in place and the line of the call") {
  const int line = __LINE__ + 1;
  const auto text = message<shape_error>([] { expects(false, "fit: {} rows but {} labels", 24, 23L); });
  CHECK(text.substr(0, 28) == "fit: 24 rows but 23 labels [");
  CHECK(text.find("error.cpp:" + std::to_string(line) + "]") != std::string::npos);
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
  const auto start = [](auto... values) {
    const auto text = message<error>([&] { expects(false, "{} and {}", values...); });
    return text.substr(0, text.find(" ["));
  };
  CHECK(start("a", std::string("b{}")) == "a and b{}");
  CHECK(start(0.5, -3) == "0.5 and -3");
  CHECK(start(1e-30, 1u) == "1e-30 and 1");
  CHECK(start(7) == "7 and {}");
  CHECK(start(1, 2, 3) == "1 and 2");
}
