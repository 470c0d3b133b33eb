// SPDX-License-Identifier: Apache-2.0
// index::flat in files: the same bytes from a copy and from the mapped file, and files that are refused.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/similarity/bilinear.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "io/files.hpp"

namespace kd = kindred;
using kd::cpu;
using kd::emu;
using kd::index_t;
namespace io = kd::io;
namespace similarity = kd::similarity;

namespace {

template <class T>
std::vector<T> noise(index_t n, std::uint64_t seed) {
  std::vector<T> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<T>(kd::random::uniform(seed, 0, i) - 0.5);
  return v;
}

/// n rows under the ids 3, 5, 7, ..., after one of them was removed; the next id is 1001.
template <class T, class D, class S>
kd::index::flat<T, D, S> made(kd::context<D>& ctx, index_t n, index_t d) {
  kd::index::flat<T, D, S> index(ctx, d);
  std::vector<index_t> ids;
  for (index_t i = 0; i < n; ++i) ids.push_back(2 * i + 3);
  ids.push_back(1000);
  index.add(ctx, kd::matrix<T, D>(ctx, n + 1, d, noise<T>((n + 1) * d, 1)), ids);
  index.remove(ctx, std::vector<index_t>{1000});
  return index;
}

template <class T, class D, class S>
void check_same(kd::context<D>& ctx, const kd::index::flat<T, D, S>& a, const kd::index::flat<T, D, S>& b) {
  REQUIRE(a.size() == b.size());
  REQUIRE(a.dimension() == b.dimension());
  CHECK(std::vector<index_t>(a.ids().begin(), a.ids().end()) == std::vector<index_t>(b.ids().begin(), b.ids().end()));
  CHECK(kd::to_host(ctx, a.rows().rows) == kd::to_host(ctx, b.rows().rows));
  const kd::matrix<T, D> queries(ctx, 5, a.dimension(), noise<T>(5 * a.dimension(), 9));
  const auto x = a.search(ctx, queries, 12), y = b.search(ctx, queries, 12);
  CHECK(x.ids.to_host() == y.ids.to_host());
  CHECK(x.scores.to_host() == y.scores.to_host());
}

template <class T, class D, class S>
void check_round_trip(index_t n, index_t d) {
  kd::context<D> ctx;
  const temporary_folder folder;
  const auto index = made<T, D, S>(ctx, n, d);
  index.save(folder / "a");
  auto copy = kd::index::flat<T, D, S>::load(ctx, folder / "a");
  auto mapped = kd::index::flat<T, D, S>::open(ctx, folder / "a");
  CHECK_FALSE(copy.mapped());
  CHECK(mapped.mapped());
  check_same(ctx, index, copy);
  check_same(ctx, index, mapped);
  copy.save(folder / "b");
  mapped.save(folder / "c");
  const std::string bytes = bytes_of(folder / "a");
  CHECK(bytes_of(folder / "b") == bytes);
  CHECK(bytes_of(folder / "c") == bytes);
  // an index goes on where the saved one stood, and a mapped one leaves its file alone
  const kd::matrix<T, D> more(ctx, 2, d, noise<T>(2 * d, 4));
  copy.add(ctx, more);
  mapped.add(ctx, more);
  CHECK_FALSE(mapped.mapped());
  CHECK(copy.contains(1001));
  CHECK(copy.contains(1002));
  check_same(ctx, copy, mapped);
  CHECK(bytes_of(folder / "a") == bytes);
}

using small = kd::index::flat<float, cpu, similarity::negative_squared_euclidean>;

/// A file of three rows with one thing changed.
struct contents {
  std::vector<float> rows{1, 2, 3, 4, 5, 6};
  index_t count = 3;
  std::vector<index_t> ids{2, 4, 9};
  std::string type = "flat 1", similarity = "negative_squared_euclidean", next_id = "10", left_out;

  void write(const std::string& path) const {
    io::safetensors_writer file;
    const auto text = [&](const std::string& key, const std::string& value) {
      if (key != left_out) file.metadata(key, value);
    };
    text("type", type);
    text("similarity", similarity);
    text("next_id", next_id);
    const index_t cols = static_cast<index_t>(rows.size()) / count;
    if (left_out != "rows") file.add("rows", kd::matrix_view<const float, cpu>(rows.data(), count, cols));
    if (left_out != "ids") file.add("ids", ids);
    file.write(path);
  }
};

/// What load and open say to it; both must say the same.
std::string said_of(const contents& c, kd::index::flat_options options = {}) {
  const temporary_folder folder;
  c.write(folder / "x");
  kd::context<cpu> ctx;
  const std::string loading = refusal([&] { (void)small::load(ctx, folder / "x", options); });
  const std::string opening = refusal([&] { (void)small::open(ctx, folder / "x", options); });
  CHECK(loading.empty() == opening.empty());
  return loading;
}

}  // namespace

