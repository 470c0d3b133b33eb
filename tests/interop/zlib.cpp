// SPDX-License-Identifier: Apache-2.0
// Streams by hand after RFC 1950 and 1951; those that Python's zlib wrote are in tests/io/npz.cpp and tests/io/mat.cpp.
#include <doctest/doctest.h>

#include <kindred/io/line_reader.hpp>

#include "gzip.hpp"
#include "io/files.hpp"
#include "io/text_stream.hpp"

namespace io = kindred::io;
using kindred::interop::inflate;

namespace {

const std::string fixed("\x4b\x4c\x4a\x06\x00", 5);  // "abc" in the fixed code
const std::string stored(
    "\x01\x03\x00\xfc\xff"
    "abc",
    8);
// the checksum of "abc": a = 1 + 97 + 98 + 99 = 0x127, b = 98 + 196 + 295 = 0x24d
const std::string wrapped = "\x78\x9c" + fixed + std::string("\x02\x4d\x01\x27", 4);

/// What comes out of `from` where `size` bytes are asked for; it must leave what stands behind them alone.
std::string inflated(io::deflated what, const std::string& from, std::size_t size) {
  std::string to(size + 8, '?');
  const std::size_t filled = inflate(what, as_bytes(from), std::as_writable_bytes(std::span(to.data(), size)), "file");
  CHECK(to.substr(size) == "????????");
  return to.substr(0, filled);
}

std::string message(io::deflated what, const std::string& from, std::size_t size) {
  return refusal([&] { inflated(what, from, size); });
}

}  // namespace

TEST_CASE("whole streams give exactly their bytes") {
  CHECK(inflated(io::deflated::raw, stored, 3) == "abc");
  CHECK(inflated(io::deflated::raw, fixed, 3) == "abc");
  CHECK(inflated(io::deflated::raw, std::string("\x03\x00", 2), 0).empty());
  CHECK(inflate(io::deflated::raw, as_bytes(std::string("\x03\x00", 2)), {}, "file") == 0);
  CHECK(inflated(io::deflated::zlib, wrapped, 3) == "abc");
}

TEST_CASE("the start of a stream is as much as is asked for or all there is") {
  CHECK(inflated(io::deflated::raw_start, stored, 2) == "ab");
  CHECK(inflated(io::deflated::raw_start, stored + "more", 100) == "abc");
  CHECK(inflated(io::deflated::zlib_start, wrapped, 0).empty());
  CHECK(inflated(io::deflated::zlib_start, wrapped, 2) == "ab");
  CHECK(inflated(io::deflated::zlib_start, wrapped, 100) == "abc");
  CHECK(inflated(io::deflated::zlib_start, wrapped + "more", 100) == "abc");
  CHECK(inflated(io::deflated::zlib_start, std::string(wrapped).replace(10, 1, "\x28"), 100) == "abc");
  CHECK(contains(message(io::deflated::zlib_start, wrapped.substr(0, 4), 100), "the stream ends"));
}

TEST_CASE("a stream that is broken or of another length is refused with place and byte") {
  using enum io::deflated;
  CHECK(contains(message(raw, "", 0), "file: byte 0 of the compressed data: the stream ends"));
  CHECK(contains(message(raw, "\x07", 0), "invalid block type"));
  CHECK(contains(message(raw, std::string(stored).replace(3, 1, "\xfd"), 3), "invalid stored block lengths"));
  CHECK(contains(message(raw, stored.substr(0, 7), 3), "byte 7 of the compressed data: the stream ends"));
  CHECK(contains(message(raw, fixed.substr(0, 3), 3), "the stream ends"));
  for (const std::string& s : {stored, fixed}) {
    CHECK(contains(message(raw, s, 0), "more bytes come out than expected"));
    CHECK(contains(message(raw, s, 2), "more bytes come out than expected"));
    CHECK(contains(message(raw, s, 4), "fewer bytes come out than expected"));
    CHECK(contains(message(raw, s + "x", 3), "something follows the stream"));
  }
  CHECK(contains(message(raw, std::string("\x03\x02", 2), 9), "invalid distance too far back"));
  CHECK(contains(message(zlib, wrapped + "x", 3), "something follows the stream"));
  CHECK(contains(message(zlib, wrapped.substr(0, 10), 3), "byte 10 of the compressed data: the stream ends"));
  CHECK(contains(message(zlib, std::string(wrapped).replace(10, 1, "\x28"), 3), "incorrect data check"));
  CHECK(contains(message(zlib, fixed, 3), "incorrect header check"));
  // a head that asks for a dictionary: 0x78bb is a multiple of 31 with bit 5 set
  CHECK(contains(message(zlib, "\x78\xbb" + wrapped.substr(2), 3), "need dictionary"));
}

namespace {

std::string gunzip(const std::string& bytes, kindred::index_t piece = 1000, std::size_t asked = 1000) {
  const auto stream = kindred::interop::gzip_format.decode(std::make_unique<text_stream>(bytes, piece));
  return all_of(*stream, asked);
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "line " + std::to_string(i * 7919 % 10007) + "\n";
  return text;
}

}  // namespace

TEST_CASE("gzip members one behind the other are one text, whatever the pieces") {
  const std::string text = long_text(), file = gzip("one\n") + gzip("") + gzip(text) + gzip("end");
  for (const kindred::index_t piece : {1, 100, 1 << 20})
    for (const std::size_t asked : {std::size_t(1), std::size_t(1000), std::size_t(1) << 20})
      CHECK(gunzip(file, piece, asked) == "one\n" + text + "end");
  const temporary_folder folder;
  write_bytes(folder / "text.gz", file);
  io::line_reader lines(folder / "text.gz", std::span(&kindred::interop::gzip_format, 1));
  std::string_view line;
  REQUIRE(lines.next(line));
  CHECK(line == "one");
  REQUIRE(lines.next(line));
  CHECK(line == "line 0");
  while (lines.next(line)) continue;
  CHECK(lines.number() == 20002);
  CHECK(lines.position() == static_cast<kindred::index_t>(file.size()));
}

TEST_CASE("gzip that is cut anywhere, broken anywhere or followed by something is refused with file and byte") {
  const std::string text = "some text that is long enough to be packed, packed, packed, packed", file = gzip(text);
  for (std::size_t cut = 1; cut < file.size(); ++cut)
    CHECK(contains(refusal([&] { gunzip(file.substr(0, cut)); }),
                   "text: byte " + std::to_string(cut) + ": gzip: the stream ends"));
  CHECK(contains(refusal([&] { gunzip(file + "x"); }), "gzip: "));
  CHECK(contains(refusal([&] { gunzip(file + file.substr(0, 5)); }), "gzip: the stream ends"));
  // behind the head, whose time and system nobody checks; a broken byte either changes nothing or is seen by the
  // checksum
  std::size_t refused = 0;
  for (std::size_t at = 10; at < file.size(); ++at) {
    std::string broken = file, came;
    broken[at] = static_cast<char>(broken[at] ^ 0x10);
    const bool seen = !refusal([&] { came = gunzip(broken); }).empty();
    CHECK((seen || came == text));
    refused += seen;
  }
  CHECK(refused > file.size() / 2);
}
