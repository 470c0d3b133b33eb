// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <unistd.h>

#include <cstdio>

namespace presentation {

progress::progress(std::string title, long steps)
    : title_(std::move(title)),
      steps_(steps),
      terminal_(::isatty(STDERR_FILENO) == 1),
      start_(std::chrono::steady_clock::now()) {
  if (terminal_)
    show("");
  else
    std::fprintf(stderr, "%s ...\n", title_.c_str());
}

progress::~progress() {
  if (terminal_) std::fprintf(stderr, "\r\x1b[K");
}

void progress::step(const std::string& what) {
  const std::lock_guard lock(mutex_);
  ++done_;
  const long tenths = done_ * 10 / steps_;
  if (terminal_ || tenths > shown_tenths_) show(what);
  shown_tenths_ = tenths;
}

void progress::show(const std::string& what) {
  const long percent = done_ * 100 / steps_;
  const auto seconds = static_cast<long>(
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start_).count());
  const long left = done_ > 0 ? seconds * (steps_ - done_) / done_ : 0;
  if (!terminal_) {
    std::fprintf(stderr, "%s: %ld %% (%ld of %ld) after %ld s, about %ld s left%s%s\n", title_.c_str(), percent, done_,
                 steps_, seconds, left, what.empty() ? "" : "; ", what.c_str());
    return;
  }
  constexpr long width = 24;
  const long full = done_ * width / steps_;
  std::string bar(static_cast<std::size_t>(width), ' ');
  for (long i = 0; i < full; ++i) bar[static_cast<std::size_t>(i)] = '=';
  // cut to fit 80 columns, since a wrapped line cannot be written over
  char line[256];
  const int length = std::snprintf(line, sizeof line, "%s [%s] %3ld %%  %ld:%02ld left  %s", title_.c_str(),
                                   bar.c_str(), percent, left / 60, left % 60, what.c_str());
  std::fprintf(stderr, "\r%.*s\x1b[K", length < 79 ? length : 79, line);
  std::fflush(stderr);
}

}  // namespace presentation
