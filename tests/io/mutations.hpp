// SPDX-License-Identifier: Apache-2.0
/// @file
/// The mutation test of a file format (a struct as tests/fuzz/target.hpp describes it). One file of a program may
/// include it, because allocations.hpp replaces the global operator new.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <kindred/core/random.hpp>
#include <limits>
#include <string>
#include <vector>

#include "allocations.hpp"
#include "fuzz/target.hpp"
#include "odd_files.hpp"

namespace mutations {

/// A damaged copy of one of the seeds, the same for the same number: bits flipped, bytes replaced, inserted and
/// removed, cut off or added, lengths made huge (binary of 1 to 8 bytes in either order, or digits), parts of another
/// seed spliced in.
inline std::string mutated(const std::vector<std::string>& seeds, const std::string& alphabet, std::uint64_t number) {
  std::uint64_t i = 0;
  const auto draw = [&](std::size_t n) {
    return static_cast<std::size_t>(kindred::random::below(static_cast<kindred::index_t>(n), number, 77, i++));
  };
  const auto letter = [&] { return draw(2) == 0 ? alphabet[draw(alphabet.size())] : static_cast<char>(draw(256)); };
  std::string s = seeds[number % seeds.size()];
  for (std::size_t edits = 1 + draw(3); edits > 0; --edits) {
    const std::size_t at = draw(s.size() + 1);
    const bool inside = at < s.size();
    switch (draw(10)) {
      case 0:
      case 1:
        if (inside) s[at] = static_cast<char>(static_cast<unsigned char>(s[at]) ^ (1u << draw(8)));
        break;
      case 2:
        if (inside) s[at] = letter();
        break;
      case 3:
        s.insert(at, 1 + draw(4), letter());
        break;
      case 4:
        if (inside) s.erase(at, 1 + draw(8));
        break;
      case 5:
        s.resize(at);
        break;
      case 6:
        s.append(1 + draw(16), letter());
        break;
      case 7: {  // a length field
        const std::uint64_t huge[] = {std::numeric_limits<std::uint64_t>::max(),
                                      std::uint64_t{1} << 63,
                                      std::uint64_t{1} << 62,
                                      (std::uint64_t{1} << 61) + 1,
                                      std::uint64_t{1} << 32,
                                      (std::uint64_t{1} << 31) - 1,
                                      std::uint64_t{1} << 31,
                                      0xffff,
                                      0};
        const std::uint64_t value = huge[draw(9)];
        const std::size_t width = std::min(std::size_t{1} << draw(4), s.size() - at);
        const bool big_endian = draw(2) == 0;
        for (std::size_t b = 0; b < width; ++b)
          s[at + b] = static_cast<char>(value >> (8 * (big_endian ? width - 1 - b : b)) & 255);
        break;
      }
      case 8: {  // a number in text
        const std::size_t digit = s.find_first_of("0123456789", at);
        static const char* const numbers[] = {
            "18446744073709551616", "9223372036854775807", "4294967296", "2147483648", "-1", "1e400", "0"};
        if (digit != std::string::npos)
          s.replace(digit, s.find_first_not_of("0123456789", digit) - digit, numbers[draw(7)]);
        break;
      }
      default: {
        const std::string& other = seeds[draw(seeds.size())];
        s.replace(at, draw(24), other, draw(other.size() + 1), draw(64));
      }
    }
  }
  return s;
}

struct outcome {
  int loaded = 0, refused = 0;
  std::size_t peak = 0;  ///< bytes from operator new that the hungriest of the loads held at once
};

/// Loads `files` files, made(number); each either loads or raises io_error, and holds at most `most` bytes beyond the
/// limit of bytes. Another exception fails the test that calls it, a memory error ends it under sanitizers.
template <class Format, class Made>
outcome load_all(std::uint64_t files, std::size_t most, Made made) {
  outcome o;
  for (std::uint64_t number = 0; number < files; ++number) {
    const std::string bytes = made(number);
    // of exactly its length, so that a sanitizer sees a read behind the end
    const std::vector<std::byte> exact(reinterpret_cast<const std::byte*>(bytes.data()),
                                       reinterpret_cast<const std::byte*>(bytes.data()) + bytes.size());
    bool loaded = false;
    CAPTURE(number);
    const std::size_t peak = allocations::peak_of([&] { loaded = Format::load(exact); });
    ++(loaded ? o.loaded : o.refused);
    o.peak = std::max(o.peak, peak);
  }
  CHECK(o.loaded + o.refused == static_cast<int>(files));
  CHECK(o.peak <= static_cast<std::size_t>(fuzz::limits.bytes) + most);
  return o;
}

/// The seeds, which shall load.
template <class Format>
std::vector<std::string> checked_seeds() {
  auto seeds = Format::seeds();
  for (const std::string& seed : seeds) {
    CAPTURE(seed);
    CHECK(Format::load(std::as_bytes(std::span(seed.data(), seed.size()))));
  }
  return seeds;
}

/// Mutated files.
template <class Format>
outcome run(std::uint64_t files = 1000, std::size_t most = 1 << 20) {
  const auto seeds = checked_seeds<Format>();
  return load_all<Format>(files, most, [&](std::uint64_t number) { return mutated(seeds, Format::alphabet, number); });
}

/// Files of io::safetensors that are consistent but odd: odd_files.hpp. `files` for each seed, or as many as the
/// environment variable KINDRED_ODD_FILES says, to search for longer:
///
///   KINDRED_ODD_FILES=20000 build/tests/test.model -tc="odd*"
template <class Format>
outcome run_odd(std::uint64_t files = 200, std::size_t most = 1 << 20) {
  std::vector<odd_files::content> seeds;
  for (const std::string& seed : checked_seeds<Format>()) {
    seeds.push_back(odd_files::parsed(seed));
    const std::string again = odd_files::written(seeds.back());
    CHECK(Format::load(std::as_bytes(std::span(again.data(), again.size()))));
  }
  if (const char* const asked = std::getenv("KINDRED_ODD_FILES")) files = std::strtoull(asked, nullptr, 10);
  return load_all<Format>(files * seeds.size(), most,
                          [&](std::uint64_t number) { return odd_files::odd(seeds, number); });
}

}  // namespace mutations
