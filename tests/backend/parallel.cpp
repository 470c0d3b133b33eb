// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/parallel.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace kd = kindred;
using kd::index_t;

TEST_CASE("every chunk runs exactly once, on a worker that exists") {
  for (const int threads : {1, 2, 4}) {
    kd::thread_pool pool(threads);
    for (int round = 0; round < 50; ++round) {
      std::vector<std::atomic<int>> ran(101);
      std::atomic<int> bad{0};
      pool.run(101, [&](index_t chunk, int worker) {
        ++ran[static_cast<std::size_t>(chunk)];
        if (worker < 0 || worker >= threads) ++bad;
      });
      CHECK(bad == 0);
      for (const auto& r : ran) CHECK(r == 1);
    }
  }
}

TEST_CASE("the exception of the lowest chunk comes back and the pool goes on working") {
  kd::thread_pool pool(4);
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> finished{0};
    std::string what;
    try {
      pool.run(40, [&](index_t chunk, int) {
        if (chunk % 7 == 3) throw std::runtime_error("chunk " + std::to_string(chunk));
        ++finished;
      });
    } catch (const std::runtime_error& e) {
      what = e.what();
    }
    CHECK(what == "chunk 3");
    CHECK(finished == 34);
  }
}

TEST_CASE("a run started inside a chunk is carried out by that chunk") {
  kd::thread_pool pool(2);
  std::atomic<int> inner{0};
  pool.run(8, [&](index_t, int) { pool.run(5, [&](index_t, int) { ++inner; }); });
  CHECK(inner == 40);
}

TEST_CASE("for_each and for_each_row visit every element once, whatever the number of threads") {
  for (const int threads : {1, 3}) {
    kd::context<kd::cpu> ctx(threads);
    for (const index_t n : {0, 1, 16384, 16385, 100000}) {
      std::vector<int> seen(static_cast<std::size_t>(n));
      ctx.for_each(n, [&](index_t i) { ++seen[static_cast<std::size_t>(i)]; });
      for (const int s : seen) REQUIRE(s == 1);
    }
    std::vector<int> seen(300 * 200);
    ctx.for_each(300, 200, [&](index_t r, index_t c) { ++seen[static_cast<std::size_t>(r * 200 + c)]; });
    ctx.for_each_row(300, 200, [&](const auto& group, index_t r) {
      group.for_each(200, [&](index_t c) { ++seen[static_cast<std::size_t>(r * 200 + c)]; });
    });
    for (const int s : seen) REQUIRE(s == 2);
  }
}
