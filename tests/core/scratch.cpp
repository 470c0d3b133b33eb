// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstdint>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/scratch.hpp>
#include <thread>

using namespace kindred;

TEST_CASE_TEMPLATE("scratch memory is aligned, apart, and free again when its scope ends", D, cpu, emu) {
  context<D> ctx;
  const float* first = nullptr;
  {
    const scratch_scope scope(ctx);
    const auto a = scratch_vector<float>(ctx, 3);
    const auto b = scratch_matrix<double>(ctx, 5, 7);
    first = a.data();
    CHECK(a.size() == 3);
    CHECK(b.rows() == 5);
    CHECK(b.cols() == 7);
    CHECK(reinterpret_cast<std::uintptr_t>(b.data()) - reinterpret_cast<std::uintptr_t>(a.data()) == 256);
    CHECK(reinterpret_cast<std::uintptr_t>(a.data()) % 64 == 0);
    {
      const scratch_scope inner(ctx);
      const auto c = scratch_vector<float>(ctx, 1);
      CHECK(static_cast<const void*>(c.data()) > static_cast<const void*>(b.data()));
    }
    const auto again = scratch_vector<float>(ctx, 1);
    CHECK(static_cast<const void*>(again.data()) > static_cast<const void*>(b.data()));
  }
  const scratch_scope scope(ctx);
  CHECK(scratch_vector<float>(ctx, 3).data() == first);
}

TEST_CASE_TEMPLATE("a loop whose sizes repeat allocates in its first round only", D, cpu, emu) {
  context<D> ctx;
  const auto round = [&] {
    const scratch_scope scope(ctx);
    for (const index_t n : {1000, 3000000, 17, 0})
      for (int i = 0; i < 3; ++i) {
        const auto v = scratch_vector<char>(ctx, n);
        for (index_t k = 0; k < n; k += 4096) v(k) = 1;
      }
  };
  CHECK(ctx.scratch().capacity() == 0);
  round();
  const index_t held = ctx.scratch().capacity();
  CHECK(held >= 9000000);
  for (int i = 0; i < 3; ++i) round();
  CHECK(ctx.scratch().capacity() == held);
  ctx.scratch().clear();
  CHECK(ctx.scratch().capacity() == 0);
  round();
  CHECK(ctx.scratch().capacity() == held);
}

TEST_CASE_TEMPLATE("a scope of a second thread is refused while one is open, and allowed afterwards", D, cpu, emu) {
  context<D> ctx;
  bool refused = false, allowed = false;
  {
    const scratch_scope outer(ctx), inner(ctx);
    std::thread([&] {
      try {
        const scratch_scope another(ctx);
      } catch (const argument_error&) {
        refused = true;
      }
    }).join();
  }
  std::thread([&] {
    const scratch_scope another(ctx);
    allowed = true;
  }).join();
  CHECK(refused);
  CHECK(allowed);
}

TEST_CASE("parts taken in one scope do not overlap, also across chunks") {
  context<cpu> ctx;
  const scratch_scope scope(ctx);
  vector_view<int, cpu> parts[40];
  for (int i = 0; i < 40; ++i) {
    parts[i] = scratch_vector<int>(ctx, 50000 + 1000 * i);
    for (int& x : parts[i]) x = i;
  }
  for (int i = 0; i < 40; ++i) {
    index_t wrong = 0;
    for (const int x : parts[i]) wrong += x != i;
    CHECK(wrong == 0);
  }
}
