// SPDX-License-Identifier: Apache-2.0
#pragma once

#if !defined(__CUDACC__)
#error "kindred/backend/cuda.cuh needs nvcc: include it from a .cu file"
#endif

#include <cublas_v2.h>
#include <cuda_runtime.h>

#include <kindred/backend/detail/cuda_check.cuh>
#include <kindred/backend/detail/cuda_group.cuh>
#include <kindred/backend/detail/host.hpp>
#include <kindred/core/scratch.hpp>
#include <type_traits>

namespace kindred {

namespace detail {

template <class F>
__global__ void for_each_kernel(index_t n, F f) {
  const index_t step = static_cast<index_t>(gridDim.x) * blockDim.x;
  for (index_t i = static_cast<index_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += step) f(i);
}

template <class F>
__global__ void for_each_cell_kernel(index_t rows, index_t cols, F f) {
  const index_t down = static_cast<index_t>(gridDim.y) * blockDim.y,
                across = static_cast<index_t>(gridDim.x) * blockDim.x;
  for (index_t r = static_cast<index_t>(blockIdx.y) * blockDim.y + threadIdx.y; r < rows; r += down)
    for (index_t c = static_cast<index_t>(blockIdx.x) * blockDim.x + threadIdx.x; c < cols; c += across) f(r, c);
}

constexpr int warps_per_block = 4;

template <class F>
__global__ void warp_per_row_kernel(index_t rows, F f) {
  const index_t step = static_cast<index_t>(gridDim.x) * warps_per_block;
  for (index_t r = static_cast<index_t>(blockIdx.x) * warps_per_block + threadIdx.x / warp::size; r < rows; r += step)
    f(warp_group{}, r);
}

template <class F>
__global__ void block_per_row_kernel(index_t rows, F f) {
  for (index_t r = blockIdx.x; r < rows; r += gridDim.x) f(block_group{}, r);
}

/// c = beta c where a product has no depth; c is not read when beta is 0.
template <class T>
struct scale_at {
  T beta;
  matrix_view<T, cuda> c;
  KINDRED_HD void operator()(index_t row, index_t col) const { c(row, col) = beta == T(0) ? T(0) : beta * c(row, col); }
};

/// Makes a device current for the calling thread and the one before current again at the end.
class current_device {
 public:
  explicit current_device(int ordinal) {
    require_ok(cudaGetDevice(&before_));
    changed_ = before_ != ordinal;
    if (changed_) require_ok(cudaSetDevice(ordinal));
  }
  current_device(const current_device&) = delete;
  current_device& operator=(const current_device&) = delete;
  ~current_device() {
    if (changed_) ignore(cudaSetDevice(before_));
  }

 private:
  int before_ = 0;
  bool changed_ = false;
};

/// The ordinal of the device to use; throws one clear sentence where there is none.
inline int chosen_device(int ordinal) {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) static_cast<void>(cudaGetLastError());
  expects<device_error>(status == cudaSuccess && count > 0, "context<cuda>: no CUDA device can be used here: {}",
                        status == cudaSuccess ? "this machine has none" : cudaGetErrorString(status));
  expects<argument_error>(ordinal >= -1 && ordinal < count, "context<cuda>: device {} was asked for, but there are {}",
                          ordinal, count);
  if (ordinal < 0) require_ok(cudaGetDevice(&ordinal));
  return ordinal;
}

/// A stream of the caller, or one of our own that ends with us.
class stream_holder {
 public:
  stream_holder(int device, cudaStream_t given) : device_(device), stream_(given), owned_(given == nullptr) {
    const current_device current(device_);
    if (owned_) require_ok(cudaStreamCreate(&stream_));
  }
  stream_holder(const stream_holder&) = delete;
  stream_holder& operator=(const stream_holder&) = delete;
  ~stream_holder() {
    if (owned_) ignore(cudaStreamDestroy(stream_));  // work that is queued still runs
  }
  cudaStream_t get() const { return stream_; }

 private:
  int device_;
  cudaStream_t stream_;
  bool owned_;
};

class cublas_holder {
 public:
  cublas_holder(int device, cudaStream_t stream, bool tf32) {
    const current_device current(device);
    require_ok(cublasCreate(&handle_));
    try {
      require_ok(cublasSetStream(handle_, stream));
      require_ok(cublasSetMathMode(handle_, tf32 ? CUBLAS_TF32_TENSOR_OP_MATH : CUBLAS_DEFAULT_MATH));
    } catch (...) {
      ignore(cublasDestroy(handle_));
      throw;
    }
  }
  cublas_holder(const cublas_holder&) = delete;
  cublas_holder& operator=(const cublas_holder&) = delete;
  ~cublas_holder() { ignore(cublasDestroy(handle_)); }
  cublasHandle_t get() const { return handle_; }

 private:
  cublasHandle_t handle_ = nullptr;
};

}  // namespace detail

