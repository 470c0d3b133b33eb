// SPDX-License-Identifier: Apache-2.0
// Files that version 1 of the formats wrote, from the numbers named here. They stay readable.
#include <doctest/doctest.h>

#include <kindred/io/safetensors_writer.hpp>
#include <kindred/retrieval/cross_modal.hpp>
#include <kindred/retrieval/engine.hpp>
#include <kindred/similarity/euclidean.hpp>

#include "io/files.hpp"
#include "parts.hpp"

using namespace kindred;

namespace {

const std::string golden = std::string(KINDRED_SOURCE_DIR) + "/tests/data/retrieval/";

}  // namespace

TEST_CASE("the golden file of an engine is read and written again to the same bytes") {
  context<cpu> ctx;
  using type = retrieval::engine<encoder::features, index::flat<float, cpu, similarity::dot>>;
  // rows (1 0), (0 2), (3 3), (1 0) under the ids 3, 5, 7, 9
  const auto engine = type::load(ctx, golden + "engine_1.safetensors");
  CHECK(engine.encoder().columns == 2);
  const auto found = engine.search(ctx, matrix<float, cpu>(ctx, 1, 2, std::vector<float>{1, 0}), 5);
  CHECK(found.ids.to_host() == std::vector<index_t>{7, 3, 9, 5, -1});
  CHECK(found.scores.to_host() == std::vector<float>{3, 1, 1, 0, -infinity<float>});
  const temporary_folder folder;
  engine.save(folder / "again");
  CHECK(bytes_of(folder / "again") == bytes_of(golden + "engine_1.safetensors"));
}

TEST_CASE("the golden file of a cross-modal engine is read and written again to the same bytes") {
  context<cpu> ctx;
  // both galleries hold the training rows, the first around (2, 2), the second, at half the scale, around (11, 11)
  const retrieval::cross_modal pipeline{parts::centring{}, similarity::negative_squared_euclidean{}};
  const auto engine = pipeline.load(ctx, golden + "cross_modal_1.safetensors");
  const auto found = engine.first_to_second(ctx, matrix<float, cpu>(ctx, 1, 2, std::vector<float>{3, 3}), 4);
  CHECK(found.ids.to_host() == std::vector<index_t>{3, 1, 2, 0});
  CHECK(found.scores.to_host() == std::vector<float>{0, -4, -4, -8});
  const auto back = engine.second_to_first(ctx, matrix<float, cpu>(ctx, 1, 2, std::vector<float>{10, 10}), 1);
  CHECK(back.ids.to_host() == std::vector<index_t>{0});  // (-1, -1) is closest to (-2, -2)
  CHECK(back.scores.to_host() == std::vector<float>{-2});
  const temporary_folder folder;
  engine.save(folder / "again");
  CHECK(bytes_of(folder / "again") == bytes_of(golden + "cross_modal_1.safetensors"));
}
