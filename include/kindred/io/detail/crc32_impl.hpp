// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <kindred/core/types.hpp>

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

}  // namespace kindred::io::detail
