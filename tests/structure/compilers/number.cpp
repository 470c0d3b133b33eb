// SPDX-License-Identifier: Apache-2.0
// Numbers are read alike where the standard library has no std::from_chars for double: libc++ before its version 20.
#include <charconv>
#undef __cpp_lib_to_chars
#include <cmath>
#include <cstdio>
#include <cstring>
#include <kindred/io/detail/number_impl.hpp>

int main() {
  constexpr auto invalid = std::errc::invalid_argument, range = std::errc::result_out_of_range;
  const struct {
    const char* text;
    int used;
    std::errc status;
    double value;
  } cases[] = {
      {"1.5", 3, {}, 1.5},
      {"-2e3x", 4, {}, -2000},
      {"1,5", 1, {}, 1},
      {"1e", 1, {}, 1},
      {".5", 2, {}, 0.5},
      {"0.0", 3, {}, 0},
      {"0e-400", 6, {}, 0},
      {"5e-324", 6, {}, 5e-324},
      {"9007199254740993", 16, {}, 9007199254740992.0},
      {"inf", 3, {}, HUGE_VAL},
      {"-Infinity", 9, {}, -HUGE_VAL},
      {"nan", 3, {}, NAN},
      {"0x1p4", 1, {}, 0},
      {"-0x1", 2, {}, -0.0},
      {"1e400", 5, range, 0},
      {"-1e400", 6, range, 0},
      {"1e-400", 6, range, 0},
      {" 1", 0, invalid, 0},
      {"+1", 0, invalid, 0},
      {"- 1", 0, invalid, 0},
      {"--1", 0, invalid, 0},
      {"i", 0, invalid, 0},
      {".", 0, invalid, 0},
      {"-", 0, invalid, 0},
      {"", 0, invalid, 0},
  };
  int wrong = 0;
  for (const auto& c : cases) {
    double value = 0;
    const auto [end, status] = kindred::io::detail::read_double(c.text, c.text + std::strlen(c.text), value);
    const bool same = value == c.value || (std::isnan(value) && std::isnan(c.value));
    if (end - c.text == c.used && status == c.status && (status != std::errc() || same)) continue;
    std::printf("'%s': %td characters, status %d, value %g\n", c.text, end - c.text, static_cast<int>(status), value);
    ++wrong;
  }
  return wrong;
}
