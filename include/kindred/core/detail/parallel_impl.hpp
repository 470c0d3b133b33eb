// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <kindred/core/error.hpp>
#include <kindred/core/parallel.hpp>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>
#if defined(__linux__)
#include <sched.h>
#endif
#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace kindred {

namespace detail {

/// The first line of a small file, empty where there is none.
inline std::string first_line(const std::string& path) {
  char line[256] = "";
  if (std::FILE* const file = std::fopen(path.c_str(), "r")) {
    if (!std::fgets(line, sizeof line, file)) line[0] = '\0';
    std::fclose(file);
  }
  return line;
}

/// Calls quota(folder) for a control group and those above it. A group that is not mounted here has no files.
template <class F>
void upwards(const std::string& mounted, std::string group, F quota) {
  for (;;) {
    quota(mounted + group);
    const auto slash = group.rfind('/');
    if (slash == std::string::npos) return;
    group.erase(slash);
  }
}

KINDRED_INLINE int quota_processors(const char* root) {
  double least = 0;
  const auto take = [&least](double time, double period) {
    if (time > 0 && period > 0 && (least == 0 || time / period < least)) least = time / period;
  };
  const std::string system = root, mounts = system + "/sys/fs/cgroup";
  std::FILE* const groups = std::fopen((system + "/proc/self/cgroup").c_str(), "r");
  if (!groups) return 0;
  char text[4096];
  while (std::fgets(text, sizeof text, groups)) {  // number:controllers:/group
    std::string line(text);
    if (!line.empty() && line.back() == '\n') line.pop_back();
    const auto first = line.find(':'), second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1), group = line.substr(second + 1);
    if (controllers.empty()) {
      upwards(mounts, group, [&](const std::string& folder) {
        double time = 0, period = 0;
        if (std::sscanf(first_line(folder + "/cpu.max").c_str(), "%lf %lf", &time, &period) == 2) take(time, period);
      });
    } else if (("," + controllers + ",").find(",cpu,") != std::string::npos) {
      for (const std::string& name : {controllers, std::string("cpu")})
        upwards(mounts + "/" + name, group, [&](const std::string& folder) {
          double time = 0, period = 0;
          if (std::sscanf(first_line(folder + "/cpu.cfs_quota_us").c_str(), "%lf", &time) == 1 &&
              std::sscanf(first_line(folder + "/cpu.cfs_period_us").c_str(), "%lf", &period) == 1)
            take(time, period);
        });
    }
  }
  std::fclose(groups);
  if (least == 0 || least > 1e6) return 0;
  const int whole = static_cast<int>(least);
  return whole + (least > whole);
}

inline void pause_briefly() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

/// Waits for less than a millisecond until `value` is no longer `old`, since waking a sleeping thread costs more than a
/// short task. Who else wants the processor gets it.
template <class T>
void look_while_equal(const std::atomic<T>& value, T old) {
  for (int look = 0; look < 200; ++look) {
    for (int i = 0; i < 64; ++i) {
      if (value.load(std::memory_order_acquire) != old) return;
      pause_briefly();
    }
    std::this_thread::yield();
  }
}

/// fork() leaves a child without the helpers of its pools; counted in the child.
inline std::atomic<std::uint32_t> forks{0};
inline std::uint32_t forks_so_far() {
#if defined(__unix__) || defined(__APPLE__)
  [[maybe_unused]] static const int registered =
      ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
#endif
  return forks.load(std::memory_order_relaxed);
}

/// The runs that a thread is in, innermost first.
struct pool_frame {
  const void* pool;
  int worker;
  const pool_frame* outer;
};
inline constinit thread_local const pool_frame* innermost_run = nullptr;

struct pool_frame_scope {
  pool_frame frame;
  pool_frame_scope(const void* pool, int worker) : frame{pool, worker, innermost_run} { innermost_run = &frame; }
  ~pool_frame_scope() { innermost_run = frame.outer; }
  pool_frame_scope(const pool_frame_scope&) = delete;
  pool_frame_scope& operator=(const pool_frame_scope&) = delete;
};

}  // namespace detail

