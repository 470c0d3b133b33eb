// SPDX-License-Identifier: Apache-2.0
/// @file
/// A first pass of exact search over rows of bytes: an upper bound of every score, so that only the pairs whose bound
/// stands above the threshold of their query are multiplied in full. Included by cpu_product_impl.hpp.
///
/// Row x = s v + e with whole v of at most 127 in magnitude; query q = s_q v_q + e_q likewise. By Cauchy and Schwarz
///
///   |q . x - s_q s (v_q . v)| <= |q| |e| + |e_q| |s v|
///
/// and what float rounding adds to the product that is to be bounded, and to the bound, is at most a few times
/// (d + 24) 2^-24 |q| (|x| + |s v|), which quantize_row adds to |e|. The score of a distance, which may come from
/// differences, lies above 2 q . x - (|q|^2 + |x|^2) by at most what backend/distance.hpp proves, a share of the norms.
#pragma once

#include <cmath>
#include <cstring>
#include <kindred/backend/products.hpp>
#include <kindred/backend/quantized.hpp>
#include <limits>

namespace kindred::detail {

/// Longer rows are not bounded, so that no product on the way overflows.
inline constexpr double quantized_longest = 1e18;

/// Steps of `values`, whole numbers of at most 127 in magnitude in `to(k, v)`, and what is left over.
struct quantized_row {
  float scale = 0, error = 0, length = 0, whole = 0;  // s; |e| and more; |s v|; |values|, all but s rounded up
  bool bounded = false;                               // finite and not too long
};
template <class To>
quantized_row quantize_row(const float* values, index_t d, To to) {
  quantized_row row;
  float largest = 0;
  bool finite = true;
  for (index_t k = 0; k < d; ++k) {
    const float magnitude = std::fabs(values[k]);
    finite &= magnitude <= std::numeric_limits<float>::max();
    largest = magnitude > largest ? magnitude : largest;
  }
  double whole = 0, left = 0, kept = 0;
  const float scale = finite ? largest / 127 : 0.0f;
  const bool steps = scale >= std::numeric_limits<float>::min();
  const double inverse = steps ? 1 / static_cast<double>(scale) : 0;
  for (index_t k = 0; k < d; ++k) {
    const double x = finite ? static_cast<double>(values[k]) : 0;
    // adding and taking away 1.5 * 2^52 rounds to the nearest whole number
    constexpr double rounder = 6755399441055744.0;
    double v = x * inverse + rounder;
    v -= rounder;
    v = v > 127 ? 127 : v < -127 ? -127 : v;
    to(k, static_cast<int>(v));
    const double part = v * static_cast<double>(scale), rest = x - part;
    whole += x * x;
    left += rest * rest;
    kept += part * part;
  }
  constexpr double up = 1 + 1e-6;  // more than what the roundings to float take away
  whole = std::sqrt(whole);
  kept = std::sqrt(kept);
  if (!finite || whole > quantized_longest) return row;
  const double slack = (static_cast<double>(d) + 24) * 0x1p-24 * 1.01 * (whole + kept);
  row.bounded = true;
  row.scale = steps ? scale : 0.0f;
  row.error = static_cast<float>((std::sqrt(left) + slack) * up) + std::numeric_limits<float>::min();
  row.length = static_cast<float>(kept * up);
  row.whole = static_cast<float>(whole * up) + std::numeric_limits<float>::min();
  return row;
}

/// One call of the kernel: `rows` items of bytes against packed queries.
struct quantized_block {
  index_t quads;              // groups of four numbers in a row
  const std::uint8_t* codes;  // v + 128
  index_t stride, rows;
  const float *scale, *error, *length;  // of the items
  const std::int8_t* panels;            // quads x 64 queries x 4 numbers each
  index_t queries;
  const std::int32_t* start;  // -128 times the sum of a query's v
  const float *query_scale, *query_error, *query_length;
  const float *query_norms, *item_norms;  // null for inner products
  float norm_share;                       // see distance_margin
  const float* threshold;                 // all per query, padded to whole panels; threshold with infinity
  void* pairs;
  void (*survived)(void* pairs, index_t query, index_t row);
};
inline constexpr index_t quantized_panel = 64;

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512vnni,fma"))), \
                                 apply_to = function)
#pragma clang attribute push(__attribute__((min_vector_width(512))), apply_to = function)
#define KINDRED_QUANTIZED_UNROLL _Pragma("unroll")
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl,avx512dq,avx512bw,avx512vnni,fma,prefer-vector-width=512")
#define KINDRED_QUANTIZED_UNROLL _Pragma("GCC unroll 16")
#endif
#define KINDRED_QUANTIZED_INLINE __attribute__((always_inline)) inline
namespace vnni {

typedef int whole_lanes __attribute__((vector_size(64)));
typedef float real_lanes __attribute__((vector_size(64)));
inline constexpr index_t lanes = 16;

template <class V, class T>
KINDRED_QUANTIZED_INLINE V load(const T* from) {
  V v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

/// sum(i) += a(4 i) b(4 i) + ... + a(4 i + 3) b(4 i + 3), bytes of a without sign, of b with sign.
KINDRED_QUANTIZED_INLINE whole_lanes multiply_add(whole_lanes sum, whole_lanes a, whole_lanes b) {
#if defined(__clang__)
  return __builtin_ia32_vpdpbusd512(sum, a, b);
#else
  return __builtin_ia32_vpdpbusd_v16si(sum, a, b);
#endif
}

KINDRED_QUANTIZED_INLINE bool any(whole_lanes mask) {
  std::uint64_t words[8];
  std::memcpy(words, &mask, sizeof words);
  std::uint64_t all = 0;
  KINDRED_QUANTIZED_UNROLL
  for (std::size_t i = 0; i < 8; ++i) all |= words[i];
  return all != 0;
}

template <std::size_t Vectors, std::size_t Rows>
void bound_tile(const quantized_block& block, index_t query, index_t row) {
  const std::uint8_t* const codes = block.codes + row * block.stride;
  const std::int8_t* panel = block.panels + query * block.quads * 4;
  whole_lanes sum[Rows][Vectors];
  KINDRED_QUANTIZED_UNROLL
  for (std::size_t v = 0; v < Vectors; ++v) {
    const whole_lanes start = load<whole_lanes>(block.start + query + index_t(v) * lanes);
    KINDRED_QUANTIZED_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) sum[r][v] = start;
  }
  for (index_t k = 0; k < block.quads; ++k, panel += 4 * quantized_panel) {
    if (k % 16 == 0) {  // the rows of the next tile, a cache line each
      KINDRED_QUANTIZED_UNROLL
      for (std::size_t r = 0; r < Rows; ++r) __builtin_prefetch(codes + index_t(r + Rows) * block.stride + 4 * k);
    }
    whole_lanes p[Vectors];
    KINDRED_QUANTIZED_UNROLL
    for (std::size_t v = 0; v < Vectors; ++v) p[v] = load<whole_lanes>(panel + 4 * lanes * index_t(v));
    KINDRED_QUANTIZED_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      const whole_lanes x = whole_lanes{} + load<int>(codes + index_t(r) * block.stride + 4 * k);
      KINDRED_QUANTIZED_UNROLL
      for (std::size_t v = 0; v < Vectors; ++v) sum[r][v] = multiply_add(sum[r][v], x, p[v]);
    }
  }
  // 0x1p-117: more than what numbers too small for a float can add up to
  whole_lanes mask[Rows][Vectors], all{};
  KINDRED_QUANTIZED_UNROLL
  for (std::size_t v = 0; v < Vectors; ++v) {
    const index_t at = query + index_t(v) * lanes;
    const real_lanes scale = load<real_lanes>(block.query_scale + at), error = load<real_lanes>(block.query_error + at);
    const real_lanes length = load<real_lanes>(block.query_length + at);
    const real_lanes threshold = load<real_lanes>(block.threshold + at);
    KINDRED_QUANTIZED_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      const index_t item = row + index_t(r);
      real_lanes bound = length * block.error[item] + 0x1p-117f;
      bound = error * block.length[item] + bound;
      bound = __builtin_convertvector(sum[r][v], real_lanes) * (scale * block.scale[item]) + bound;
      if (block.item_norms != nullptr) {
        const real_lanes norms = load<real_lanes>(block.query_norms + at) + block.item_norms[item];
        const real_lanes distance = (bound + bound) - norms * block.norm_share;
        bound = distance > 0.0f ? real_lanes{} : distance;
      }
      mask[r][v] = ~(bound <= threshold);  // what is not a number goes on too
      all |= mask[r][v];
    }
  }
  if (!any(all)) return;
  for (std::size_t r = 0; r < Rows; ++r)
    for (std::size_t v = 0; v < Vectors; ++v) {
      if (!any(mask[r][v])) continue;
      int lane[lanes];
      std::memcpy(lane, &mask[r][v], sizeof lane);
      const index_t at = query + index_t(v) * lanes;
      for (index_t i = 0; i < lanes && at + i < block.queries; ++i)  // lanes without a query may hold what is no number
        if (lane[i] != 0) block.survived(block.pairs, at + i, row + index_t(r));
    }
}

