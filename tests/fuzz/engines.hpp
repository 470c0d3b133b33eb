// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/retrieval/cross_modal.hpp>
#include <kindred/retrieval/engine.hpp>
#include <kindred/similarity/euclidean.hpp>

#include "target.hpp"

namespace fuzz {

/// Files of retrieval::engine and retrieval::cross_modal.
struct engines {
  static constexpr const char* alphabet = "{}[]:,\"dtypeshape_offsetsrowsidnextgallery.0123456789FI ";

  static std::vector<std::string> seeds() {
    return {fixture("retrieval/engine_1.safetensors"), fixture("retrieval/cross_modal_1.safetensors")};
  }

  static bool load(std::span<const std::byte> bytes) {
    using namespace kindred;
    using single = retrieval::engine<encoder::features, index::flat<float, cpu, similarity::dot>>;
    using pair =
        retrieval::cross_modal_engine<encoder::features, encoder::features, projection::linear_projection<float, cpu>,
                                      similarity::negative_squared_euclidean,
                                      index::flat<float, cpu, similarity::negative_squared_euclidean>>;
    context<cpu> ctx;
    bool loaded = false;
    const matrix<float, cpu> query(ctx, 1, 2);
    loads([&] {
      const io::safetensors file(bytes, "memory", limits);
      loads([&] {
        const auto engine = single::load(ctx, file, "");
        loaded = true;
        use([&] { check(engine.search(ctx, query, 3).ids.cols() == 3); });
      });
      loads([&] {
        const auto engine = pair::load(ctx, file, "");
        loaded = true;
        use([&] { check(engine.first_to_second(ctx, query, 3).ids.cols() == 3); });
        use([&] { check(engine.second_to_first(ctx, query, 3).ids.cols() == 3); });
      });
    });
    return loaded;
  }
};

}  // namespace fuzz
