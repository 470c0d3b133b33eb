// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>

float square_on_gpu(float x, const char** why_not);

int main() {
  kindred::context<kindred::cpu> ctx;
  kindred::matrix<float, kindred::cpu> one(ctx, 1, 1);
  const char* why_not = nullptr;
  const float squared = square_on_gpu(3.0f, &why_not);
  std::printf("%s, 3 squared is %g\n", why_not ? why_not : "on the GPU", static_cast<double>(squared));
  return why_not || squared == 9.0f ? 0 : 1;
}
