// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <kindred/op/fixed_product.hpp>

using namespace kindred;

namespace {
template <Device D>
matrix<float, D> noise(context<D>& ctx, index_t rows, index_t cols, std::uint64_t seed) {
  std::vector<float> v(static_cast<std::size_t>(rows * cols));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(random::uniform(seed, 0, i)) - 0.5f;
  return {ctx, rows, cols, v};
}
/// Products of a fixed matrix and those of the context, from the same numbers in c.
template <Device D>
void compare(context<D>& ctx, index_t rows, index_t depth, index_t cols, transpose tb) {
  INFO(rows, " x ", depth, " x ", cols, tb == transpose::yes ? " transposed" : "");
  const auto a = noise(ctx, rows, depth, 1);
  const auto b = tb == transpose::yes ? noise(ctx, cols, depth, 2) : noise(ctx, depth, cols, 2);
  const scratch_scope scope(ctx);
  const op::fixed_product<float, D> product(ctx, b.view(), tb);
  for (const float beta : {0.0f, 1.0f})
    for (const float alpha : {1.0f, 0.5f}) {
      auto wanted = noise(ctx, rows, cols, 3), came = noise(ctx, rows, cols, 3);
      ctx.template gemm<float>(alpha, a, transpose::no, b, tb, beta, wanted.view());
      product(ctx, alpha, a, beta, came.view());
      CHECK(came.to_host() == wanted.to_host());
    }
}
}  // namespace

TEST_CASE("products with a fixed matrix have the bytes of the context's products") {
  context<cpu> one(1), three(3);
  context<emu> emulated;
  for (const transpose tb : {transpose::no, transpose::yes}) {
    compare(emulated, 3, 5, 7, tb);
    for (context<cpu>* ctx : {&one, &three}) {
      compare(*ctx, 1, 1, 1, tb);
      compare(*ctx, 5, 7, 3, tb);
      compare(*ctx, 64, 130, 1030, tb);
      compare(*ctx, 2, 9000, 5, tb);  // more rows than are packed at once
      compare(*ctx, 3, 0, 4, tb);
      compare(*ctx, 0, 4, 3, tb);
    }
  }
}

TEST_CASE("products with a fixed matrix refuse shapes that do not fit") {
  context<cpu> ctx;
  const auto a = noise(ctx, 3, 4, 1), b = noise(ctx, 5, 2, 2);
  auto c = noise(ctx, 3, 2, 3);
  const scratch_scope scope(ctx);
  const op::fixed_product<float, cpu> product(ctx, b.view());
  CHECK_THROWS_AS(product(ctx, 1, a.view(), 0, c.view()), shape_error);
}
