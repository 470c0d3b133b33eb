// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/parallel.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
#if defined(__unix__)
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#endif
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)  // dies where a child starts threads
#define KINDRED_TEST_CLANG_TSAN 1
#endif
#endif

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

TEST_CASE("a worker number belongs to one thread at a time, in runs inside chunks too") {
  kd::thread_pool pool(4), other(3);
  std::atomic<int> at_work[4] = {};
  std::atomic<int> clashes{0};
  const auto enter = [&](int worker) {
    auto& here = at_work[static_cast<std::size_t>(worker)];
    if (here.fetch_add(1) != 0) ++clashes;
    std::this_thread::sleep_for(std::chrono::microseconds(100));
    here.fetch_sub(1);
  };
  pool.run(16, [&](index_t, int outside) {
    pool.run(2, [&](index_t, int worker) {
      if (worker != outside) ++clashes;
      enter(worker);
    });
  });
  // through another pool, whose threads are not this one's
  kd::thread_pool single(1);
  pool.run(16, [&](index_t, int outside) {
    if (outside != 0) return;
    single.run(2, [&](index_t, int) { pool.run(2, [&](index_t, int worker) { clashes += worker != outside; }); });
  });
  CHECK(clashes == 0);
}

TEST_CASE("a pool that two threads use at once refuses the second, and works on") {
  for (const int threads : {1, 3}) {
    kd::thread_pool pool(threads);
    std::atomic<int> refused{0}, ran{0};
    pool.run(2, [&](index_t chunk, int) {
      ++ran;
      if (chunk == 0)
        std::thread([&] {
          try {
            pool.run(5, [&](index_t, int) { ++ran; });
          } catch (const kd::argument_error&) {
            ++refused;
          }
        }).join();
    });
    CHECK(refused == 1);
    CHECK(ran == 2);
    std::thread([&] { pool.run(5, [&](index_t, int) { ++ran; }); }).join();  // one after the other is allowed
    CHECK(ran == 7);
  }
}

TEST_CASE("more threads than processors cost small runs nothing") {
  kd::thread_pool pool(kd::default_threads() + 2);
  std::atomic<index_t> sum{0};
  const std::clock_t start = std::clock();
  for (int round = 0; round < 1000; ++round) pool.run(8, [&](index_t chunk, int) { sum += chunk; });
  // about 2 ms; waiting for every thread to wake costs more than half a second
  CHECK(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC < 0.25);
  CHECK(sum == 28000);
}

TEST_CASE("long runs are shared out, and threads beyond the processors join them") {
  kd::thread_pool pool(kd::default_threads() + 1);
  std::vector<std::atomic<int>> chunks_of(static_cast<std::size_t>(pool.threads()));
  pool.run(40 * pool.threads(), [&](index_t, int worker) {
    ++chunks_of[static_cast<std::size_t>(worker)];
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  for (const auto& chunks : chunks_of) CHECK(chunks > 0);
}

#if defined(__unix__) && !defined(__SANITIZE_THREAD__) && !defined(KINDRED_TEST_CLANG_TSAN)
TEST_CASE("the child of a fork uses its pool and ends") {
  kd::thread_pool pool(3);
  const auto sum = [&] {
    std::atomic<index_t> total{0};
    pool.run(100, [&](index_t chunk, int) { total += chunk; });
    return total.load();
  };
  CHECK(sum() == 4950);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(sum() == 4950 && sum() == 4950 ? 0 : 1);
  int status = -1;
  pid_t ended = 0;
  for (int tick = 0; tick < 3000 && ended == 0; ++tick) {
    ended = waitpid(child, &status, WNOHANG);
    if (ended == 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (ended == 0) kill(child, SIGKILL);
  CHECK(ended == child);
  CHECK(status == 0);
  CHECK(sum() == 4950);
}
#endif

TEST_CASE("the quota of the control groups limits the default number of threads") {
  namespace fs = std::filesystem;
  const fs::path root = fs::temp_directory_path() / ("kindred_quota_" + std::to_string(std::random_device{}()));
  const auto put = [&](const std::string& path, const std::string& text) {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text << '\n';
  };
  const auto quota = [&] { return kd::detail::quota_processors(root.c_str()); };
  CHECK(quota() == 0);  // no control groups
  put("proc/self/cgroup", "0::/pods/one");
  CHECK(quota() == 0);  // not mounted
  put("sys/fs/cgroup/pods/one/cpu.max", "max 100000");
  CHECK(quota() == 0);
  put("sys/fs/cgroup/pods/cpu.max", "250000 100000");
  CHECK(quota() == 3);  // of the group above, rounded up
  put("sys/fs/cgroup/pods/one/cpu.max", "50000 100000");
  CHECK(quota() == 1);
  put("sys/fs/cgroup/pods/one/cpu.max", "-3 nonsense");
  CHECK(quota() == 3);
  put("proc/self/cgroup", "12:memory:/m\n3:cpuacct,cpu:/docker/x\n0::/");  // version 1
  CHECK(quota() == 0);
  put("sys/fs/cgroup/cpuacct,cpu/docker/x/cpu.cfs_quota_us", "-1");
  put("sys/fs/cgroup/cpuacct,cpu/docker/x/cpu.cfs_period_us", "100000");
  CHECK(quota() == 0);
  put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000");
  put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
  CHECK(quota() == 4);
  fs::remove_all(root);
  CHECK(kd::default_threads() >= 1);
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
