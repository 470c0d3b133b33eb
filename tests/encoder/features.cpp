// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/encoder/features.hpp>
#include <kindred/encoder/patch_descriptor.hpp>
#include <kindred/io/safetensors_writer.hpp>

#include "io/files.hpp"

using namespace kindred;

TEST_CASE("features are the rows themselves, or a copy of them, strided or not") {
  context<cpu> ctx;
  const std::vector<float> numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const matrix<float, cpu> x(ctx, 3, 4, numbers);
  const encoder::features all{.columns = 4}, two{.columns = 2}, any{};
  CHECK(all.dimension() == 4);
  CHECK(any.dimension() == 0);
  CHECK(all.encode(ctx, x).data() == x.data());
  matrix<float, cpu> copy(ctx, 3, 4), narrow(ctx, 3, 2);
  any.encode(ctx, x, copy.view());
  CHECK(copy.to_host() == numbers);
  two.encode(ctx, x.view().middle_cols(1, 2), narrow.view());
  CHECK(narrow.to_host() == std::vector<float>{2, 3, 6, 7, 10, 11});
  CHECK_THROWS_WITH_AS(two.encode(ctx, x), doctest::Contains("expected rows of 2 values, got 4"), shape_error);
  CHECK_THROWS_WITH_AS(all.encode(ctx, x, narrow.view()), doctest::Contains("expected vectors of 3 x 4, got 3 x 2"),
                       shape_error);
}

TEST_CASE("options of encoders come back from a file, and damaged ones are refused") {
  context<cpu> ctx;
  const temporary_folder folder;
  const std::string path = folder / "encoders";
  {
    io::safetensors_writer file;
    encoder::features{.columns = 7}.save(file, "a.");
    encoder::patch_descriptor{.rows = 2,
                              .cols = 3,
                              .orientations = 5,
                              .directed = true,
                              .neighbourhood = 1,
                              .floor = 0.5,
                              .channels = 1,
                              .white = 255}
        .save(file, "b.");
    file.metadata("c.columns", "-1");
    file.metadata("d.columns", "7x");
    file.add("e.options", std::vector<double>{6, 6, 8, 0, 2, 0.003, 3});
    file.add("f.options", std::vector<double>{1e9, 6, 8, 0, 2, 0.003, 3, 1});
    file.add("g.options", std::vector<double>{6, 6, 8, 0, 2, 0, 3, 1});
    file.add("h.options", std::vector<double>{6, 6, 1, 0, 2, 0.003, 3, 1});
    file.add("i.options", std::vector<double>{6, 6, 8, 0, 2, 0.003, 2, 1});
    file.add("j.options", std::vector<double>{6, 6.5, 8, 0, 2, 0.003, 3, 1});
    file.add("k.options", std::vector<double>{32768, 32768, 32768, 0, 2, 0.003, 3, 1});
    file.write(path);
  }
  const io::safetensors file(path);
  CHECK(encoder::features::load(ctx, file, "a.").columns == 7);
  const auto p = encoder::patch_descriptor::load(ctx, file, "b.");
  CHECK(p.rows == 2);
  CHECK(p.cols == 3);
  CHECK(p.orientations == 5);
  CHECK(p.directed);
  CHECK(p.neighbourhood == 1);
  CHECK(p.floor == 0.5);
  CHECK(p.channels == 1);
  CHECK(p.white == 255);
  CHECK(contains(refusal([&] { encoder::features::load(ctx, file, "c."); }), "got '-1'"));
  CHECK(contains(refusal([&] { encoder::features::load(ctx, file, "d."); }), "got '7x'"));
  CHECK(contains(refusal([&] { encoder::patch_descriptor::load(ctx, file, "e."); }), "expected 8 values, got 7"));
  CHECK(contains(refusal([&] { encoder::patch_descriptor::load(ctx, file, "f."); }), "expected 1 to 32768"));
  CHECK(contains(refusal([&] { encoder::patch_descriptor::load(ctx, file, "g."); }), "floor 0"));
  CHECK(contains(refusal([&] { encoder::patch_descriptor::load(ctx, file, "h."); }), "got 1 orientations"));
  CHECK(contains(refusal([&] { encoder::patch_descriptor::load(ctx, file, "i."); }), "channels, got 2"));
  CHECK(contains(refusal([&] { encoder::patch_descriptor::load(ctx, file, "j."); }), "6.5 at 1"));
  CHECK(contains(refusal([&] { encoder::patch_descriptor::load(ctx, file, "k."); }), "35190814539776 numbers"));
}