/// An NVIDIA GPU: Backend of `cuda`. One stream, one cuBLAS handle, one arena.
///
/// All calls are queued on the stream and return at once, except: copy_from_host waits until its source may be reused,
/// synchronize() until everything queued is done. Rows of up to 1024 elements get a warp, wider ones a block of 256
/// threads. Arrays must not outlive their context.
///
/// gemm  cuBLAS through its 64-bit entry points. The bits of an element may depend on the shape of the whole product,
///       so a band of rows need not have the bytes of the full product as it has on context<cpu>.
///
/// KINDRED_SYNC_LAUNCHES  when this macro is defined for the whole program, every launch waits for its kernel, and an
///       error names the kernel that made it instead of a later call.
///
/// Determinism  the same bits for the same shapes on one kind of GPU and one version of cuBLAS.
/// Errors       device_error with the text of CUDA or cuBLAS, and when no device can be used; argument_error for a
///              device that is not there. A constructor that throws leaves nothing behind.
template <>
class context<cuda> {
 public:
  struct options {
    cudaStream_t stream = nullptr;  ///< the caller's, which must outlive the context; null: one of its own
    bool tf32 = false;              ///< float products in TensorFloat-32: 10 bits of mantissa, several times faster
    int device = -1;                ///< ordinal; -1: the calling thread's current device
  };

  context() : context(options()) {}
  explicit context(options chosen)
      : device_(detail::chosen_device(chosen.device)),
        stream_(device_, chosen.stream),
        blas_(device_, stream_.get(), chosen.tf32),
        scratch_(*this) {
    int pools = 0;
    detail::require_ok(cudaDeviceGetAttribute(&pools, cudaDevAttrMemoryPoolsSupported, device_));
    has_pools_ = pools != 0;
  }
  context(const context&) = delete;
  context& operator=(const context&) = delete;

  int device() const { return device_; }
  cudaStream_t stream() const { return stream_.get(); }
  cublasHandle_t blas() const { return blas_.get(); }
  arena<cuda>& scratch() { return scratch_; }

  /// Bytes ordered by the stream where the driver has memory pools, else from cudaMalloc.
  void* allocate(index_t bytes) {
    const detail::current_device current(device_);
    void* p = nullptr;
    const auto size = static_cast<std::size_t>(bytes > 0 ? bytes : 1);
    detail::require_ok(has_pools_ ? cudaMallocAsync(&p, size, stream()) : cudaMalloc(&p, size));
    return p;
  }
  void deallocate(void* p) noexcept { detail::ignore(has_pools_ ? cudaFreeAsync(p, stream()) : cudaFree(p)); }

  void copy_from_host(void* to, const void* from, index_t bytes) {
    if (bytes <= 0) return;
    copy_bytes(to, from, bytes, cudaMemcpyHostToDevice);
    synchronize();  // a copy from page-locked memory would still be reading it
  }
  void copy_to_host(void* to, const void* from, index_t bytes) { copy_bytes(to, from, bytes, cudaMemcpyDeviceToHost); }
  void copy(void* to, const void* from, index_t bytes) { copy_bytes(to, from, bytes, cudaMemcpyDeviceToDevice); }
  void zero(void* p, index_t bytes) {
    if (bytes <= 0) return;
    const detail::current_device current(device_);
    detail::require_ok(cudaMemsetAsync(p, 0, static_cast<std::size_t>(bytes), stream()));
  }
  void synchronize() { detail::require_ok(cudaStreamSynchronize(stream())); }

