// SPDX-License-Identifier: Apache-2.0
// A kernel body as two lanes of which one is late: what the late lane does between two group calls happens after the
// other lane's part of the second one. A value that is read outside a group call and overwritten in the next one so
// shows.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <kindred/core/error.hpp>
#include <kindred/core/group.hpp>
#include <mutex>
#include <thread>
#include <vector>

namespace late_lane {

using kindred::index_t;

/// Lets one of two threads run at a time.
class meeting {
 public:
  explicit meeting(int first) : turn_(first) {}
  void wait(int me) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return turn_ == me || ended_[1 - me]; });
  }
  /// The other lane's turn; returns when it is ours again.
  void swap(int me) {
    {
      const std::lock_guard lock(mutex_);
      kindred::expects<kindred::device_error>(!ended_[1 - me], "late_lane: lanes make different group calls");
      turn_ = 1 - me;
    }
    changed_.notify_all();
    wait(me);
  }
  void end(int me) {
    {
      const std::lock_guard lock(mutex_);
      ended_[me] = true;
      turn_ = 1 - me;
    }
    changed_.notify_all();
  }
  /// What lane `me` leaves for both.
  std::vector<unsigned char> left[2];

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int turn_;
  bool ended_[2] = {false, false};
};

/// One of the two: the early lane 0 takes even elements, the late lane 1 odd ones and once().
class lane {
 public:
  static constexpr int lanes = 2;
  lane(meeting& with, int me) : with_(&with), me_(me) {}

  template <class F>
  void for_each(index_t n, F f) const {
    for (index_t i = me_; i < n; i += lanes) f(i);
    with_->swap(me_);
  }
  template <class F>
  void once(F f) const {
    if (me_ == 1) f();
    with_->swap(me_);
  }
  template <class T, class Op, class F>
  T reduce(index_t n, T init, Op op, F f) const {
    T part = init;
    for (index_t i = me_; i < n; i += lanes) part = op(part, f(i));
    leave(part);
    if (me_ == 0) with_->swap(me_);
    const T both = op(of<T>(0), of<T>(1));
    if (me_ == 1) with_->swap(me_);
    return both;
  }
  template <class F, class Emit>
  index_t scan(index_t n, F f, Emit emit) const {
    index_t sum = 0;
    for (index_t start = 0; start < n; start += lanes) {
      const index_t i = start + me_;
      leave(i < n ? static_cast<index_t>(f(i)) : index_t(0));
      if (me_ == 0) with_->swap(me_);
      const index_t first = of<index_t>(0), second = of<index_t>(1);
      if (i < n) emit(i, sum + (me_ == 0 ? 0 : first));
      sum += first + second;
      if (me_ == 1) with_->swap(me_);
    }
    with_->swap(me_);
    return sum;
  }
  template <class F>
  void count(index_t n, index_t* bins, F bin) const {
    for_each(n, [&](index_t i) {
      const index_t b = bin(i);
      if (b >= 0) ++bins[b];
    });
  }

 private:
  template <class T>
  void leave(const T& value) const {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(&value);
    with_->left[me_].assign(bytes, bytes + sizeof(T));
  }
  template <class T>
  T of(int who) const {
    T value;
    std::copy(with_->left[who].begin(), with_->left[who].end(), reinterpret_cast<unsigned char*>(&value));
    return value;
  }
  meeting* with_;
  int me_;
};
static_assert(kindred::Group<lane>);

/// body(group, r) for all rows, a row after the other.
template <class F>
void for_each_row(index_t rows, F body) {
  for (index_t r = 0; r < rows; ++r) {
    meeting m(0);
    std::exception_ptr wrong[2];
    const auto run = [&](int me, F own) {
      m.wait(me);
      try {
        own(lane(m, me), r);
      } catch (...) {
        wrong[me] = std::current_exception();
      }
      m.end(me);
    };
    std::thread late(run, 1, body);
    run(0, body);
    late.join();
    for (const auto& w : wrong)
      if (w) std::rethrow_exception(w);
  }
}

}  // namespace late_lane
