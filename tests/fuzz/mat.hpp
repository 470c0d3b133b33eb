// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/interop/zlib.hpp>
#include <kindred/io/mat.hpp>

#include "target.hpp"

namespace fuzz {

struct mat {
  static constexpr const char* alphabet = "\1\2\3\4\5\6\7\x09\x0e\x0fIM";

  static std::vector<std::string> seeds() {
    const std::string plain = fixture("io/plain.mat"), packed = fixture("io/compressed.mat");
    // the first variables of the plain file, each 136 bytes or so
    std::size_t end = 128;
    for (int i = 0; i < 4; ++i)
      end += 8 + static_cast<unsigned char>(plain[end + 4]) + 256u * static_cast<unsigned char>(plain[end + 5]);
    return {plain.substr(0, end), packed, fixture("io/small.mat"), fixture("io/sparse.mat")};
  }

  static bool load(std::span<const std::byte> bytes) {
    using namespace kindred;
    context<cpu> ctx;
    return loads([&] {
      const io::mat file(bytes, "memory", limits, interop::inflate);
      int loaded = 0;
      for (const std::string& name : file.names()) {
        loaded += loads([&] { check(file.load_matrix<float>(ctx, name).cols() == file.shape(name)[1]); });
        loads([&] {
          const auto a = file.read<double>(name);
          index_t count = 1;
          for (const auto length : a.shape) count *= length;
          check(count == static_cast<index_t>(a.values.size()));
        });
        loads([&] {
          const auto s = file.read_sparse<float>(name);
          check(s.offsets.size() == static_cast<std::size_t>(s.rows) + 1 &&
                s.offsets.back() == static_cast<index_t>(s.values.size()));
          for (const auto c : s.columns) check(c >= 0 && c < s.cols);
        });
        loads([&] {
          check(file.load_vector<std::int64_t>(ctx, name).size() == file.shape(name)[0] * file.shape(name)[1]);
        });
      }
      expects<io_error>(loaded > 0, "nothing is loaded");
    });
  }
};

}  // namespace fuzz
