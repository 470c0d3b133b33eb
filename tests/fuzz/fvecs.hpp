// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/io/fbin.hpp>
#include <kindred/io/fvecs.hpp>

#include "target.hpp"

namespace fuzz {

struct fvecs {
  static constexpr const char* alphabet = "\1\2\3\4\5";

  static std::vector<std::string> seeds() {
    const std::string dimension("\3\0\0\0", 4), floats("\0\0\x80\x3f\0\0\0\xc0\0\0\xc0\x7f", 12);
    const std::string narrow("\1\0\0\0\1\1\0\0\0\2\1\0\0\0\3", 15);
    return {dimension + floats + dimension + floats, std::string("\1\0\0\0\xff\xff\xff\xff", 8), narrow,
            std::string("\1\0\0\0", 4) + dimension + floats,
            std::string("\1\0\0\0\1\0\0\0\7\0\0\0\xff\xff\xff\xff", 16)};
  }

  static bool load(std::span<const std::byte> bytes) {
    using namespace kindred;
    context<cpu> ctx;
    const auto whole = [&](const auto& m, std::size_t number) {
      check(static_cast<std::size_t>(m.rows()) * (4 + number * static_cast<std::size_t>(m.cols())) == bytes.size());
    };
    const auto from = [&](auto load_one) {
      return loads([&] {
        io::byte_source source(bytes, "memory");
        load_one(source);
      });
    };
    const auto counted = [&](const auto& m, std::size_t number) {
      const auto values = number * static_cast<std::size_t>(m.rows() * m.cols());
      check(8 + values == bytes.size() || (number == 4 && 8 + 2 * values == bytes.size()));
    };
    return any_loaded({from([&](io::byte_source& s) { counted(io::load_fbin<double>(ctx, s, limits), 4); }),
                       from([&](io::byte_source& s) { counted(io::load_ibin(ctx, s, limits), 4); }),
                       from([&](io::byte_source& s) { counted(io::load_u8bin(ctx, s, limits), 1); }),
                       from([&](io::byte_source& s) { counted(io::load_i8bin<index_t>(ctx, s, limits), 1); }),
                       from([&](io::byte_source& s) { whole(io::load_fvecs(ctx, s, limits), 4); }),
                       from([&](io::byte_source& s) { whole(io::load_ivecs<index_t>(ctx, s, limits), 4); }),
                       from([&](io::byte_source& s) { whole(io::load_ivecs<std::uint8_t>(ctx, s, limits), 4); }),
                       from([&](io::byte_source& s) { whole(io::load_bvecs<double>(ctx, s, limits), 1); })});
  }
};

}  // namespace fuzz
