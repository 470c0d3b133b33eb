// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/byte_pair_encoding.hpp>

#include "target.hpp"

namespace fuzz {

/// The file of an encoding, and every input as a text: encoded and decoded by a fixed encoding and by the one that it
/// is.
struct byte_pair_encoding {
  static constexpr const char* alphabet =
      "ab \n\xE2\x96\x81\xEA\xB0\x80"
      "0123merges characters";

  static std::vector<std::string> seeds() {
    const std::string head = "kindred byte_pair_encoding 1\n";
    // many merges of two letters stay so when a letter changes
    std::string many = head + "characters 0\nmerges 52\n";
    for (char c = 'a'; c <= 'z'; ++c) many += std::string(1, c) + " x\nz " + std::string(1, c == 'x' ? 'X' : c) + '\n';
    return {head +
                "characters 2\n\xEA\xB0\x80\n\xEB\x82\x98\nmerges 3\n\xE2\x96\x81 \xEA\xB0\x80\n\xEA\xB0\x80 a\n"
                "\xE2\x96\x81\xEA\xB0\x80 \xEB\x82\x98\n",
            head + "characters 0\nmerges 4\na b\nb c\nab c\na bc\n",
            head + "characters 0\nmerges 0\n",
            head + "characters 1\n\xF0\x9F\x98\x80\nmerges 2\na a\naa aa\n",
            many,
            many};
  }

  static bool load(std::span<const std::byte> bytes) {
    using kindred::text::byte_pair_encoding;
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto restored = [&](const byte_pair_encoding& encoding) {
      const auto ids = encoding.encode(text);
      for (const auto id : ids) check(id >= 0 && id < encoding.size());
      check(encoding.decode(ids) == text);
    };
    static const auto fixed = [] {
      const auto all = seeds();
      kindred::io::byte_source source(std::as_bytes(std::span(all[1])), "memory");
      return byte_pair_encoding::load(source);
    }();
    restored(fixed);
    return loads([&] {
      kindred::io::byte_source source(bytes, "memory");
      const auto encoding = byte_pair_encoding::load(source, limits);
      for (kindred::label_t i = 0; i < encoding.size(); ++i) check(!encoding.piece(i).empty());
      restored(encoding);
    });
  }
};

}  // namespace fuzz
