// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <kindred/core/config.hpp>

namespace kindred {

#if defined(__cpp_lib_atomic_ref)
using std::atomic_ref;
#else
/// The part of std::atomic_ref that the library uses; libc++ has the whole since its version 19.
template <class T>
class atomic_ref {
  T* at_;

 public:
  explicit atomic_ref(T& object) noexcept : at_(&object) {}

  T load(std::memory_order) const noexcept {
    T value;
    __atomic_load(at_, &value, __ATOMIC_RELAXED);
    return value;
  }
  void store(T value, std::memory_order) const noexcept { __atomic_store(at_, &value, __ATOMIC_RELAXED); }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order) const noexcept {
    return __atomic_compare_exchange(at_, &expected, &desired, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
  }
};
#endif

}  // namespace kindred