TEST_CASE("saved and loaded, copied or mapped, an index gives the same bytes") {
  check_round_trip<float, cpu, similarity::cosine>(40, 16);
  check_round_trip<float, cpu, similarity::negative_squared_euclidean>(33, 7);
  check_round_trip<double, cpu, similarity::dot>(7, 3);
  check_round_trip<float, emu, similarity::negative_squared_euclidean>(40, 5);
}

TEST_CASE("an empty index can be saved, and one without rows left") {
  kd::context<cpu> ctx;
  const temporary_folder folder;
  small empty(ctx, 4);
  empty.save(folder / "a");
  CHECK(small::load(ctx, folder / "a").dimension() == 4);
  auto mapped = small::open(ctx, folder / "a");
  CHECK(mapped.size() == 0);
  const kd::matrix<float, cpu> two(ctx, 2, 4);
  mapped.add(ctx, two);
  mapped.remove(ctx, std::vector<index_t>{0, 1});
  mapped.save(folder / "a");
  auto again = small::load(ctx, folder / "a");
  CHECK(again.size() == 0);
  again.add(ctx, two);
  CHECK(again.contains(2));
  CHECK(again.contains(3));
}

TEST_CASE("a mapped index may be removed from, replaced in, saved over its own file and outlive it") {
  kd::context<cpu> ctx;
  const temporary_folder folder;
  made<float, cpu, similarity::dot>(ctx, 20, 16).save(folder / "a");
  using index = kd::index::flat<float, cpu, similarity::dot>;
  auto want = index::load(ctx, folder / "a");
  auto removed = index::open(ctx, folder / "a"), replaced = index::open(ctx, folder / "a"),
       untouched = index::open(ctx, folder / "a");
  const std::vector<index_t> ids{9, 5};
  const kd::matrix<float, cpu> x(ctx, 2, 16, noise<float>(32, 6));
  removed.remove(ctx, ids);
  removed.save(folder / "a");
  check_same(ctx, want, untouched);
  replaced.replace(ctx, x, ids);
  want.replace(ctx, x, ids);
  check_same(ctx, want, replaced);
  want.remove(ctx, ids);
  check_same(ctx, want, removed);
  check_same(ctx, want, index::open(ctx, folder / "a"));
}

TEST_CASE("a similarity whose sides differ prepares queries and rows each in its way, also after a file") {
  kd::context<cpu> ctx;
  const temporary_folder folder;
  const index_t n = 30, p = 4, d = 6, q = 5;
  const kd::matrix<double, cpu> m(ctx, p, d, noise<double>(p * d, 1)), rows(ctx, n, d, noise<double>(n * d, 2)),
      queries(ctx, q, p, noise<double>(q * p, 3));
  using bilinear = similarity::bilinear<double, cpu>;
  using index_type = kd::index::flat<double, cpu, bilinear>;
  index_type index(ctx, d, bilinear(ctx, m));
  index.add(ctx, rows);
  index.save(folder / "a");
  for (const auto& one : {index_type::load(ctx, folder / "a"), index_type::open(ctx, folder / "a")}) {
    const auto hits = one.search(ctx, queries, n);
    for (index_t i = 0; i < q; ++i)
      for (index_t j = 0; j < n; ++j) {
        double score = 0;
        for (index_t a = 0; a < p; ++a)
          for (index_t b = 0; b < d; ++b)
            score += queries.view()(i, a) * m.view()(a, b) * rows.view()(hits.ids.view()(i, j), b);
        CHECK(hits.scores.view()(i, j) == doctest::Approx(score).epsilon(1e-12));
        if (j > 0) CHECK(hits.scores.view()(i, j) <= hits.scores.view()(i, j - 1));
      }
  }
  CHECK_THROWS_AS(index.search(ctx, rows, 1), kd::shape_error);  // rows are no queries
  CHECK_THROWS_AS(index_type(ctx, p, bilinear(ctx, m)).add(ctx, kd::matrix<double, cpu>(ctx, 1, p)), kd::shape_error);
}

TEST_CASE("rows that are a multiple of 64 bytes long lie at a multiple of 64 in the file") {
  kd::context<cpu> ctx;
  const temporary_folder folder;
  for (const index_t n : {1, 3, 8}) {
    made<float, cpu, similarity::dot>(ctx, n, 16).save(folder / "a");
    const auto index = kd::index::flat<float, cpu, similarity::dot>::open(ctx, folder / "a");
    CHECK(reinterpret_cast<std::uintptr_t>(index.rows().rows.data()) % 64 == 0);
  }
}

TEST_CASE("several indexes stand in one file under prefixes") {
  kd::context<cpu> ctx;
  const temporary_folder folder;
  const auto a = made<float, cpu, similarity::dot>(ctx, 5, 3);
  const auto b = made<double, cpu, similarity::cosine>(ctx, 6, 4);
  io::safetensors_writer writer;
  a.save(writer, "images.");
  b.save(writer, "texts.");
  writer.write(folder / "both");
  const auto file = std::make_shared<const io::safetensors>(folder / "both");
  check_same(ctx, a, kd::index::flat<float, cpu, similarity::dot>::load(ctx, *file, "images."));
  check_same(ctx, b, kd::index::flat<double, cpu, similarity::cosine>::open(ctx, file, "texts."));
  CHECK(contains(refusal([&] { kd::index::flat<float, cpu, similarity::dot>::load(ctx, *file, "texts."); }),
                 "texts.similarity is 'cosine', expected 'dot'"));
  CHECK(contains(refusal([&] { kd::index::flat<float, cpu, similarity::cosine>::load(ctx, *file, "texts."); }),
                 "texts.rows are not of type float"));
}