  /// Work queued here from now on starts after everything that is queued on `other` now.
  void wait(const context& other) {
    cudaEvent_t event = nullptr;
    {
      const detail::current_device current(other.device_);
      detail::require_ok(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
    }
    const cudaError_t recorded = cudaEventRecord(event, other.stream());
    const cudaError_t waiting = recorded == cudaSuccess ? cudaStreamWaitEvent(stream(), event, 0) : recorded;
    detail::ignore(cudaEventDestroy(event));  // CUDA keeps it until it has happened
    detail::require_ok(waiting);
  }

  template <class F>
  void for_each(index_t n, F f) {
    if (n <= 0) return;
    launch(detail::for_each_kernel<F>, dim3(blocks(n, threads)), dim3(threads), n, f);
  }
  template <class F>
  void for_each(index_t rows, index_t cols, F f) {
    if (rows <= 0 || cols <= 0) return;
    // narrow matrices give a warp several rows; consecutive threads stay on consecutive columns
    int across = 1;
    while (across < cols && across < 64) across *= 2;
    const int down = threads / across;
    launch(detail::for_each_cell_kernel<F>, dim3(blocks(cols, across), blocks(rows, down)),
           dim3(static_cast<unsigned>(across), static_cast<unsigned>(down)), rows, cols, f);
  }
  template <class F>
  void for_each_row(index_t rows, index_t width, F f) {
    if (rows <= 0) return;
    if (width <= widest_warp_row)
      launch(detail::warp_per_row_kernel<F>, dim3(blocks(rows, detail::warps_per_block)),
             dim3(detail::warps_per_block * detail::warp::size), rows, f);
    else
      launch(detail::block_per_row_kernel<F>, dim3(blocks(rows, 1)), dim3(detail::block_group::lanes), rows, f);
  }

  template <Scalar T>
  void gemm(T alpha, const_matrix<T, cuda> a, transpose ta, const_matrix<T, cuda> b, transpose tb, T beta,
            matrix_view<T, cuda> c) {
    const index_t depth = product_depth(a, ta, b, tb, c);
    if (c.size() == 0) return;
    if (depth == 0) {
      for_each(c.rows(), c.cols(), detail::scale_at<T>{beta, c});
      return;
    }
    const detail::current_device current(device_);
    // cuBLAS counts columns first: the row-major c = a b is its c' = b' a', so the operands change places
    if constexpr (std::same_as<T, float>)
      detail::require_ok(cublasSgemm_64(blas(), as_lies(tb), as_lies(ta), c.cols(), c.rows(), depth, &alpha, b.data(),
                                        b.stride(), a.data(), a.stride(), &beta, c.data(), c.stride()));
    else
      detail::require_ok(cublasDgemm_64(blas(), as_lies(tb), as_lies(ta), c.cols(), c.rows(), depth, &alpha, b.data(),
                                        b.stride(), a.data(), a.stride(), &beta, c.data(), c.stride()));
    wait_if_asked("gemm");
  }
  template <Scalar T>
  void gemm_batched(index_t count, T alpha, const_matrix<T, cuda> a, index_t stride_a, transpose ta,
                    const_matrix<T, cuda> b, index_t stride_b, transpose tb, T beta, matrix_view<T, cuda> c,
                    index_t stride_c) {
    const index_t depth = product_depth(a, ta, b, tb, c);
    if (c.size() == 0 || count <= 0) return;
    if (depth == 0) {
      for (index_t i = 0; i < count; ++i)
        for_each(c.rows(), c.cols(),
                 detail::scale_at<T>{beta, {c.data() + i * stride_c, c.rows(), c.cols(), c.stride()}});
      return;
    }
    const detail::current_device current(device_);
    if constexpr (std::same_as<T, float>)
      detail::require_ok(cublasSgemmStridedBatched_64(blas(), as_lies(tb), as_lies(ta), c.cols(), c.rows(), depth,
                                                      &alpha, b.data(), b.stride(), stride_b, a.data(), a.stride(),
                                                      stride_a, &beta, c.data(), c.stride(), stride_c, count));
    else
      detail::require_ok(cublasDgemmStridedBatched_64(blas(), as_lies(tb), as_lies(ta), c.cols(), c.rows(), depth,
                                                      &alpha, b.data(), b.stride(), stride_b, a.data(), a.stride(),
                                                      stride_a, &beta, c.data(), c.stride(), stride_c, count));
    wait_if_asked("gemm_batched");
  }

 private:
  static constexpr int threads = 256;
  static constexpr index_t widest_warp_row = 1024;
  static constexpr index_t most_blocks = 65535;  // of the y axis of a grid; the kernels stride over the rest

  static unsigned blocks(index_t n, index_t per_block) {
    const index_t wanted = (n - 1) / per_block + 1;
    return static_cast<unsigned>(wanted < most_blocks ? wanted : most_blocks);
  }
  static cublasOperation_t as_lies(transpose t) { return t == transpose::yes ? CUBLAS_OP_T : CUBLAS_OP_N; }
  template <class A, class C>
  static index_t product_depth(const A& a, transpose ta, const A& b, transpose tb, const C& c) {
    return detail::product_depth(a, ta == transpose::yes, b, tb == transpose::yes, c);
  }

  void copy_bytes(void* to, const void* from, index_t bytes, cudaMemcpyKind kind) {
    if (bytes <= 0) return;
    const detail::current_device current(device_);
    detail::require_ok(cudaMemcpyAsync(to, from, static_cast<std::size_t>(bytes), kind, stream()));
  }

  // through the function instead of <<<>>>, which leaves its status where earlier errors of the program may lie
  template <class... Arguments>
  void launch(void (*kernel)(Arguments...), dim3 grid, dim3 block, std::type_identity_t<Arguments>... arguments) {
    const detail::current_device current(device_);
    void* list[] = {static_cast<void*>(&arguments)...};
    detail::require_ok(cudaLaunchKernel(reinterpret_cast<const void*>(kernel), grid, block, list, 0, stream()));
    wait_if_asked(__PRETTY_FUNCTION__);
  }

  void wait_if_asked([[maybe_unused]] const char* what) {
#if defined(KINDRED_SYNC_LAUNCHES)
    const cudaError_t status = cudaStreamSynchronize(stream());
    if (status != cudaSuccess) static_cast<void>(cudaGetLastError());
    expects<device_error>(status == cudaSuccess, "CUDA: {} ({}) in {}", cudaGetErrorString(status),
                          cudaGetErrorName(status), what);
#endif
  }

  int device_;
  detail::stream_holder stream_;
  detail::cublas_holder blas_;
  bool has_pools_ = false;
  arena<cuda> scratch_;  // last: gives its memory back to the stream, so it ends first
};
static_assert(Backend<context<cuda>, cuda>);

}  // namespace kindred
