// SPDX-License-Identifier: Apache-2.0
/// @file
/// Deflate and the checksums of zip and zlib. Own, so that reading a compressed .npz or .mat needs no library.
#pragma once

#include <array>
#include <cstring>
#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <span>
#include <string>
#include <vector>

namespace kindred::io::detail {

/// CRC-32 of what it is given, piece after piece: polynomial 0xEDB88320, reflected, as zip and PNG use it.
class crc32 {
 public:
  void add(const std::byte* from, index_t bytes) {
    static constexpr auto table = [] {
      std::array<std::uint32_t, 256> t{};
      for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t c = i;
        for (int bit = 0; bit < 8; ++bit) c = (c & 1) != 0 ? 0xEDB88320u ^ c >> 1 : c >> 1;
        t[i] = c;
      }
      return t;
    }();
    for (index_t i = 0; i < bytes; ++i)
      state_ = table[(state_ ^ std::to_integer<std::uint32_t>(from[i])) & 255] ^ state_ >> 8;
  }
  std::uint32_t value() const { return ~state_; }

 private:
  std::uint32_t state_ = 0xFFFFFFFFu;
};

/// Adler-32 of zlib: two sums modulo 65521.
inline std::uint32_t adler32(std::span<const std::byte> bytes) {
  std::uint32_t a = 1, b = 0;
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t end = bytes.size() - i > 5552 ? i + 5552 : bytes.size();  // as far as 32 bits go
    for (; i < end; ++i) {
      a += std::to_integer<std::uint32_t>(bytes[i]);
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return b << 16 | a;
}

/// The bytes that a deflate stream of exactly these bytes stands for, which must be exactly as many as `to` holds.
///
/// Complexity  O(bytes in + bytes out); 256 KiB of tables at most.
/// Errors      io_error, "place: byte i of the compressed data: ...": cut short, followed by something, more or fewer bytes
///             than expected, an unknown kind of block, codes that are no prefix codes, a distance before the first byte.
/// Reference   RFC 1951. As zlib, refuses codes that leave bit patterns unused, but for a single code of one bit.
class inflater {
 public:
  inflater(std::span<const std::byte> from, std::span<std::byte> to, const std::string& place)
      : from_(from), to_(to), place_(place) {}

  void run() {
    blocks();
    check(at_ - static_cast<std::size_t>(held_ / 8) == from_.size(), "something follows the last block");
    check(filled_ == to_.size(), "fewer bytes come out than expected");
  }
  /// Unpacks as many bytes as `to` holds, or all where there are fewer; returns how many.
  std::size_t run_start() {
    start_only_ = true;
    blocks();
    return filled_;
  }

 private:
  static constexpr int longest = 15;

  bool full() const { return start_only_ && filled_ == to_.size(); }
  void blocks() {
    for (bool last = false; !last && !full();) {
      last = bits(1) == 1;
      switch (bits(2)) {
        case 0:
          stored();
          break;
        case 1:
          fixed();
          break;
        case 2:
          dynamic();
          break;
        default:
          check(false, "an unknown kind of block");
      }
    }
  }

  /// Every pattern of `width` bits, the first bit of the stream lowest: symbol and length of the code it starts with.
  struct code_table {
    struct entry {
      std::uint16_t symbol, length;
    };
    std::vector<entry> entries;
    int width = 0;
  };

  void check(bool ok, const char* what) const {
    expects<io_error>(ok, "{}: byte {} of the compressed data: {}", place_, at_ - static_cast<std::size_t>(held_ / 8),
                      what);
  }
  /// Holds as many bits as there are, at least 56 where the stream is long enough.
  void fill() {
    while (held_ <= 56 && at_ < from_.size()) {
      buffer_ |= std::to_integer<std::uint64_t>(from_[at_++]) << held_;
      held_ += 8;
    }
  }
  /// How many of so many bytes are taken.
  std::size_t room_for(std::size_t length) const {
    const std::size_t room = to_.size() - filled_;
    check(length <= room || start_only_, "more bytes come out than expected");
    return length <= room ? length : room;
  }
  void drop(int n) {
    buffer_ >>= n;
    held_ -= n;
  }
  std::uint32_t bits(int n) {
    fill();
    check(held_ >= n, "the stream ends");
    const auto value = static_cast<std::uint32_t>(buffer_ & ((std::uint64_t{1} << n) - 1));
    drop(n);
    return value;
  }
  std::size_t symbol(const code_table& table) {
    fill();
    const auto e = table.entries[buffer_ & ((std::uint64_t{1} << table.width) - 1)];
    check(e.length > 0 && e.length <= held_, e.length > 0 ? "the stream ends" : "a code that stands for nothing");
    drop(e.length);
    return e.symbol;
  }

  /// The canonical prefix code of these lengths; 0 leaves a symbol out.
  code_table table(const std::uint8_t* lengths, std::size_t symbols) const {
    int count[longest + 1] = {};
    for (std::size_t s = 0; s < symbols; ++s) ++count[lengths[s]];
    code_table t;
    t.width = longest;
    while (t.width > 1 && count[t.width] == 0) --t.width;
    int left = 1;
    std::uint32_t next[longest + 2] = {};
    for (int length = 1; length <= longest; ++length) {
      left = 2 * left - count[length];
      check(left >= 0, "more codes than patterns");
      next[length + 1] = (next[length] + static_cast<std::uint32_t>(count[length])) << 1;
    }
    const bool none = count[0] == static_cast<int>(symbols), single = t.width == 1 && count[1] == 1;
    check(left == 0 || none || single, "patterns without a code");
    t.entries.assign(std::size_t{1} << t.width, {0, 0});
    for (std::size_t s = 0; s < symbols; ++s) {
      const int length = lengths[s];
      if (length == 0) continue;
      std::uint32_t reversed = 0;
      const std::uint32_t code = next[length]++;
      for (int bit = 0; bit < length; ++bit) reversed |= (code >> bit & 1) << (length - 1 - bit);
      for (std::size_t i = reversed; i < t.entries.size(); i += std::size_t{1} << length)
        t.entries[i] = {static_cast<std::uint16_t>(s), static_cast<std::uint16_t>(length)};
    }
    return t;
  }

  void stored() {
    drop(held_ % 8);
    std::size_t length = bits(16);
    const std::size_t complement = bits(16);
    check((length ^ complement) == 0xFFFF, "a length that contradicts its complement");
    at_ -= static_cast<std::size_t>(held_ / 8);
    buffer_ = 0;
    held_ = 0;
    check(length <= from_.size() - at_, "the stream ends");
    length = room_for(length);
    if (length > 0) std::memcpy(to_.data() + filled_, from_.data() + at_, length);
    at_ += length;
    filled_ += length;
  }
  void fixed() {
    std::uint8_t lengths[288], distances[32];
    for (std::size_t s = 0; s < 288; ++s) lengths[s] = s < 144 ? 8 : s < 256 ? 9 : s < 280 ? 7 : 8;
    for (auto& d : distances) d = 5;  // the last two stand for nothing, which block() sees
    block(table(lengths, 288), table(distances, 32));
  }
  void dynamic() {
    const std::size_t symbols = bits(5) + 257, distances = bits(5) + 1, codes = bits(4) + 4;
    check(symbols <= 286 && distances <= 30, "more symbols than there are");
    static constexpr std::uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    std::uint8_t code_lengths[19] = {};
    for (std::size_t i = 0; i < codes; ++i) code_lengths[order[i]] = static_cast<std::uint8_t>(bits(3));
    const code_table code = table(code_lengths, 19);
    std::uint8_t lengths[286 + 30] = {};
    for (std::size_t i = 0; i < symbols + distances;) {
      const std::size_t s = symbol(code);
      if (s < 16) {
        lengths[i++] = static_cast<std::uint8_t>(s);
        continue;
      }
      check(s > 16 || i > 0, "a repetition of nothing");
      const std::uint8_t repeated = s == 16 ? lengths[i - 1] : std::uint8_t{0};
      const std::size_t times = s == 16 ? 3 + bits(2) : s == 17 ? 3 + bits(3) : 11 + bits(7);
      check(times <= symbols + distances - i, "a repetition beyond the last code");
      for (std::size_t k = 0; k < times; ++k) lengths[i++] = repeated;
    }
    check(lengths[256] > 0, "the end of the block has no code");
    block(table(lengths, symbols), table(lengths + symbols, distances));
  }
  void block(const code_table& symbols, const code_table& distances) {
    static constexpr std::uint16_t length_base[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                                      31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
    static constexpr std::uint8_t length_bits[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                     2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    static constexpr std::uint16_t distance_base[30] = {1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
                                                        33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
                                                        1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    while (!full()) {
      const std::size_t s = symbol(symbols);
      if (s < 256) {
        if (room_for(1) == 1) to_[filled_++] = static_cast<std::byte>(s);
        continue;
      }
      if (s == 256) return;
      check(s < 286, "an unknown length");
      std::size_t length = length_base[s - 257] + bits(length_bits[s - 257]);
      const std::size_t d = symbol(distances);
      check(d < 30, "an unknown distance");
      const std::size_t distance = distance_base[d] + bits(d < 4 ? 0 : static_cast<int>(d) / 2 - 1);
      check(distance <= filled_, "a distance before the first byte");
      length = room_for(length);
      for (std::size_t k = 0; k < length; ++k, ++filled_) to_[filled_] = to_[filled_ - distance];
    }
  }

  std::span<const std::byte> from_;
  std::span<std::byte> to_;
  const std::string& place_;
  std::size_t at_ = 0, filled_ = 0;
  std::uint64_t buffer_ = 0;
  int held_ = 0;
  bool start_only_ = false;
};

}  // namespace kindred::io::detail
