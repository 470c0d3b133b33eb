// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>

namespace kd = kindred;

double trace_of_product(kd::context<kd::cpu>& ctx, kd::index_t rows, kd::index_t width) {
  kd::matrix<double, kd::cpu> a(ctx, rows, width);
  const auto view = a.view();
  for (kd::index_t r = 0; r < rows; ++r)
    for (kd::index_t c = 0; c < width; ++c) view(r, c) = static_cast<double>(r);
  kd::matrix<double, kd::cpu> product(ctx, rows, rows);
  ctx.gemm(1.0, a, kd::transpose::no, a, kd::transpose::yes, 0.0, product.view());
  double trace = 0;
  for (kd::index_t r = 0; r < rows; ++r) trace += product.view()(r, r);
  return trace;
}

#if defined(KINDRED_PLUGIN)
extern "C" __attribute__((visibility("default"))) double trace(long rows, long width) {
  kd::context<kd::cpu> ctx;
  return trace_of_product(ctx, rows, width);
}
#endif
