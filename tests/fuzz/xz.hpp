// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/interop/lzma.hpp>

#include "streams.hpp"

namespace fuzz {

struct xz {
  static constexpr const char* alphabet = "\xfd\x37\x7a\x58\x5a\x01\x02\x04\x21\x59";

  static std::string packed(const std::string& text, lzma_check sum) {
    std::string out(lzma_stream_buffer_bound(text.size()), '\0');
    std::size_t size = 0;
    check(lzma_easy_buffer_encode(1, sum, nullptr, reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                  reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size()) == LZMA_OK);
    out.resize(size);
    return out;
  }
  static std::vector<std::string> seeds() {
    std::vector<std::string> out;
    for (const std::string& text : packed_texts()) {
      out.push_back(packed(text, LZMA_CHECK_CRC64));
      out.push_back(packed(text, LZMA_CHECK_NONE));  // so that a changed byte is not always seen
    }
    out.push_back(out[2] + std::string(4, '\0') + out[5]);
    return out;
  }
  static bool load(std::span<const std::byte> bytes) { return unpacks(kindred::interop::xz_format, bytes); }
};

}  // namespace fuzz
