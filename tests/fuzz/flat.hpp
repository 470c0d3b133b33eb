// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <memory>

#include "target.hpp"

namespace fuzz {

struct flat {
  static constexpr const char* alphabet = "{}[]:,\"dtypeshape_offsetsrowsidnext0123456789FI ";

  static std::vector<std::string> seeds() {
    return {fixture("index/flat_1.safetensors"), fixture("index/flat_1_more.safetensors")};
  }

  static bool load(std::span<const std::byte> bytes) {
    using namespace kindred;
    using index_type = index::flat<float, cpu, similarity::negative_squared_euclidean>;
    context<cpu> ctx;
    const index::flat_options keep{.non_finite = io::non_finite::keep};
    const auto use = [&](index_type index) {
      const matrix<float, cpu> query(ctx, 1, index.dimension());
      const auto hits = index.search(ctx, query, 3);
      for (index_t j = 0; j < 3; ++j) check(hits.ids.view()(0, j) == -1 || index.contains(hits.ids.view()(0, j)));
      if (index.size() > 0) check(index.remove(ctx, std::vector<index_t>{index.ids()(0)}) == 1);
      loads([&] {
        try {
          index.add(ctx, query);
        } catch (const argument_error&) {  // the file said that the highest id is given
        }
      });
    };
    return loads([&] {
      const auto file = std::make_shared<const io::safetensors>(bytes, "memory", limits);
      use(index_type::load(ctx, *file, "", keep));
      loads([&] { use(index_type::open(ctx, file, "", keep)); });
    });
  }
};

}  // namespace fuzz
