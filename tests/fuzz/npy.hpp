// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/npy.hpp>

#include "target.hpp"

namespace fuzz {

struct npy {
  static constexpr const char* alphabet = "{}(),:'<>|=fiub0123456789 TrueFalse\n";

  static std::vector<std::string> seeds() {
    std::vector<std::string> files;
    for (const char* name : {"f4_little_C", "i8_big_F", "cube_F", "version_3", "half", "b1_little_C", "number"})
      files.push_back(fixture("io/" + std::string(name) + ".npy"));
    return files;
  }

  template <class T>
  static bool load_as(std::span<const std::byte> bytes, kindred::io::non_finite policy) {
    return loads([&] {
      kindred::io::byte_source source(bytes, "memory");
      auto accepted = limits;
      accepted.non_finite = policy;
      const auto a = kindred::io::read_npy<T>(source, accepted);
      kindred::index_t count = 1;
      for (const auto length : a.shape) count *= length;
      check(count == static_cast<kindred::index_t>(a.values.size()));
    });
  }
  static bool load(std::span<const std::byte> bytes) {
    using kindred::io::non_finite;
    return any_loaded({load_as<float>(bytes, non_finite::keep), load_as<double>(bytes, non_finite::refuse),
                       load_as<std::int32_t>(bytes, non_finite::refuse), load_as<std::int64_t>(bytes, non_finite::keep),
                       load_as<std::uint8_t>(bytes, non_finite::refuse)});
  }
};

}  // namespace fuzz
