// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../gzip.hpp"
#include "streams.hpp"

namespace fuzz {

struct gzip {
  static constexpr const char* alphabet = "\x1f\x8b\x08\x01\x02\x04\x10\xff\x4b\x03";

  static std::vector<std::string> seeds() {
    std::vector<std::string> out;
    for (const std::string& text : packed_texts()) out.push_back(::gzip(text));
    out.push_back(out[1] + out[2]);
    return out;
  }
  static bool load(std::span<const std::byte> bytes) { return unpacks(kindred::interop::gzip_format, bytes); }
};

}  // namespace fuzz
