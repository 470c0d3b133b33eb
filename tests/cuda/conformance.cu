// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cuda.cuh>
#include <kindred/check/conformance.hpp>

namespace kd = kindred;

namespace {

template <class T>
std::vector<kd::check::finding> findings(kd::context<kd::cuda>& ctx) {
  std::vector<kd::check::finding> all;
  kd::check::conformance<T>(ctx, [&](const kd::check::finding& f) { all.push_back(f); });
  return all;
}

// the same bytes when everything runs once more, in another context
template <class T>
void conforms() {
  kd::context<kd::cuda> ctx, other;
  const auto all = findings<T>(ctx), again = findings<T>(other);
  REQUIRE(all.size() > 500);
  REQUIRE(all.size() == again.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].passed()) FAIL_CHECK(all[i].name << ": error " << all[i].error << ", allowed " << all[i].allowed);
    if (all[i].digest != again[i].digest) FAIL_CHECK(all[i].name << ": other bytes in the second run");
  }
}

}  // namespace

TEST_CASE("cuda conforms in float") { conforms<float>(); }
TEST_CASE("cuda conforms in double") { conforms<double>(); }

TEST_CASE("a context waits for what another one has queued") {
  kd::context<kd::cuda> first, second;
  kd::matrix<float, kd::cuda> x(first, 2000, 2000);
  for (int round = 0; round < 20; ++round) kd::op::fill(first, x.view(), static_cast<float>(round));
  second.wait(first);
  kd::vector<float, kd::cuda> sums(second, 2000);
  second.wait(first);
  kd::op::row_sums(second, x, sums.view());
  for (const float sum : sums.to_host()) REQUIRE(sum == 19.0f * 2000);
}

TEST_CASE("a context works on the stream of its caller and leaves it alive") {
  cudaStream_t stream = nullptr;
  REQUIRE(cudaStreamCreate(&stream) == cudaSuccess);
  {
    kd::context<kd::cuda> ctx({.stream = stream});
    CHECK(ctx.stream() == stream);
    kd::vector<double, kd::cuda> x(ctx, 3);
    CHECK(x.to_host() == std::vector<double>{0, 0, 0});
  }
  CHECK(cudaStreamSynchronize(stream) == cudaSuccess);
  CHECK(cudaStreamDestroy(stream) == cudaSuccess);
}

TEST_CASE("TensorFloat-32 rounds the operands of float products, and only where it was asked for") {
  const float value = 1.0f + 0x1p-20f;  // has more mantissa than TensorFloat-32
  const std::vector<float> host(64 * 64, value);
  const auto product = [&](bool tf32) {
    kd::context<kd::cuda> ctx({.tf32 = tf32});
    kd::matrix<float, kd::cuda> a(ctx, 64, 64, host), c(ctx, 64, 64);
    ctx.gemm<float>(1, a, kd::transpose::no, a, kd::transpose::yes, 0, c.view());
    return c.to_host()[0];
  };
  CHECK(product(false) > 64.0f);
  CHECK(product(true) >= 64.0f);
}

TEST_CASE("a device that is not there is refused, and so is what CUDA cannot allocate") {
  CHECK_THROWS_AS(kd::context<kd::cuda>({.device = 1000}), kd::argument_error);
  kd::context<kd::cuda> ctx;
  CHECK_THROWS_AS(static_cast<void>(ctx.allocate(kd::index_t(1) << 50)), kd::device_error);
  kd::vector<float, kd::cuda> x(ctx, 10);  // the failure above is not blamed on what follows
  kd::op::fill(ctx, kd::as_matrix(x.view(), 1, 10), 2);
  CHECK(x.to_host() == std::vector<float>(10, 2.0f));
}
