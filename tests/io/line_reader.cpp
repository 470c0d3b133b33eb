// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/io/line_reader.hpp>
#include <random>
#include <sstream>

#include "io/files.hpp"
#include "io/text_stream.hpp"

namespace io = kindred::io;
using kindred::index_t;

namespace {

std::vector<std::string> lines_of(io::line_reader reader) {
  std::vector<std::string> out;
  for (std::string_view line; reader.next(line);) out.emplace_back(line);
  CHECK(reader.number() == static_cast<index_t>(out.size()));
  return out;
}
std::vector<std::string> lines_of(const std::string& text, index_t piece = 1000, io::line_options options = {}) {
  return lines_of(io::line_reader(std::make_unique<text_stream>(text, piece), options));
}
using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("lines end at line feeds, lose a carriage return, and the last one needs no end") {
  CHECK(lines_of("").empty());
  CHECK(lines_of("\n") == lines{""});
  CHECK(lines_of("a") == lines{"a"});
  CHECK(lines_of("a\nb\r\n\n\rc\r") == lines{"a", "b", "", "\rc"});
  CHECK(lines_of(std::string("a\0b\n\xff", 5)) == lines{std::string("a\0b", 3), "\xff"});
  CHECK(lines_of("\xEF\xBB\xBF\r\n\xEF\xBB\xBF") == lines{"", "\xEF\xBB\xBF"});
}

TEST_CASE("lines do not depend on the pieces that the stream gives") {
  std::mt19937 random(1);
  std::string text;
  for (int i = 0; i < 3000; ++i)
    text += std::string(random() % 90, static_cast<char>('a' + i % 26)) + (i % 3 != 0 ? "\n" : "\r\n");
  text += std::string(200000, 'x') + "\nend";  // longer than the buffer at first
  lines expected;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    expected.push_back(line);
  }
  for (const index_t piece : {1, 7, 4096, 1 << 20}) CHECK(lines_of(text, piece) == expected);
}

TEST_CASE("a line that is longer than the limit is refused with its number") {
  CHECK(lines_of("abc\nabcd\r\nabcd", 3, {.longest = 4}) == lines{"abc", "abcd", "abcd"});
  for (const char* text : {"abc\nabcde\n", "abc\nabcde", "abc\nabcdefghijk"})
    for (const index_t piece : {1, 100})
      CHECK(contains(refusal([&] { lines_of(text, piece, {.longest = 4}); }), "text: line 2: longer than 4 bytes"));
  CHECK_THROWS_AS(lines_of("a", 1, {.longest = 0}), kindred::argument_error);
}

TEST_CASE("a file is read as it lies, and one that is compressed is refused without its format") {
  const temporary_folder folder;
  write_bytes(folder / "plain", "one\ntwo\n");
  CHECK(lines_of(io::line_reader(folder / "plain")) == lines{"one", "two"});
  write_bytes(folder / "empty", "");
  CHECK(lines_of(io::line_reader(folder / "empty")).empty());
  write_bytes(folder / "a.gz", "\x1f\x8b\x08 and so on");
  CHECK(contains(refusal([&] { io::line_reader(folder / "a.gz"); }),
                 "a.gz: compressed by gzip, so include kindred/interop/zlib.hpp"));
  write_bytes(folder / "a.xz", std::string("\xfd"
                                           "7zXZ\0 and so on",
                                           16));
  CHECK(contains(refusal([&] { io::line_reader(folder / "a.xz"); }),
                 "a.xz: compressed by xz, so include kindred/interop/lzma.hpp"));
  CHECK(contains(refusal([&] { io::line_reader(folder / "missing"); }), "missing: cannot be opened"));
}

TEST_CASE("a format is chosen by the first bytes of the file and not by its name") {
  const io::stream_format stars{"stars", "**",
                                [](std::unique_ptr<io::byte_stream> from) -> std::unique_ptr<io::byte_stream> {
                                  return std::make_unique<text_stream>("unpacked " + from->name(), 3);
                                }};
  const temporary_folder folder;
  write_bytes(folder / "packed.txt", "**\n");
  write_bytes(folder / "plain.stars", "*\n");
  CHECK(lines_of(io::line_reader(folder / "packed.txt", std::span(&stars, 1))) ==
        lines{"unpacked " + (folder / "packed.txt")});
  CHECK(lines_of(io::line_reader(folder / "plain.stars", std::span(&stars, 1))) == lines{"*"});
}
