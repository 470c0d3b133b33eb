// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <mutex>
#include <string>

namespace presentation {

/// Tells on stderr how far long work has come: one line that updates where stderr is a terminal, else a plain line
/// whenever another tenth is done. Safe to call from several threads.
class progress {
 public:
  /// `steps` > 0 calls of step() make the whole.
  explicit progress(std::string title, long steps);
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress();

  /// One step is done.
  void step(const std::string& what);

 private:
  void show(const std::string& what);

  std::mutex mutex_;
  std::string title_;
  long steps_, done_ = 0, shown_tenths_ = 0;
  bool terminal_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace presentation
