// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/types.hpp>

namespace kindred {

/// Host threads that share out numbered chunks of work. Owned by context<cpu>.
///
/// A chunk goes to whichever thread is free, so what a chunk computes must depend on its number only; then results do
/// not depend on the number of threads. Idle threads spin for some microseconds before they sleep.
/// One caller at a time. A run started from inside a chunk is carried out by the thread that starts it.
class thread_pool {
 public:
  /// `threads` >= 1 counts the calling thread: 1 starts none. Errors: argument_error below 1 or above 1024.
  explicit thread_pool(int threads);
  thread_pool(const thread_pool&) = delete;
  thread_pool& operator=(const thread_pool&) = delete;
  ~thread_pool();

  int threads() const { return threads_; }

  /// f(chunk, worker) for every chunk in [0, chunks), worker in [0, threads()). Returns when all are done. If chunks
  /// throw, the others finish and the exception of the lowest chunk is thrown again.
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
#include <kindred/core/parallel_impl.hpp>
#endif
