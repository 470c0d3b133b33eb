// SPDX-License-Identifier: Apache-2.0
// Exact search. The peer is bench/peers/faiss_search.cpp, which runs both in one process.
#include <benchmark/benchmark.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <kindred/op/nearest.hpp>
#include <string>

using namespace kindred;

namespace {

matrix<float, cpu> noise(context<cpu>& ctx, index_t rows, index_t cols, std::uint64_t seed) {
  matrix<float, cpu> m(ctx, rows, cols, uninitialized);
  float* const data = m.data();
  ctx.for_each(rows * cols, [=](index_t i) {
    data[i] = static_cast<float>(random::uniform(seed, 0, static_cast<std::uint64_t>(i)) - 0.5);
  });
  return m;
}

void nearest(benchmark::State& state, op::scoring how) {
  const index_t n = state.range(0), d = state.range(1), q = state.range(2), k = state.range(3);
  context<cpu> ctx(static_cast<int>(state.range(4)));
  const auto gallery = noise(ctx, n, d, 1), queries = noise(ctx, q, d, 2);
  vector<float, cpu> gallery_norms(ctx, n), query_norms(ctx, q);
  op::square_norms(ctx, gallery, gallery_norms.view());
  op::square_norms(ctx, queries, query_norms.view());
  matrix<float, cpu> scores(ctx, q, k);
  matrix<index_t, cpu> ids(ctx, q, k);
  for (auto _ : state) {
    op::nearest<float, cpu>(ctx, {queries, query_norms}, {gallery, gallery_norms}, how, k, {}, ids.view(),
                            scores.view());
    benchmark::DoNotOptimize(ids.data());
  }
  state.SetLabel(name(ctx.instructions()));
  state.counters["flops"] =
      benchmark::Counter(2 * static_cast<double>(q) * static_cast<double>(n) * static_cast<double>(d),
                         benchmark::Counter::kIsIterationInvariantRate);
  state.counters["gallery_bytes"] = benchmark::Counter(4 * static_cast<double>(n) * static_cast<double>(d),
                                                       benchmark::Counter::kIsIterationInvariantRate);
}

void sizes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"gallery", "d", "queries", "k", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const int threads : {1, 2}) {
    b->Args({100000, 512, 1000, 10, threads});
    b->Args({100000, 512, 1000, 100, threads});
    b->Args({100000, 512, 1, 10, threads});
    b->Args({100000, 512, 4, 10, threads});
    b->Args({100000, 512, 16, 10, threads});
  }
}

BENCHMARK_CAPTURE(nearest, inner_product, op::scoring::inner_product)->Apply(sizes);
BENCHMARK_CAPTURE(nearest, negative_square_distance, op::scoring::negative_square_distance)->Apply(sizes);

void top_k(benchmark::State& state) {
  const index_t n = state.range(0), q = state.range(1), k = state.range(2);
  context<cpu> ctx(static_cast<int>(state.range(3)));
  const auto all = noise(ctx, q, n, 1);
  matrix<float, cpu> scores(ctx, q, k);
  matrix<index_t, cpu> ids(ctx, q, k);
  for (auto _ : state) {
    op::top_k(ctx, all, k, ids.view(), scores.view());
    benchmark::DoNotOptimize(ids.data());
  }
}
BENCHMARK(top_k)
    ->ArgNames({"items", "queries", "k", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Args({20000, 1000, 10, 1})
    ->Args({20000, 1000, 1000, 1})
    ->Args({20000, 1000, 10, 2})
    ->Args({20000, 1000, 1000, 2});

}  // namespace

BENCHMARK_MAIN();
