// SPDX-License-Identifier: Apache-2.0
#pragma once

#if !defined(__CUDACC__)
#error "kindred/backend/detail/cuda_group.cuh needs nvcc: include it from a .cu file"
#endif

#include <cuda_runtime.h>

#include <cstring>
#include <kindred/core/group.hpp>
#include <type_traits>

namespace kindred::detail {

/// What both groups are made of: operations among the 32 lanes of one warp.
struct warp {
  static constexpr unsigned all = 0xffffffffu;
  static constexpr int size = 32;

  static __device__ int lane() { return static_cast<int>(threadIdx.x) % size; }

  /// The value that another lane holds; any trivially copyable type, word by word.
  template <class T>
  static __device__ T exchanged(T value, int mask) {
    return by_word(value, [mask](unsigned word) { return __shfl_xor_sync(all, word, mask); });
  }
  template <class T>
  static __device__ T of_first_lane(T value) {
    return by_word(value, [](unsigned word) { return __shfl_sync(all, word, 0); });
  }

  /// The combination of one value per lane, the same bits in every lane. Lane 0 combines in the order that
  /// emulated_warp shows; the others take its result, because maximum and its like are not commutative in NaN and -0.
  template <class T, class Op>
  static __device__ T combined(T part, Op op) {
#pragma unroll
    for (int half = size / 2; half > 0; half /= 2) part = op(part, exchanged(part, half));
    return of_first_lane(part);
  }

  /// The sum of `value` over this lane and those before it.
  static __device__ index_t running_sum(index_t value) {
#pragma unroll
    for (int step = 1; step < size; step *= 2) {
      const index_t before = __shfl_up_sync(all, value, static_cast<unsigned>(step));
      if (lane() >= step) value += before;
    }
    return value;
  }

  /// One more in the bin. Integers: the order of the additions cannot show.
  static __device__ void increment(index_t* bin) { atomicAdd(reinterpret_cast<unsigned long long*>(bin), 1ull); }

 private:
  template <class T, class Word>
  static __device__ T by_word(T value, Word through) {
    static_assert(std::is_trivially_copyable_v<T>, "reduce moves values between lanes byte by byte");
    constexpr int words = static_cast<int>((sizeof(T) + 3) / 4);
    unsigned word[words] = {};
    memcpy(word, &value, sizeof(T));
#pragma unroll
    for (int w = 0; w < words; ++w) word[w] = through(word[w]);
    memcpy(&value, word, sizeof(T));
    return value;
  }
};

/// The 32 lanes of a warp on one row. Every call ends with a barrier of the warp, which orders its memory as well.
struct warp_group {
  static constexpr int lanes = warp::size;

  template <class F>
  __device__ void for_each(index_t n, F f) const {
    for (index_t i = warp::lane(); i < n; i += lanes) f(i);
    __syncwarp();
  }
  template <class F>
  __device__ void once(F f) const {
    if (warp::lane() == 0) f();
    __syncwarp();
  }
  template <class T, class Op, class F>
  __device__ T reduce(index_t n, T init, Op op, F f) const {
    T part = init;
    for (index_t i = warp::lane(); i < n; i += lanes) part = op(part, f(i));
    const T result = warp::combined(part, op);
    __syncwarp();
    return result;
  }
  template <class F, class Emit>
  __device__ index_t scan(index_t n, F f, Emit emit) const {
    index_t sum = 0;
    for (index_t start = 0; start < n; start += lanes) {
      const index_t i = start + warp::lane();
      const index_t value = i < n ? static_cast<index_t>(f(i)) : 0;
      const index_t through = warp::running_sum(value);
      if (i < n) emit(i, sum + through - value);
      sum += __shfl_sync(warp::all, through, lanes - 1);
    }
    __syncwarp();
    return sum;
  }
  template <class F>
  __device__ void count(index_t n, index_t* bins, F bin) const {
    for (index_t i = warp::lane(); i < n; i += lanes) {
      const index_t b = bin(i);
      if (b >= 0) warp::increment(bins + b);
    }
    __syncwarp();
  }
};
static_assert(Group<warp_group>);

/// All threads of a block on one row, for rows that would keep a single warp busy for long. Shared memory and its
/// barriers stay inside.
struct block_group {
  static constexpr int lanes = 256;
  static constexpr int warps = lanes / warp::size;

  template <class F>
  __device__ void for_each(index_t n, F f) const {
    for (index_t i = threadIdx.x; i < n; i += lanes) f(i);
    __syncthreads();
  }
  template <class F>
  __device__ void once(F f) const {
    if (threadIdx.x == 0) f();
    __syncthreads();
  }
  template <class T, class Op, class F>
  __device__ T reduce(index_t n, T init, Op op, F f) const {
    // raw bytes, because shared variables cannot have constructors
    __shared__ alignas(16) unsigned char memory[warps * sizeof(T)];
    T* const parts = reinterpret_cast<T*>(memory);
    T part = init;
    for (index_t i = threadIdx.x; i < n; i += lanes) part = op(part, f(i));
    part = warp::combined(part, op);
    if (warp::lane() == 0) parts[threadIdx.x / warp::size] = part;
    __syncthreads();
    T result = parts[0];
    for (int w = 1; w < warps; ++w) result = op(result, parts[w]);
    __syncthreads();  // the next call writes to the same memory
    return result;
  }
  template <class F, class Emit>
  __device__ index_t scan(index_t n, F f, Emit emit) const {
    __shared__ index_t totals[warps];
    const int mine = static_cast<int>(threadIdx.x) / warp::size;
    index_t sum = 0;
    for (index_t start = 0; start < n; start += lanes) {
      const index_t i = start + threadIdx.x;
      const index_t value = i < n ? static_cast<index_t>(f(i)) : 0;
      const index_t through = warp::running_sum(value);
      if (warp::lane() == warp::size - 1) totals[mine] = through;
      __syncthreads();
      index_t before = sum;
      for (int w = 0; w < warps; ++w) {
        if (w < mine) before += totals[w];
        sum += totals[w];
      }
      if (i < n) emit(i, before + through - value);
      __syncthreads();
    }
    __syncthreads();
    return sum;
  }
  template <class F>
  __device__ void count(index_t n, index_t* bins, F bin) const {
    for (index_t i = threadIdx.x; i < n; i += lanes) {
      const index_t b = bin(i);
      if (b >= 0) warp::increment(bins + b);
    }
    __syncthreads();
  }
};
static_assert(Group<block_group>);

}  // namespace kindred::detail
