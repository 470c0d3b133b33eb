// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cuda.cuh>
#include <kindred/core/array.hpp>

namespace kd = kindred;

float square_on_gpu(float x, const char** why_not) try {
  kd::context<kd::cuda> ctx;
  kd::matrix<float, kd::cuda> a(ctx, 1, 1), b(ctx, 1, 1);
  ctx.copy_from_host(a.data(), &x, sizeof x);
  ctx.gemm(1.0f, a, kd::transpose::no, a, kd::transpose::yes, 0.0f, b.view());
  float y = 0;
  ctx.copy_to_host(&y, b.data(), sizeof y);
  ctx.synchronize();
  return y;
} catch (const kd::device_error&) {
  *why_not = "no usable GPU";
  return 0;
}