TEST_CASE("a file of version 1 is still read, and written again byte for byte") {
  // ids 2, 4, 9 with rows (1, 2), (3, 4), (5, 6), written by version 1 of the format
  const std::string golden = std::string(KINDRED_SOURCE_DIR) + "/tests/data/index/flat_1.safetensors";
  kd::context<cpu> ctx;
  const auto index = small::load(ctx, golden);
  CHECK(std::vector<index_t>(index.ids().begin(), index.ids().end()) == std::vector<index_t>{2, 4, 9});
  CHECK(kd::to_host(ctx, index.rows().rows) == std::vector<float>{1, 2, 3, 4, 5, 6});
  const auto hits = index.search(ctx, kd::matrix<float, cpu>(ctx, 1, 2, std::vector<float>{3, 5}), 3);
  CHECK(hits.ids.to_host() == std::vector<index_t>{4, 9, 2});
  CHECK(hits.scores.to_host() == std::vector<float>{-1, -5, -13});
  const temporary_folder folder;
  index.save(folder / "again");
  CHECK(bytes_of(folder / "again") == bytes_of(golden));
}

TEST_CASE("files that do not hold such an index are refused by name") {
  CHECK(said_of({}) == "");
  const auto with = [](auto change) {
    contents c;
    change(c);
    return said_of(c);
  };
  CHECK(contains(with([](auto& c) { c.type = "flat 2"; }), "type is 'flat 2', expected 'flat 1'"));
  CHECK(contains(with([](auto& c) { c.type = "linear_projection 1"; }), "type is 'linear_projection 1'"));
  CHECK(contains(with([](auto& c) { c.similarity = "dot"; }),
                 "similarity is 'dot', expected 'negative_squared_euclidean'"));
  for (const char* part : {"type", "similarity", "next_id", "rows", "ids"})
    CHECK(contains(with([&](auto& c) { c.left_out = part; }), part));
  CHECK(contains(with([](auto& c) { c.ids = {2, 4}; }), "ids are not one number for each of 3 rows"));
  CHECK(contains(with([](auto& c) { c.ids = {2, 2, 9}; }), "ids: 2 at 1 is not ascending"));
  CHECK(contains(with([](auto& c) { c.ids = {4, 2, 9}; }), "ids: 2 at 1 is not ascending"));
  CHECK(contains(with([](auto& c) { c.ids = {-2, 2, 9}; }), "ids: -2 at 0 is not ascending from 0"));
  CHECK(contains(with([](auto& c) { c.next_id = '9'; }), "next_id is 9, but id 9 is there"));
  for (const char* text : {"", "-1", "10x", "x", " 10", "99999999999999999999"})
    CHECK(contains(with([&](auto& c) { c.next_id = text; }), "no id"));
  CHECK(contains(with([](auto& c) { c.rows = {}; }), "no matrix"));
  CHECK(contains(with([](auto& c) { c.rows[3] = std::numeric_limits<float>::infinity(); }), "rows"));
  CHECK(contains(with([](auto& c) { c.rows[3] = 1e30f; }), "the squared length of row 1 is not finite"));
  contents nan;
  nan.rows[3] = std::nanf("");
  CHECK(said_of(nan) != "");
  CHECK(said_of(nan, {.non_finite = io::non_finite::keep}) == "");
  kd::context<cpu> ctx;
  CHECK(refusal([&] { small::load(ctx, "/nonexistent/index"); }) != "");
}

TEST_CASE("many threads search one mapped index at once") {
  kd::context<cpu> ctx;
  const temporary_folder folder;
  made<float, cpu, similarity::cosine>(ctx, 300, 16).save(folder / "a");
  const auto index = kd::index::flat<float, cpu, similarity::cosine>::open(ctx, folder / "a");
  const auto asked = noise<float>(20 * 16, 3);
  const kd::matrix_view<const float, cpu> queries(asked.data(), 20, 16);
  const auto want = index.search(ctx, queries, 7);
  const auto ids = want.ids.to_host();
  const auto some = index.range_search(ctx, queries, 0.2f).ids;
  std::vector<int> same(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < same.size(); ++t)
    threads.emplace_back([&, t] {
      kd::context<cpu> mine;
      same[t] = index.search(mine, queries, 7).ids.to_host() == ids && index.contains(3) &&
                index.range_search(mine, queries, 0.2f).ids == some;
    });
  for (auto& t : threads) t.join();
  CHECK(same == std::vector<int>(4, 1));
}
