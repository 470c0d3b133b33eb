// SPDX-License-Identifier: Apache-2.0
/// @file
/// The macros of the library. `KINDRED_COMPILED` is the only one a user sets (CMake target `kindred::compiled`).
#pragma once

#if !defined(_MSVC_LANG) && __cplusplus < 202002L
#error "kindred needs C++20: compile with -std=c++20 (for nvcc too; the CMake target kindred::cuda does it)"
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
