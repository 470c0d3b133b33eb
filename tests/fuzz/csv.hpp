// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/csv.hpp>

#include "target.hpp"

namespace fuzz {

struct csv {
  static constexpr const char* alphabet = "0123456789.,;-+eE\"\n\r infa";

  static std::vector<std::string> seeds() {
    return {"1,2,3\n4,5,6\n7,8,9\n", "\xEF\xBB\xBFx,y\r\n1.5,-2e3\r\n\"3\",4\r\n", "0.5\n1\n-3e-7\n\n",
            "1;2\n-9223372036854775808;9223372036854775807\n", "\"a \"\"b\"\",\n c\",d\nnan,-inf\n"};
  }

  template <class T>
  static bool load_as(std::span<const std::byte> bytes, const kindred::io::csv_options& options) {
    return loads([&] {
      kindred::io::byte_source source(bytes, "memory");
      const auto t = kindred::io::read_csv<T>(source, options);
      check(t.rows * t.cols == static_cast<kindred::index_t>(t.values.size()));
      check(!options.header || t.cols == static_cast<kindred::index_t>(t.names.size()));
    });
  }
  static bool load(std::span<const std::byte> bytes) {
    auto finite = limits;
    finite.non_finite = kindred::io::non_finite::refuse;
    return any_loaded({load_as<float>(bytes, {.header = true, .limits = limits}),
                       load_as<double>(bytes, {.limits = finite}),
                       load_as<std::int64_t>(bytes, {.delimiter = ';', .limits = limits})});
  }
};

}  // namespace fuzz
