// SPDX-License-Identifier: Apache-2.0
// Average precision of a full ranking beside the bare product that it cannot do without: the same scores, band by band,
// without looking at them. Labels ask for 25 classes. The peer is bench/peers/average_precision.py.
#include <benchmark/benchmark.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/evaluate.hpp>
#include <kindred/similarity/dot.hpp>

using namespace kindred;

namespace {

struct data {
  context<cpu> ctx;
  matrix<float, cpu> queries, gallery;
  vector<label_t, cpu> query_labels, gallery_labels;

  data(int threads, index_t n, index_t d)
      : ctx(threads), queries(ctx, n, d), gallery(ctx, n, d), query_labels(ctx, n), gallery_labels(ctx, n) {
    for (index_t i = 0; i < n * d; ++i) {
      queries.data()[i] = static_cast<float>(random::uniform(1, 1, static_cast<std::uint64_t>(i)) - 0.5);
      gallery.data()[i] = static_cast<float>(random::uniform(1, 2, static_cast<std::uint64_t>(i)) - 0.5);
    }
    for (index_t i = 0; i < n; ++i) {
      query_labels.data()[i] = static_cast<label_t>(random::below(25, 1, 3, static_cast<std::uint64_t>(i)));
      gallery_labels.data()[i] = static_cast<label_t>(random::below(25, 1, 4, static_cast<std::uint64_t>(i)));
    }
  }
};

constexpr index_t memory = index_t(64) << 20;

void set_counters(benchmark::State& state, const data& x) {
  const auto n = static_cast<double>(x.queries.rows()), d = static_cast<double>(x.queries.cols());
  state.SetLabel("n=" + std::to_string(x.queries.rows()) + " d=" + std::to_string(x.queries.cols()) +
                 " threads=" + std::to_string(x.ctx.threads()) + " " + name(x.ctx.instructions()));
  state.counters["product_flops"] = benchmark::Counter(2 * n * n * d, benchmark::Counter::kIsIterationInvariantRate);
}

void bare_product(benchmark::State& state) {
  data x(static_cast<int>(state.range(2)), state.range(0), state.range(1));
  const index_t n = x.queries.rows(), band = std::min(n, memory / (n * index_t(sizeof(float))));
  matrix<float, cpu> scores(x.ctx, band, n);
  for (auto _ : state)
    for (index_t first = 0; first < n; first += band) {
      const index_t rows = std::min(band, n - first);
      op::scores(x.ctx, {x.queries.view().middle_rows(first, rows)}, {x.gallery.view()}, op::scoring::inner_product,
                 scores.view().middle_rows(0, rows));
      benchmark::DoNotOptimize(scores.data());
    }
  set_counters(state, x);
}

void average_precision(benchmark::State& state) {
  data x(static_cast<int>(state.range(2)), state.range(0), state.range(1));
  double map = 0;
  for (auto _ : state)
    map = retrieval::evaluate(x.ctx, similarity::dot{}, x.queries, x.gallery,
                              relation::same_label(x.query_labels, x.gallery_labels), {.memory = memory},
                              metric::average_precision{})[0];
  set_counters(state, x);
  state.counters["mAP"] = map;
}

void reciprocal_rank_of_pairs(benchmark::State& state) {
  data x(static_cast<int>(state.range(2)), state.range(0), state.range(1));
  for (auto _ : state)
    benchmark::DoNotOptimize(retrieval::evaluate(x.ctx, similarity::dot{}, x.queries, x.gallery, relation::paired{},
                                                 {.memory = memory}, metric::average_precision{}));
  set_counters(state, x);
}

void sizes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"n", "d", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const int n : {5000, 20000})
    for (const int threads : {1, 2}) b->Args({n, 512, threads});
}

BENCHMARK(bare_product)->Apply(sizes);
BENCHMARK(average_precision)->Apply(sizes);
BENCHMARK(reciprocal_rank_of_pairs)->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();
