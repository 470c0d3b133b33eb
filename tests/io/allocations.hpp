// SPDX-License-Identifier: Apache-2.0
/// @file
/// Counts what a program takes from operator new. Replaces the global operators, so exactly one file of a program may
/// include it.
#pragma once

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace allocations {

inline std::atomic<std::size_t> live{0}, peak{0};

inline void* taken(void* p) {
  if (!p) throw std::bad_alloc();
  const std::size_t now = live += ::malloc_usable_size(p);
  for (std::size_t seen = peak; seen < now && !peak.compare_exchange_weak(seen, now);) {
  }
  return p;
}
inline void given_back(void* p) noexcept {
  if (p) live -= ::malloc_usable_size(p);
  std::free(p);
}

/// Bytes that f() held at once beyond those held before.
template <class F>
std::size_t peak_of(F f) {
  const std::size_t before = live;
  peak = before;
  f();
  return peak - before;
}

}  // namespace allocations

// GCC does not see that these belong together
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif
void* operator new(std::size_t n) { return allocations::taken(std::malloc(n > 0 ? n : 1)); }
void* operator new[](std::size_t n) { return operator new(n); }
void* operator new(std::size_t n, std::align_val_t a) {
  const auto alignment = static_cast<std::size_t>(a);
  return allocations::taken(std::aligned_alloc(alignment, (n + alignment - 1) / alignment * alignment));
}
void* operator new[](std::size_t n, std::align_val_t a) { return operator new(n, a); }
void* operator new(std::size_t n, const std::nothrow_t&) noexcept {
  void* const p = std::malloc(n > 0 ? n : 1);
  return p ? allocations::taken(p) : nullptr;
}
void* operator new[](std::size_t n, const std::nothrow_t& t) noexcept { return operator new(n, t); }
void operator delete(void* p) noexcept { allocations::given_back(p); }
void operator delete[](void* p) noexcept { allocations::given_back(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { allocations::given_back(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { allocations::given_back(p); }
void operator delete(void* p, std::size_t) noexcept { allocations::given_back(p); }
void operator delete[](void* p, std::size_t) noexcept { allocations::given_back(p); }
void operator delete(void* p, std::align_val_t) noexcept { allocations::given_back(p); }
void operator delete[](void* p, std::align_val_t) noexcept { allocations::given_back(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { allocations::given_back(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { allocations::given_back(p); }
