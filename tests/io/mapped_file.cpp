// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstring>
#include <kindred/io/mapped_file.hpp>
#include <kindred/io/text_impl.hpp>
#include <kindred/text/utf8.hpp>
#include <utility>

#include "files.hpp"

namespace io = kindred::io;

TEST_CASE("a mapped file shows its bytes, after moving, renaming and removing too") {
  const temporary_folder folder;
  std::string bytes(10000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * i % 251);
  write_bytes(folder / "a", bytes);
  io::mapped_file first(folder / "a");
  CHECK(first.name() == folder / "a");
  CHECK(first.size() == 10000);
  const std::byte* const at = first.bytes().data();
  CHECK(reinterpret_cast<std::uintptr_t>(at) % 64 == 0);
  const io::mapped_file second(std::move(first));
  std::filesystem::rename(folder / "a", folder / "b");
  write_bytes(folder / "a", "another file under the old name");
  std::filesystem::remove(folder / "b");
  CHECK(second.bytes().data() == at);
  CHECK(second.bytes().size() == bytes.size());
  CHECK(std::memcmp(at, bytes.data(), bytes.size()) == 0);
}

TEST_CASE("an empty file has no bytes, and what is no file is refused with the reason") {
  const temporary_folder folder;
  write_bytes(folder / "empty", "");
  const io::mapped_file empty(folder / "empty");
  CHECK(empty.size() == 0);
  CHECK(empty.bytes().empty());
  const auto message = [](const std::string& path) { return refusal([&] { io::mapped_file file(path); }); };
  CHECK(contains(message(folder / "absent"), "absent: cannot be opened: No such file"));
  CHECK(contains(message(folder / "."), "it is a directory"));
  CHECK(contains(message("/dev/zero"), "it is not a regular file"));
  CHECK(contains(message(std::string("a\0b", 3)), "zero byte"));
}

TEST_CASE("well-formed UTF-8 is what the decoder of text accepts") {
  // every sequence of up to three bytes that starts like a longer one, with the bytes where the rules change
  const unsigned char bytes[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0,
                                 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFE, 0xFF};
  int valid = 0;
  for (const auto a : bytes)
    for (const auto b : bytes)
      for (const auto c : bytes)
        for (const auto d : {0x41, 0x80, 0xBF, 0xC2, 0xFF}) {
          std::string s;
          for (const int byte : {int{a}, int{b}, int{c}, d}) s += static_cast<char>(byte);
          bool decoded = true;
          try {
            kindred::text::decode_utf8(s);
          } catch (const kindred::argument_error&) {
            decoded = false;
          }
          valid += decoded;
          REQUIRE(io::detail::valid_utf8(s) == decoded);
        }
  CHECK(valid > 100);
  CHECK(io::detail::valid_utf8(""));
  CHECK_FALSE(io::detail::valid_utf8("\xED\x95"));
  CHECK(io::detail::printable("a\nb\x7f") == "a?b?");
  CHECK(io::detail::printable(std::string(39, 'x') + "한") == std::string(39, 'x'));
  CHECK(io::detail::printable("\xff한").find('\xff') == std::string::npos);
}
