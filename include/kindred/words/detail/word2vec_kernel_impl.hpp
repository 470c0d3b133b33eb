// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/atomic_ref.hpp>
#include <utility>
#include <vector>

namespace kindred::words::detail {

inline constexpr index_t word2vec_targets = 6;  ///< a centre and five noise words: what a tile of registers takes
inline constexpr index_t word2vec_ahead = 2;    ///< windows whose targets are fetched beforehand

/// The windows of a part: positions of words that stayed, with their neighbours and noise.
struct word2vec_part {
  float *inputs, *outputs;  // rows of `size` floats, 64 bytes aligned
  index_t size, negative, reach;
  std::size_t positions;
  const std::int32_t *input_rows, *output_rows;  // per position
  const std::int32_t *first, *end;               // the window, itself included
  const std::int32_t* noise;                     // `negative` output rows per position; -1: nothing
  float rate;
  bool mean, fetch_inputs;
};

/// What one thread needs for its steps.
struct word2vec_room {
  word2vec_room(index_t size, index_t window, index_t negative)
      : row_size(size),
        rows(static_cast<std::size_t>((2 * window + 4) * size + 16), 0.0f),
        inputs(static_cast<std::size_t>(2 * window + 2)),
        targets(static_cast<std::size_t>(negative + 2 * word2vec_targets)),
        sums(static_cast<std::size_t>(2 * window + 2)),
        multiplicity(static_cast<std::size_t>(2 * window + 2)),
        rates(static_cast<std::size_t>(negative + 2 * word2vec_targets)),
        gradient(static_cast<std::size_t>((2 * window + 2) * (negative + 2 * word2vec_targets) + 32)) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = row(3 + static_cast<index_t>(i));
  }
  word2vec_room(word2vec_room&&) = default;  // vectors keep their addresses
  word2vec_room& operator=(word2vec_room&&) = default;
  float* nothing() { return row(0); }  // zeros
  float* mean() { return row(1); }
  float* change() { return row(2); }
  float* row(index_t i) { return rows.data() + i * row_size; }

  index_t row_size;
  std::vector<float> rows;
  std::vector<float*> inputs, targets, sums;
  std::vector<float> multiplicity, rates, gradient;
};

struct word2vec_kernels {
  void (*own)(const word2vec_part&, word2vec_room&);
  void (*shared)(const word2vec_part&, word2vec_room&);
  float (*subtract)(float* own, const float* from, index_t size);
  void (*add)(float* to, const float* change, index_t size);
};

#if defined(__SANITIZE_THREAD__)
#define KINDRED_WORD2VEC_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define KINDRED_WORD2VEC_THREAD_SANITIZER
#endif
#endif
#if defined(__x86_64__) && !defined(KINDRED_WORD2VEC_THREAD_SANITIZER)
#define KINDRED_WORD2VEC_ASSEMBLY
#endif
#define KINDRED_KERNELS <kindred/words/detail/word2vec_kernel.inc>
#include <kindred/backend/instruction_sets.inc>
#undef KINDRED_WORD2VEC_ASSEMBLY
#undef KINDRED_WORD2VEC_THREAD_SANITIZER

inline word2vec_kernels word2vec_kernels_for([[maybe_unused]] instruction_set set) {
#if defined(__x86_64__)
  if (set == instruction_set::avx512) return avx512::kernels();
  if (set == instruction_set::avx2) return avx2::kernels();
#endif
  return baseline::kernels();
}

}  // namespace kindred::words::detail
