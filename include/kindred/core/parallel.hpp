// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/types.hpp>

namespace kindred {

/// Returns the number of threads that can work at once: the processors that the affinity of the calling thread allows,
/// or fewer where the control group of the process (Linux, version 1 or 2) has a quota of processor time, rounded up.
/// At least 1. What `std::thread::hardware_concurrency` reports knows no quota: in a container it may be 64 on 2
/// processors.
int default_threads();

namespace detail {
/// The quota in processors of the control groups below `root` ("" for the running system), rounded up; 0 without one.
int quota_processors(const char* root);
}  // namespace detail

/// Host threads that share out numbered chunks of work. Owned by context<cpu>.
///
/// A chunk goes to whichever thread is free, so what a chunk computes must depend on its number only; then results do
/// not depend on the number of threads. A run ends when its chunks are done, without waiting for threads that have not
/// woken. No more threads than processors are kept awake; the others join runs of more than 2 ms. Idle threads look for
/// work, yielding the processor, for less than a millisecond before they sleep.
///
/// One caller at a time: a run while another thread's is under way throws argument_error. A run started from inside a
/// chunk is carried out by the thread that starts it, under the worker number which that thread has already.
///
/// After fork() the child starts threads of its own at its first run, or runs alone where that fails. A child that was
/// forked inside a chunk throws error at the end of that run, since other chunks of it are lost.
class thread_pool {
 public:
  /// `threads` >= 1 counts the calling thread: 1 starts none. Errors: argument_error below 1 or above 1024.
  explicit thread_pool(int threads);
  thread_pool(const thread_pool&) = delete;
  thread_pool& operator=(const thread_pool&) = delete;
  ~thread_pool();

  int threads() const { return threads_; }

  /// f(chunk, worker) for every chunk in [0, chunks), worker in [0, threads()) and different for all threads at work.
  /// Returns when all are done. If chunks throw, the others finish and the exception of the lowest chunk is thrown
  /// again.
  template <class F>
  void run(index_t chunks, F f) {
    run(chunks, &f, [](void* object, index_t chunk, int worker) { (*static_cast<F*>(object))(chunk, worker); });
  }

 private:
  using task = void (*)(void*, index_t, int);
  void run(index_t chunks, void* object, task call);
  struct state;
  int threads_;
  state* state_ = nullptr;  // owned; <memory> would cost every user a tenth of a second
};

}  // namespace kindred

#if !defined(KINDRED_COMPILED)
#include <kindred/core/detail/parallel_impl.hpp>
#endif
