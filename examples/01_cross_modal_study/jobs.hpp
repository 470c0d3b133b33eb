// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace study {

/// job(context, i) for every i in [0, count), on `workers` threads that each make a context of their own. Jobs write to
/// places of their own, so that nothing depends on which thread takes which. When jobs throw, the exception of the
/// lowest job is thrown again once all threads have stopped.
template <class MakeContext, class Job>
void run_jobs(int workers, long count, MakeContext make_context, Job job) {
  std::atomic<long> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  long failed = count;
  const auto work = [&] {
    long i = -1;
    try {
      auto context = make_context();
      while ((i = next.fetch_add(1)) < count) job(context, i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (i < failed) {
        failed = i;
        failure = std::current_exception();
      }
      next.store(count);
    }
  };
  std::vector<std::jthread> helpers;
  for (int w = 1; w < workers && w < count; ++w) helpers.emplace_back(work);
  work();
  helpers.clear();  // waits
  if (failure) std::rethrow_exception(failure);
}

}  // namespace study
