// SPDX-License-Identifier: Apache-2.0
/// @file
/// The inner loops of t-SNE for every instruction set, and the tables of the Fourier transform.
#pragma once

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/math.hpp>
#include <utility>
#include <vector>

namespace kindred::visual::detail {

/// What acts on a point of the map: `count` points with a weight each. Lists are padded to a multiple of map_padding
/// with weight 0.
template <class T>
struct map_sources {
  const T *x, *y, *weight;
  index_t count;
};
inline constexpr index_t map_padding = 16;
constexpr index_t padded(index_t n) { return (n + map_padding - 1) / map_padding * map_padding; }

/// Sums over sources: z of w q, (x, y) of w q^2 (y_i - y_j) or p q (y_i - y_j), q = 1 / (1 + |y_i - y_j|^2).
template <class T>
struct map_force {
  T z = 0, x = 0, y = 0;
};

/// exp(-2 pi i / length) and how the length is cut into factors 2, 3, 4 and 5.
template <class T>
struct fourier_plan {
  index_t length = 0;
  std::vector<int> radices;
  std::vector<T> twiddles;

  fourier_plan() = default;
  explicit fourier_plan(index_t n) : length(n) {
    for (index_t left = n; left > 1;) {
      const int radix = left % 4 == 0 ? 4 : left % 2 == 0 ? 2 : left % 3 == 0 ? 3 : 5;
      expects<argument_error>(left % radix == 0, "visual: a Fourier transform of {} numbers: only factors 2, 3 and 5",
                              n);
      radices.push_back(radix);
      const index_t m = left / radix;
      for (index_t p = 0; p < m; ++p)
        for (int k = 1; k < radix; ++k) {
          const double angle = -6.283185307179586477 * static_cast<double>(p * k) / static_cast<double>(left);
          twiddles.push_back(static_cast<T>(std::cos(angle)));
          twiddles.push_back(static_cast<T>(std::sin(angle)));
        }
      left = m;
    }
  }
};

/// `lanes` sequences of complex numbers side by side, element k of sequence l at [k * lanes + l], and room for as many.
/// A transform may end in either half: it exchanges the pointers.
template <class T>
struct fourier_buffer {
  T *re, *im, *other_re, *other_im;
  /// The same with real and imaginary parts exchanged; transforming that is the inverse, up to the factor.
  fourier_buffer exchanged() const { return {im, re, other_im, other_re}; }
};

template <class T>
struct map_kernels {
  index_t lanes;
  /// Adds to sums[t] what all sources do to target t.
  void (*repel)(const map_sources<T>&, index_t targets, const T* x, const T* y, map_force<T>* sums);
  void (*attract)(const map_sources<T>&, T x, T y, map_force<T>& sums);
  void (*fourier)(const fourier_plan<T>&, fourier_buffer<T>&);
  T (*filter)(index_t rows, index_t stride, const T* g_re, const T* g_im, const T* z, const fourier_buffer<T>&);
  void (*decay)(index_t count, const double* d, double beta, double* p, double& sum, double& weighted);
};

#define KINDRED_KERNELS <kindred/visual/detail/map_kernels.inc>
#include <kindred/backend/instruction_sets.inc>

template <class T>
map_kernels<T> kernels_of(instruction_set set) {
#if defined(__x86_64__)
  if (set == instruction_set::avx512) return avx512::kernels<T>();
  if (set == instruction_set::avx2) return avx2::kernels<T>();
#endif
  static_cast<void>(set);
  return baseline::kernels<T>();
}

}  // namespace kindred::visual::detail
