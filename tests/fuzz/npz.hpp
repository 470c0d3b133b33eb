// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/interop/zlib.hpp>
#include <kindred/io/npz.hpp>

#include "target.hpp"

namespace fuzz {

struct npz {
  static constexpr const char* alphabet = "PK\1\2\3\4\5\6\7.npy\377";

  static std::vector<std::string> seeds() {
    std::vector<std::string> files;
    for (const char* name : {"stored", "compressed", "streamed", "zip64", "zeros", "golden_1"})
      files.push_back(fixture("io/" + std::string(name) + ".npz"));
    files.push_back(files.front());  // with a comment
    files.back().replace(files.back().size() - 2, 2, std::string("\2\0hi", 4));
    return files;
  }

  static bool load(std::span<const std::byte> bytes) {
    using namespace kindred;
    // a checksum stands between the mutations and most of what inflate does, so here it comes without one
    loads([&] {
      std::vector<std::byte> unpacked(4096);
      const std::string place = "memory";
      interop::inflate(io::deflated::raw, bytes, unpacked, place);
    });
    return loads([&] {
      const io::npz archive(bytes, "memory", limits, interop::inflate);
      bool all = true;
      for (const std::string& name : archive.names())
        all &= loads([&] {
          const auto a = archive.read<float>(name);
          index_t count = 1;
          for (const auto length : a.shape) count *= length;
          check(count == static_cast<index_t>(a.values.size()));
        });
      expects<io_error>(all, "a member is refused");
    });
  }
};

}  // namespace fuzz
