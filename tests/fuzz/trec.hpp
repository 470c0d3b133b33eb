// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/trec.hpp>

#include "target.hpp"

namespace fuzz {

struct trec {
  static constexpr const char* alphabet = "q10 d2Q.-+e\t\r\n#infa";

  static std::vector<std::string> seeds() {
    return {"1 Q0 d1 1 2.5 run\n1 Q0 d2 2 1e-3 run\n2 Q0 d1 1 -4 run\n",
            "\xEF\xBB\xBFq\tQ0\tdoc-7 0 +3 tag\r\n\r\nq Q0 doc-8 0 inf tag",
            "1 0 d1 1\n1 0 d2 0\n2 0 d1 -1\n3 0 d9 +2\n"};
  }

  template <class Read>
  static bool load_as(std::span<const std::byte> bytes, Read read) {
    return loads([&] {
      kindred::io::byte_source source(bytes, "memory");
      const auto content = read(source);
      check(!content.queries.empty());
      for (std::size_t i = 0; i < content.queries.size(); ++i) {
        check(!content.queries[i].id.empty());
        check(i == 0 || content.queries[i - 1].id < content.queries[i].id);
      }
    });
  }
  static bool load(std::span<const std::byte> bytes) {
    return any_loaded(
        {load_as(bytes, [](kindred::io::byte_source& s) { return kindred::io::read_trec_run(s, limits); }),
         load_as(bytes, [](kindred::io::byte_source& s) { return kindred::io::read_trec_qrels(s, limits); })});
  }
};

}  // namespace fuzz
