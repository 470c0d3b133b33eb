// SPDX-License-Identifier: Apache-2.0
#pragma once

#if !defined(__CUDACC__)
#error "kindred/backend/detail/cuda_check.cuh needs nvcc: include it from a .cu file"
#endif

#include <cublas_v2.h>
#include <cuda_runtime.h>

#include <kindred/core/error.hpp>

namespace kindred::detail {

/// Throws device_error with CUDA's own text and the line of the call unless `status` is cudaSuccess. The error is taken
/// out of CUDA's memory of last errors, so that no later call is blamed for it.
inline void require_ok(cudaError_t status, source where = source::here()) {
  if (status == cudaSuccess) [[likely]]
    return;
  static_cast<void>(cudaGetLastError());
  raise<device_error>({"CUDA: {} ({})", where}, cudaGetErrorString(status), cudaGetErrorName(status));
}

/// The same for cuBLAS.
inline void require_ok(cublasStatus_t status, source where = source::here()) {
  if (status == CUBLAS_STATUS_SUCCESS) [[likely]]
    return;
  raise<device_error>({"cuBLAS: {} ({})", where}, cublasGetStatusString(status), cublasGetStatusName(status));
}

/// For destructors: drops the status, which a call that can throw will report again if the device is lost.
inline void ignore(cudaError_t status) noexcept {
  if (status != cudaSuccess) static_cast<void>(cudaGetLastError());
}
inline void ignore(cublasStatus_t) noexcept {}

}  // namespace kindred::detail
