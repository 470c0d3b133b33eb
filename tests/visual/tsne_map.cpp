// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstring>
#include <kindred/core/random.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/visual/tsne.hpp>

#include "io/files.hpp"

using namespace kindred;
using map_type = visual::tsne_map<float>;

namespace {

matrix<float, cpu> drawn(context<cpu>& ctx, index_t n, index_t d, std::uint64_t seed) {
  matrix<float, cpu> x(ctx, n, d);
  for (index_t i = 0; i < n * d; ++i)
    x.data()[i] = static_cast<float>(random::normal(seed, static_cast<std::uint64_t>(i), 0) + 5);
  return x;
}

template <class A, class B>
bool same_bytes(const A& a, const B& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.rows() * a.cols()) * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE("a map that was saved and loaded gives new rows the same places") {
  context<cpu> ctx;
  const auto x = drawn(ctx, 40, 6, 1), fresh = drawn(ctx, 3, 6, 2);
  const temporary_folder folder;
  for (const auto method : {visual::tsne_method::exact, visual::tsne_method::barnes_hut}) {
    const auto map = visual::tsne{.perplexity = 5, .method = method, .iterations = 60}.fit(ctx, x);
    map.save(folder / "map");
    const auto loaded = map_type::load(ctx, folder / "map");
    CHECK(same_bytes(loaded.coordinates(), map.coordinates()));
    CHECK(loaded.kl_divergence() == map.kl_divergence());
    CHECK(loaded.iterations() == map.iterations());
    CHECK(loaded.method() == method);
    CHECK(same_bytes(loaded.transform(ctx, fresh), map.transform(ctx, fresh)));
    // in another precision the places are the same numbers
    const auto wide = visual::tsne_map<double>::load(ctx, folder / "map");
    CHECK(wide.coordinates()(39, 1) == static_cast<double>(map.coordinates()(39, 1)));
  }
  // a map of distances has no rows, before and after
  matrix<float, cpu> distances(ctx, 10, 10);
  for (index_t i = 0; i < 10; ++i)
    for (index_t j = 0; j < 10; ++j) distances.view()(i, j) = static_cast<float>((i - j) * (i - j));
  const auto map = visual::tsne{.perplexity = 2, .iterations = 20}.fit_distances(ctx, distances);
  map.save(folder / "map");
  const auto loaded = map_type::load(ctx, folder / "map");
  CHECK(same_bytes(loaded.coordinates(), map.coordinates()));
  CHECK_THROWS_WITH_AS(loaded.transform(ctx, distances), doctest::Contains("made from distances"), argument_error);
}

TEST_CASE("rows that are too far apart for distances are refused, not looked up") {
  context<cpu> ctx;
  const visual::tsne_map<float> far(
      {.coordinates = {0, 0, 1, 0, 0, 1}, .columns = 1, .means = {0}, .rows = {3e38f, -3e38f, 1}});
  const matrix<float, cpu> x(ctx, 1, 1, std::vector<float>{3e38f});
  CHECK_THROWS_WITH_AS(far.transform(ctx, x, {.perplexity = 1}), doctest::Contains("row 0 is too far"), argument_error);
}

TEST_CASE("files that hold no map are refused by tensor") {
  context<cpu> ctx;
  const temporary_folder folder;
  struct content {
    std::vector<index_t> places_shape{4, 2}, rows_shape{4, 1}, counts{1, 9};
    std::vector<double> means{3}, numbers{0.5, 1, 0.2};
    std::string type = "tsne_map 1";
    float place = 1;
  };
  const auto message = [&](const content& c) {
    io::safetensors_writer file;
    const auto filled = [](const std::vector<index_t>& shape, float v) {
      return std::vector<float>(static_cast<std::size_t>(shape[0] * shape[1]), v);
    };
    file.metadata("type", c.type);
    file.add("coordinates", c.places_shape, filled(c.places_shape, c.place));
    file.add("rows", c.rows_shape, filled(c.rows_shape, 2));
    file.add("means", c.means);
    file.add("numbers", c.numbers);
    file.add("counts", c.counts);
    file.write(folder / "bad");
    return refusal([&] { map_type::load(ctx, folder / "bad"); });
  };
  CHECK(message({}) == "");
  CHECK(message({.rows_shape = {0, 0}, .means = {}}) == "");
  CHECK(contains(message({.type = "tsne_map 2"}), "expected tsne_map 1, got tsne_map 2"));
  CHECK(contains(message({.places_shape = {4, 3}}), "bad: tensor coordinates: expected a place in the plane"));
  CHECK(contains(message({.places_shape = {0, 2}, .rows_shape = {0, 0}, .means = {}}), "tensor coordinates"));
  CHECK(contains(message({.rows_shape = {3, 1}}), "tensor rows: expected none, or as many"));
  CHECK(contains(message({.rows_shape = {4, 0}, .means = {}}), "tensor rows"));
  CHECK(contains(message({.means = {1, 2}}), "tensor means: expected one for each column"));
  CHECK(contains(message({.counts = {0, 9}}), "tensor counts"));
  CHECK(contains(message({.counts = {4, 9}}), "tensor counts"));
  CHECK(contains(message({.counts = {1, -1}}), "tensor counts"));
  CHECK(contains(message({.counts = {1}}), "tensor counts"));
  CHECK(contains(message({.numbers = {1.5, 1, 0}}), "tensor numbers: expected an angle from 0 to 1"));
  CHECK(contains(message({.numbers = {0.5, 0, 0}}), "tensor numbers"));
  CHECK_FALSE(message({.place = std::numeric_limits<float>::quiet_NaN()}).empty());
  message({});
  const std::string whole = bytes_of(folder / "bad");
  for (std::size_t at = 0; at < whole.size(); at += 5) {
    write_bytes(folder / "cut", whole.substr(0, at));
    CHECK_FALSE(refusal([&] { map_type::load(ctx, folder / "cut"); }).empty());
  }
}
