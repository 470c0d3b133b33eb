// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <kindred/words/word2vec.hpp>
#include <string>

namespace vectors {

/// Tells on stderr how far training is, with words a second and the time left: a line that updates where stderr is a
/// terminal, else one whenever another tenth is done.
class training_line {
 public:
  training_line(std::string title, kindred::index_t passes)
      : title_(std::move(title)), passes_(static_cast<long>(passes)), terminal_(::isatty(STDERR_FILENO) == 1) {}

  void show(const kindred::words::word2vec_progress& p) {
    if (p.words_total <= 0) return;
    const double share = static_cast<double>(p.words_done) / static_cast<double>(p.words_total);
    const int tenths = static_cast<int>(share * 10);
    if (terminal_ ? p.seconds < shown_ + 0.5 : tenths <= tenths_) return;
    shown_ = p.seconds;
    tenths_ = tenths;
    const long left = static_cast<long>(p.seconds_left + 0.5);
    std::fprintf(stderr, "%s%s: %3.0f %%, pass %ld of %ld, rate %.5f, %.0f words/s, %ld:%02ld left%s",
                 terminal_ ? "\r" : "", title_.c_str(), 100 * share, std::min(static_cast<long>(p.pass + 1), passes_),
                 passes_, p.rate, p.words_per_second, left / 60, left % 60, terminal_ ? "\x1b[K" : "\n");
    std::fflush(stderr);
  }
  void end() const {
    if (terminal_) std::fprintf(stderr, "\r\x1b[K");
  }

 private:
  std::string title_;
  long passes_;
  bool terminal_;
  int tenths_ = -1;
  double shown_ = -1;
};

}  // namespace vectors
