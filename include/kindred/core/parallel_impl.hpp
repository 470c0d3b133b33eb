// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <exception>
#include <kindred/core/error.hpp>
#include <kindred/core/parallel.hpp>
#include <memory>
#include <thread>
#include <vector>

namespace kindred {

namespace detail {

inline void pause_briefly() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

/// Waits until `value` is no longer `old`: spins first, since waking a sleeping thread costs more than a short task.
template <class T>
void wait_while_equal(const std::atomic<T>& value, T old) {
  for (int spin = 0; spin < 20000; ++spin) {
    if (value.load(std::memory_order_acquire) != old) return;
    pause_briefly();
  }
  while (value.load(std::memory_order_acquire) == old) value.wait(old, std::memory_order_acquire);
}

}  // namespace detail

struct thread_pool::state {
  std::vector<std::thread> helpers;
  std::atomic<std::uint32_t> round{0};
  std::atomic<bool> stop{false};
  std::atomic<bool> running{false};
  std::atomic<index_t> next{0};
  std::atomic<int> busy{0};
  index_t chunks = 0;
  void* object = nullptr;
  task call = nullptr;
  std::atomic_flag failure_lock;
  index_t failed_chunk = 0;
  std::exception_ptr failure;

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
    }
  }

  void serve(int worker) {
    std::uint32_t seen = 0;
    for (;;) {
      detail::wait_while_equal(round, seen);
      seen = round.load(std::memory_order_acquire);
      if (stop.load(std::memory_order_acquire)) return;
      work(worker);
      if (busy.fetch_sub(1, std::memory_order_acq_rel) == 1) busy.notify_one();
    }
  }

  void end() {
    stop.store(true, std::memory_order_release);
    round.fetch_add(1, std::memory_order_acq_rel);
    round.notify_all();
    for (auto& h : helpers) h.join();
  }
};

KINDRED_INLINE thread_pool::thread_pool(int threads) : threads_(threads) {
  expects<argument_error>(threads >= 1 && threads <= 1024, "context<cpu>: 1 to 1024 threads, not {}", threads);
  auto made = std::make_unique<state>();
  made->helpers.reserve(static_cast<std::size_t>(threads - 1));
  try {
    for (int worker = 1; worker < threads; ++worker)
      made->helpers.emplace_back([s = made.get(), worker] { s->serve(worker); });
  } catch (...) {
    made->end();
    throw;
  }
  state_ = made.release();
}

KINDRED_INLINE thread_pool::~thread_pool() {
  state_->end();
  delete state_;
}

KINDRED_INLINE void thread_pool::run(index_t chunks, void* object, task call) {
  if (chunks <= 0) return;
  state& s = *state_;
  // running: this call comes from inside a chunk
  if (threads_ == 1 || chunks == 1 || s.running.exchange(true, std::memory_order_acquire)) {
    std::exception_ptr failure;
    for (index_t chunk = 0; chunk < chunks; ++chunk) {
      try {
        call(object, chunk, 0);
      } catch (...) {
        if (!failure) failure = std::current_exception();
      }
    }
    if (failure) std::rethrow_exception(failure);
    return;
  }
  s.chunks = chunks;
  s.object = object;
  s.call = call;
  s.failure = nullptr;
  s.next.store(0, std::memory_order_relaxed);
  s.busy.store(threads_ - 1, std::memory_order_relaxed);
  s.round.fetch_add(1, std::memory_order_acq_rel);
  s.round.notify_all();
  s.work(0);
  for (int left = s.busy.load(std::memory_order_acquire); left != 0; left = s.busy.load(std::memory_order_acquire))
    detail::wait_while_equal(s.busy, left);
  const std::exception_ptr failure = s.failure;
  s.failure = nullptr;
  s.running.store(false, std::memory_order_release);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace kindred
