// SPDX-License-Identifier: Apache-2.0
/// @file
/// The macros of the library. A user sets `KINDRED_COMPILED` (CMake target `kindred::compiled`) and, where the default
/// does not fit, `KINDRED_CHECK_BOUNDS`.
#pragma once

#if !defined(_MSVC_LANG) && __cplusplus < 202002L
#error "kindred needs C++20: compile with -std=c++20 (for nvcc too; the CMake target kindred::cuda does it)"
#endif

#if !defined(_MSC_VER) && !defined(__cpp_exceptions)
#error "kindred reports errors by exceptions: compile without -fno-exceptions"
#endif

// NaN and infinity are looked for, and numbers are rounded by adding and subtracting: both go with fast-math flags.
// Harmless are -fno-math-errno and -fno-trapping-math.
#if !defined(__CUDA_ARCH__)
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || \
    (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error \
    "kindred needs IEEE arithmetic: compile without -ffast-math, -Ofast, -funsafe-math-optimizations, -ffinite-math-only, -fassociative-math and -freciprocal-math"
#endif
#if defined(__clang__)
#include <cstdio>
#include <cstdlib>
namespace kindred::detail {
namespace {
/// Stops a program when it starts if this translation unit was compiled with fast-math flags: clang shows most of them
/// by no macro.
const struct arithmetic_check {
  arithmetic_check() noexcept {
    volatile float x = 1.5f, y = 5.0f;
    const float raised = x + 0x1.8p23f;                                   // the nearest even integer in the low bits
    if (raised - 0x1.8p23f == 2.0f && y / 3.0f == 0x1.aaaaaap0f) return;  // 5 times 1/3 is the float above
    std::fputs(
        "kindred needs IEEE arithmetic: compile without -funsafe-math-optimizations, -fassociative-math and "
        "-freciprocal-math\n",
        stderr);
    std::abort();
  }
} arithmetic_checked;
}  // namespace
}  // namespace kindred::detail
#endif
#endif

#define KINDRED_VERSION_MAJOR 0
#define KINDRED_VERSION_MINOR 1
#define KINDRED_VERSION_PATCH 0
#define KINDRED_VERSION "0.1.0"

/// Marks what runs on the host and in a kernel; nothing to a plain C++ compiler.
#if defined(__CUDACC__)
#define KINDRED_HD __host__ __device__
#else
#define KINDRED_HD
#endif

/// Marks definitions that `kindred/compiled.hpp` emits once when KINDRED_COMPILED is set and every user's
/// translation unit carries when it is not.
#if defined(KINDRED_COMPILED)
#define KINDRED_INLINE
#else
#define KINDRED_INLINE inline
#endif

/// 1: every element access through a view is checked on the host (`operator()` throws shape_error), and a view of
/// negative sizes or of rows that overlap is refused when it is made. 0: neither. Parts of views (`segment`,
/// `middle_rows`, `middle_cols`, `row`) are checked in every build. Nothing is checked in device code.
///
/// Default: 1 where neither NDEBUG nor __OPTIMIZE__ is defined, else 0. Give all files of a program the same value.
#if !defined(KINDRED_CHECK_BOUNDS)
#if defined(NDEBUG) || defined(__OPTIMIZE__)
#define KINDRED_CHECK_BOUNDS 0
#else
#define KINDRED_CHECK_BOUNDS 1
#endif
#endif

/// Marks what a returned or constructed view refers to, so that clang warns where a view outlives it.
#if defined(__clang__) && defined(__has_cpp_attribute)
#if __has_cpp_attribute(clang::lifetimebound)
#define KINDRED_LIFETIMEBOUND [[clang::lifetimebound]]
#endif
#endif
#if !defined(KINDRED_LIFETIMEBOUND)
#define KINDRED_LIFETIMEBOUND
#endif
