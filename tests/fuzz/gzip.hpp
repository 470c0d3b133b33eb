// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/interop/zlib.hpp>

#include "streams.hpp"

namespace fuzz {

struct gzip {
  static constexpr const char* alphabet = "\x1f\x8b\x08\x01\x02\x04\x10\xff\x4b\x03";

  static std::string packed(const std::string& text) {
    z_stream stream{};
    check(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, static_cast<uLong>(text.size())) + 64, '\0');
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    check(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
  }
  static std::vector<std::string> seeds() {
    std::vector<std::string> out;
    for (const std::string& text : packed_texts()) out.push_back(packed(text));
    out.push_back(out[1] + out[2]);
    return out;
  }
  static bool load(std::span<const std::byte> bytes) { return unpacks(kindred::interop::gzip_format, bytes); }
};

}  // namespace fuzz
