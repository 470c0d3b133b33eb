// SPDX-License-Identifier: Apache-2.0
// index::flat with a first pass over bytes beside the same index without one.
#include <doctest/doctest.h>

#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <string>
#include <thread>
#include <vector>

#include "io/files.hpp"
#include "machine.hpp"

namespace kd = kindred;
using kd::cpu;
using kd::index_t;

namespace {

template <class S>
using index_of = kd::index::flat<float, cpu, S>;
constexpr kd::index::flat_options through_bytes{.quantized_first_pass = true};

template <class S>
bool same_answers(kd::context<cpu>& ctx, const index_of<S>& a, const index_of<S>& b,
                  const kd::matrix<float, cpu>& queries) {
  const auto x = a.search(ctx, queries, 10), y = b.search(ctx, queries, 10);
  const auto one = x.scores.to_host(), other = y.scores.to_host();
  return x.ids.to_host() == y.ids.to_host() && std::memcmp(one.data(), other.data(), one.size() * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE_TEMPLATE("an index with a first pass over bytes answers alike through adds, replacements, removals and files",
                   S, kd::similarity::dot, kd::similarity::cosine, kd::similarity::negative_squared_euclidean) {
  kd::context<cpu> ctx(2);
  const index_t n = 4000, d = 23;
  const kd::matrix<float, cpu> rows(ctx, n, d, noise<float>(n * d, 1)), queries(ctx, 40, d, noise<float>(40 * d, 2));
  index_of<S> plain(ctx, d), bytes(ctx, d, {}, through_bytes);
  const auto both = [&](auto change) {
    change(plain);
    change(bytes);
    CHECK(same_answers<S>(ctx, plain, bytes, queries));
  };
  both([&](auto& index) { index.add(ctx, rows.view().middle_rows(0, 3000)); });
  std::vector<index_t> odd;  // they go between the rows that are there
  for (index_t i = 0; i < 500; ++i) odd.push_back(5000 - 2 * i);
  both([&](auto& index) { index.add(ctx, rows.view().middle_rows(3000, 500), odd); });
  // what is replaced must be found, and what it replaced must not
  const std::vector<index_t> places{2999, 7, 1500};
  both([&](auto& index) { index.replace(ctx, queries.view().middle_rows(0, 3), places); });
  CHECK(bytes.search(ctx, bytes.rows().rows.middle_rows(bytes.position(7), 1), 1).ids.to_host()[0] == 7);
  std::vector<index_t> gone;
  for (index_t i = 3; i < 3000; i += 3) gone.push_back(i);
  both([&](auto& index) { index.remove(ctx, gone); });
  both([&](auto& index) { index.add(ctx, rows.view().middle_rows(3500, 500)); });

  const temporary_folder folder;
  const std::string path = folder / "quantized.safetensors";
  bytes.save(path);
  CHECK(same_answers<S>(ctx, plain, index_of<S>::load(ctx, path, through_bytes), queries));
  auto mapped = index_of<S>::open(ctx, path, through_bytes);
  CHECK(same_answers<S>(ctx, plain, mapped, queries));
  mapped.remove(ctx, std::vector<index_t>{5000});
  plain.remove(ctx, std::vector<index_t>{5000});
  CHECK(same_answers<S>(ctx, plain, mapped, queries));
  const auto moved = std::move(mapped);
  CHECK(same_answers<S>(ctx, plain, moved, queries));
}

TEST_CASE("many threads search one index through bytes at once") {
  kd::context<cpu> ctx;
  const index_t n = 3000, d = 16;
  const kd::matrix<float, cpu> rows(ctx, n, d, noise<float>(n * d, 3));
  index_of<kd::similarity::dot> index(ctx, d, {}, through_bytes);
  index.add(ctx, rows);
  const auto expected = index.search(ctx, rows, 5).ids.to_host();
  std::vector<std::vector<index_t>> found(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < found.size(); ++t)
    threads.emplace_back([&, t] {
      kd::context<cpu> own(2);
      found[t] = index.search(own, rows, 5).ids.to_host();
    });
  for (auto& t : threads) t.join();
  for (const auto& f : found) CHECK(f == expected);
}

TEST_CASE("a first pass over bytes is refused where it cannot be") {
  kd::context<kd::emu> other;
  CHECK_THROWS_AS((kd::index::flat<float, kd::emu>(other, 4, {}, through_bytes)), kd::argument_error);
  kd::context<cpu> ctx;
  CHECK_THROWS_AS((kd::index::flat<double, cpu>(ctx, 4, {}, through_bytes)), kd::argument_error);
}