KINDRED_INLINE int default_threads() {
  int processors = static_cast<int>(std::thread::hardware_concurrency());
#if defined(__linux__)
  constexpr int most = 1 << 13;
  if (cpu_set_t* const allowed = CPU_ALLOC(most)) {
    if (::sched_getaffinity(0, CPU_ALLOC_SIZE(most), allowed) == 0)
      processors = CPU_COUNT_S(CPU_ALLOC_SIZE(most), allowed);
    CPU_FREE(allowed);
  }
  if (const int quota = detail::quota_processors(""); quota > 0) processors = std::min(processors, quota);
#endif
  return std::max(processors, 1);
}

struct thread_pool::state {
  static constexpr std::uint32_t open = 1, helper = 2;  // `gate` counts the helpers inside a run above its lowest bit

  std::vector<std::thread> helpers;
  std::uint32_t forks = detail::forks_so_far();
  int processors = 1;
  state* before_fork = nullptr;  // never freed: its threads are not there to be joined
  std::atomic<std::uint32_t> round{0};
  std::atomic<std::uint32_t> gate{0};
  std::atomic<bool> stop{false};
  std::atomic<bool> running{false};
  std::atomic<int> looking{0}, sleeping{0};
  std::atomic<index_t> next{0};
  index_t chunks = 0;
  void* object = nullptr;
  task call = nullptr;
  std::chrono::steady_clock::time_point started;
  std::atomic_flag failure_lock;
  index_t failed_chunk = 0;
  std::exception_ptr failure;

  bool more_threads_than_processors() const { return static_cast<int>(helpers.size()) >= processors; }

  void work(int worker) {
    for (;;) {
      const index_t chunk = next.fetch_add(1, std::memory_order_relaxed);
      if (chunk >= chunks) return;
      try {
        call(object, chunk, worker);
      } catch (...) {
        while (failure_lock.test_and_set(std::memory_order_acquire)) detail::pause_briefly();
        if (!failure || chunk < failed_chunk) {
          failure = std::current_exception();
          failed_chunk = chunk;
        }
        failure_lock.clear(std::memory_order_release);
      }
      // a long run: threads beyond the processors help too, should chunks wait for something else than a processor
      if (more_threads_than_processors() && sleeping.load(std::memory_order_relaxed) > 0 &&
          next.load(std::memory_order_relaxed) < chunks &&
          std::chrono::steady_clock::now() - started > std::chrono::milliseconds(2))
        round.notify_one();
    }
  }

  bool enter() {
    std::uint32_t g = gate.load(std::memory_order_acquire);
    while (g & open)
      if (gate.compare_exchange_weak(g, g + helper, std::memory_order_acq_rel)) return true;
    return false;
  }

  void wait_for_round(std::uint32_t seen) {
    if (looking.fetch_add(1, std::memory_order_relaxed) < processors - 1) detail::look_while_equal(round, seen);
    looking.fetch_sub(1, std::memory_order_relaxed);
    if (round.load(std::memory_order_acquire) != seen) return;
    sleeping.fetch_add(1, std::memory_order_relaxed);
    while (round.load(std::memory_order_acquire) == seen) round.wait(seen, std::memory_order_acquire);
    sleeping.fetch_sub(1, std::memory_order_relaxed);
  }

  void serve(const void* pool, int worker) {
    const detail::pool_frame_scope frame(pool, worker);
    for (std::uint32_t seen = 0;;) {
      wait_for_round(seen);
      seen = round.load(std::memory_order_acquire);
      if (stop.load(std::memory_order_acquire)) return;
      if (!enter()) continue;
      work(worker);
      if (gate.fetch_sub(helper, std::memory_order_acq_rel) == helper) gate.notify_one();  // closed, and the last one
    }
  }

