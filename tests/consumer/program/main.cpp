// SPDX-License-Identifier: Apache-2.0
// With product.cpp the two translation units of a consumer: both include the same headers.
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>

namespace kd = kindred;

double trace_of_product(kd::context<kd::cpu>& ctx, kd::index_t rows, kd::index_t width);

int main() {
  kd::context<kd::cpu> ctx;
  // rows 0, 1, 2 ... of width 3 times themselves: the diagonal is 3 r r
  const double trace = trace_of_product(ctx, 4, 3);
  kd::matrix<float, kd::cpu> single(ctx, 1, 1);
  const auto one = single.view();
  one(0, 0) = 2.0f;
  kd::matrix<float, kd::cpu> squared(ctx, 1, 1);
  ctx.gemm(1.0f, single, kd::transpose::no, single, kd::transpose::yes, 0.0f, squared.view());
  std::printf("kindred %s: trace %g, square %g\n", KINDRED_VERSION, trace, static_cast<double>(squared.view()(0, 0)));
  return trace == 42.0 && squared.view()(0, 0) == 4.0f ? 0 : 1;
}
