// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the targets of compressed streams share.
#pragma once

#include <algorithm>
#include <kindred/io/line_reader.hpp>

#include "target.hpp"

namespace fuzz {

/// Bytes as a stream that gives at most `piece` of them at a time.
class byte_pieces final : public kindred::io::byte_stream {
 public:
  byte_pieces(std::span<const std::byte> bytes, kindred::index_t piece) : bytes_(bytes), piece_(piece) {}
  kindred::index_t read(void* to, kindred::index_t most) override {
    const auto here = std::min({most, piece_, static_cast<kindred::index_t>(bytes_.size()) - at_});
    std::copy_n(bytes_.data() + at_, here, static_cast<std::byte*>(to));
    at_ += here;
    return here;
  }
  const std::string& name() const override { return name_; }
  kindred::index_t position() const override { return at_; }

 private:
  std::span<const std::byte> bytes_;
  kindred::index_t piece_, at_ = 0;
  std::string name_ = "memory";
};

/// What comes out of a stream before it ends or is refused: length and checksum, so that nothing large is kept.
struct stream_sum {
  bool whole = false;
  kindred::index_t bytes = 0;
  std::uint64_t sum = 0;
};

inline stream_sum unpacked(const kindred::io::stream_format& format, std::span<const std::byte> bytes,
                           kindred::index_t piece, std::size_t asked) {
  stream_sum s;
  s.whole = loads([&] {
    const auto stream = format.decode(std::make_unique<byte_pieces>(bytes, piece));
    std::vector<unsigned char> part(asked);
    while (const auto got = stream->read(part.data(), static_cast<kindred::index_t>(asked))) {
      check(got > 0 && got <= static_cast<kindred::index_t>(asked));
      s.bytes += got;
      for (kindred::index_t i = 0; i < got; ++i) s.sum = (s.sum ^ part[static_cast<std::size_t>(i)]) * 0x100000001B3ull;
    }
    check(stream->position() == static_cast<kindred::index_t>(bytes.size()));
  });
  return s;
}

/// The same whatever the pieces, and through the reader of lines; whether the stream is whole.
inline bool unpacks(const kindred::io::stream_format& format, std::span<const std::byte> bytes) {
  const stream_sum large = unpacked(format, bytes, 1 << 20, 1 << 16), small = unpacked(format, bytes, 3, 1 << 12);
  check(large.whole == small.whole);
  check(!large.whole || (large.bytes == small.bytes && large.sum == small.sum));
  loads([&] {
    const kindred::io::stream_format formats[] = {format};
    kindred::io::line_reader lines(file_of(bytes), formats, {.longest = 1 << 12});
    kindred::index_t given = 0;
    for (std::string_view line; lines.next(line); ++given) check(line.size() <= 1 << 12);
    check(lines.number() == given);
  });
  return large.whole;
}

inline const std::vector<std::string>& packed_texts() {
  static const std::vector<std::string> texts{"", "one line\n", "고양이가 밥을 먹었다\nand 3.14\n\n",
                                              std::string(3000, 'a')};
  return texts;
}

}  // namespace fuzz