  /// Lets helpers in and wakes as many as there are chunks and processors for.
  void let_in(index_t count, void* what, task how) {
    chunks = count;
    object = what;
    call = how;
    failure = nullptr;
    if (more_threads_than_processors()) started = std::chrono::steady_clock::now();
    next.store(0, std::memory_order_relaxed);
    gate.store(open, std::memory_order_release);
    round.fetch_add(1, std::memory_order_acq_rel);
    const index_t useful = std::min<index_t>({static_cast<index_t>(helpers.size()), processors - 1, count - 1});
    const auto asleep = static_cast<index_t>(sleeping.load(std::memory_order_relaxed));
    for (index_t awake = static_cast<index_t>(helpers.size()) - asleep; awake < useful; ++awake) round.notify_one();
  }

  /// Lets nobody in any more and waits for those who are.
  void finish() {
    gate.fetch_and(~open, std::memory_order_acq_rel);
    for (std::uint32_t left; (left = gate.load(std::memory_order_acquire)) != 0;) {
      detail::look_while_equal(gate, left);
      if (gate.load(std::memory_order_acquire) == left) gate.wait(left, std::memory_order_acquire);
    }
  }

  void start(const void* pool, int threads) {
    if (threads == 1) return;
    processors = default_threads();
    helpers.reserve(static_cast<std::size_t>(threads - 1));
    try {
      for (int worker = 1; worker < threads; ++worker)
        helpers.emplace_back([this, pool, worker] { serve(pool, worker); });
    } catch (...) {
      end();
      throw;
    }
  }

  void end() {
    stop.store(true, std::memory_order_release);
    round.fetch_add(1, std::memory_order_acq_rel);
    round.notify_all();
    for (auto& h : helpers) h.join();
    helpers.clear();
  }
};

KINDRED_INLINE thread_pool::thread_pool(int threads) : threads_(threads) {
  expects<argument_error>(threads >= 1 && threads <= 1024, "context<cpu>: expected 1 to 1024 threads, got {}", threads);
  auto made = std::make_unique<state>();
  made->start(this, threads);
  state_ = made.release();
}

KINDRED_INLINE thread_pool::~thread_pool() {
  if (state_->forks != detail::forks_so_far()) return;  // a child's copy: nobody to join
  state_->end();
  delete state_;
}

KINDRED_INLINE void thread_pool::run(index_t chunks, void* object, task call) {
  if (chunks <= 0) return;
  const auto alone = [&](int worker) {
    std::exception_ptr failure;
    for (index_t chunk = 0; chunk < chunks; ++chunk) {
      try {
        call(object, chunk, worker);
      } catch (...) {
        if (!failure) failure = std::current_exception();
      }
    }
    if (failure) std::rethrow_exception(failure);
  };
  for (const detail::pool_frame* f = detail::innermost_run; f; f = f->outer)
    if (f->pool == this) return alone(f->worker);
  if (state_->forks != detail::forks_so_far()) {
    auto renewed = std::make_unique<state>();
    renewed->before_fork = state_;
    try {
      renewed->start(this, threads_);
    } catch (const std::exception&) {  // no threads to be had: `helpers` is empty
    }
    state_ = renewed.release();
  }
  state& s = *state_;
  expects<argument_error>(!s.running.exchange(true, std::memory_order_acquire),
                          "thread_pool: expected one caller at a time, got two threads: make a context for each");
  struct release {
    std::atomic<bool>& running;
    ~release() { running.store(false, std::memory_order_release); }
  } const when_done{s.running};
  const detail::pool_frame_scope frame(this, 0);
  if (s.helpers.empty() || chunks == 1) return alone(0);
  s.let_in(chunks, object, call);
  s.work(0);
  if (s.forks != detail::forks_so_far())
    throw error("thread_pool: fork() inside a chunk: the chunks of other threads are lost in the child");
  s.finish();
  const std::exception_ptr failure = std::exchange(s.failure, nullptr);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace kindred
