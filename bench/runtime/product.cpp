// SPDX-License-Identifier: Apache-2.0
// Matrix products: context<cpu>, which is the library's own kernel here and a CBLAS in bench.product.blas (built with
// KINDRED_BLAS), and Eigen on one thread as a plain -O2 build gives it.
#include <benchmark/benchmark.h>

#include <Eigen/Core>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <string>

using namespace kindred;

namespace {

matrix<float, cpu> noise(context<cpu>& ctx, index_t rows, index_t cols, std::uint64_t seed) {
  matrix<float, cpu> m(ctx, rows, cols, uninitialized);
  for (index_t i = 0; i < rows * cols; ++i)
    m.data()[i] = static_cast<float>(random::uniform(seed, 0, static_cast<std::uint64_t>(i)) - 0.5);
  return m;
}

void count(benchmark::State& state) {
  state.counters["flops"] =
      benchmark::Counter(2 * static_cast<double>(state.range(0)) * static_cast<double>(state.range(1)) *
                             static_cast<double>(state.range(2)),
                         benchmark::Counter::kIsIterationInvariantRate);
}

void gemm(benchmark::State& state) {
  const index_t m = state.range(0), n = state.range(1), k = state.range(2);
  context<cpu> ctx(static_cast<int>(state.range(3)));
  const auto a = noise(ctx, m, k, 1), b = noise(ctx, k, n, 2);
  matrix<float, cpu> c(ctx, m, n);
  for (auto _ : state) {
    ctx.gemm<float>(1, a, transpose::no, b, transpose::no, 0, c.view());
    benchmark::DoNotOptimize(c.data());
  }
#if defined(KINDRED_BLAS)
  state.SetLabel("CBLAS with its own number of threads");
#else
  state.SetLabel(name(ctx.instructions()));
#endif
  count(state);
}

void eigen(benchmark::State& state) {
  const index_t m = state.range(0), n = state.range(1), k = state.range(2);
  context<cpu> ctx;
  const auto x = noise(ctx, m, k, 1), y = noise(ctx, k, n, 2);
  using array = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const array> a(x.data(), m, k), b(y.data(), k, n);
  array c(m, n);
  for (auto _ : state) {
    c.noalias() = a * b;
    benchmark::DoNotOptimize(c.data());
  }
  state.SetLabel(Eigen::SimdInstructionSetsInUse());
  count(state);
}

void sizes(benchmark::internal::Benchmark* b) {
  b->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const int threads : {1, 2}) {
    b->Args({1024, 1024, 1024, threads});
    b->Args({2048, 2048, 2048, threads});
    b->Args({1000, 20000, 512, threads});
    b->Args({64, 2048, 512, threads});
  }
}
BENCHMARK(gemm)->ArgNames({"m", "n", "k", "threads"})->Apply(sizes);
BENCHMARK(eigen)
    ->ArgNames({"m", "n", "k"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Args({1024, 1024, 1024})
    ->Args({2048, 2048, 2048});

}  // namespace

BENCHMARK_MAIN();