template <std::size_t Vectors>
void bound_panel(const quantized_block& block, index_t query) {
  index_t row = 0;
  for (; row + 6 <= block.rows; row += 6) bound_tile<Vectors, 6>(block, query, row);
  for (; row < block.rows; ++row) bound_tile<Vectors, 1>(block, query, row);
}

inline void bound(const quantized_block& block) {
  for (index_t query = 0; query < block.queries; query += quantized_panel) {
    const index_t left = block.queries - query;
    if (left > 3 * lanes)
      bound_panel<4>(block, query);
    else if (left > 2 * lanes)
      bound_panel<3>(block, query);
    else if (left > lanes)
      bound_panel<2>(block, query);
    else
      bound_panel<1>(block, query);
  }
}

}  // namespace vnni
#undef KINDRED_QUANTIZED_UNROLL
#undef KINDRED_QUANTIZED_INLINE
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

inline void bound_scores(const quantized_block& block) { vnni::bound(block); }
#else
inline void bound_scores(const quantized_block&) {}
#endif

}  // namespace kindred::detail

namespace kindred {

KINDRED_INLINE bool has_byte_products() {
#if defined(__x86_64__)
  static const bool has = [] {
    __builtin_cpu_init();
    return best_instruction_set() == instruction_set::avx512 && __builtin_cpu_supports("avx512vnni") > 0;
  }();
  return has;
#else
  return false;
#endif
}

}  // namespace kindred
