// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/interop/lzma.hpp>
#include <kindred/io/line_reader.hpp>

#include "io/files.hpp"
#include "io/text_stream.hpp"

namespace io = kindred::io;

namespace {

std::string xz(const std::string& text, std::uint32_t preset = 1) {
  std::string out(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  REQUIRE(lzma_easy_buffer_encode(preset, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const std::uint8_t*>(text.data()),
                                  text.size(), reinterpret_cast<std::uint8_t*>(out.data()), &size,
                                  out.size()) == LZMA_OK);
  out.resize(size);
  return out;
}

std::string unxz(const std::string& bytes, kindred::index_t piece = 1000, std::size_t asked = 1000) {
  const auto stream = kindred::interop::xz_format.decode(std::make_unique<text_stream>(bytes, piece));
  return all_of(*stream, asked);
}

}  // namespace

TEST_CASE("xz streams one behind the other are one text, whatever the pieces") {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "line " + std::to_string(i * 7919 % 10007) + "\n";
  const std::string file = xz("one\n") + xz("") + xz(text) + xz("end");
  for (const kindred::index_t piece : {1, 100, 1 << 20})
    for (const std::size_t asked : {std::size_t(1), std::size_t(1000), std::size_t(1) << 20})
      CHECK(unxz(file, piece, asked) == "one\n" + text + "end");
  const temporary_folder folder;
  write_bytes(folder / "text.xz", file);
  io::line_reader lines(folder / "text.xz", std::span(&kindred::interop::xz_format, 1));
  for (std::string_view line; lines.next(line);) continue;
  CHECK(lines.number() == 20002);
}

TEST_CASE("xz that is cut anywhere, broken anywhere or followed by something is refused with file and byte") {
  const std::string file = xz("some text that is long enough to be packed, packed, packed, packed");
  for (std::size_t cut = 0; cut < file.size(); ++cut)
    CHECK(contains(refusal([&] { unxz(file.substr(0, cut)); }),
                   "text: byte " + std::to_string(cut) + ": xz: the stream ends"));
  CHECK(contains(refusal([&] { unxz(file + "x\n\n\n and more"); }), "xz: "));
  std::size_t refused = 0;
  for (std::size_t at = 0; at < file.size(); ++at) {
    std::string broken = file;
    broken[at] = static_cast<char>(broken[at] ^ 0x10);
    refused += !refusal([&] { unxz(broken); }).empty();
  }
  CHECK(refused == file.size());
}
