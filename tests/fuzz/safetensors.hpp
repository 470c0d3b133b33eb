// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/io/safetensors.hpp>

#include "target.hpp"

namespace fuzz {

struct safetensors {
  static constexpr const char* alphabet = "{}[]:,\"\\dtypeshape_offsets0123456789FIUB u";

  static std::vector<std::string> seeds() {
    return {fixture("io/golden_1.safetensors"),
            fixture("io/python.safetensors"),
            fixture("io/bfloat16.safetensors"),
            std::string("\2\0\0\0\0\0\0\0{}", 10),
            std::string("\x49\0\0\0\0\0\0\0", 8) +
                R"({"__metadata__":null,"w":{"dtype":"F8","shape":[2],"data_offsets":[0,3]}})" + "abc",
            std::string("\x3d\0\0\0\0\0\0\0", 8) + R"({"\u00e9\n":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})" +
                "\n\1\2\3\4"};
  }

  static bool load(std::span<const std::byte> bytes) {
    using namespace kindred;
    context<cpu> ctx;
    return loads([&] {
      const io::safetensors file(bytes, "memory", limits);
      for (const std::string& name : file.names()) {
        loads([&] { check(file.load_matrix<float>(ctx, name).cols() == file.shape(name)[1]); });
        loads([&] { check(file.load_vector<std::int64_t>(ctx, name).size() == file.shape(name)[0]); });
        loads([&] {
          double sum = 0;
          const auto m = file.view<float>(name);
          for (index_t r = 0; r < m.rows(); ++r)
            for (const float x : m.row(r)) sum += static_cast<double>(x);
          check(sum == sum || m.rows() > 0);
        });
        loads([&] {
          index_t count = 1;
          const auto a = file.read<float>(name);
          for (const auto length : a.shape) count *= length;
          check(count == static_cast<index_t>(a.values.size()));
        });
        loads([&] { check(file.view_vector<double>(name).size() == file.shape(name)[0]); });
      }
      check(file.has_metadata("type") == loads([&] { (void)file.metadata("type"); }));
    });
  }
};

}  // namespace fuzz
