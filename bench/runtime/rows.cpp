// SPDX-License-Identifier: Apache-2.0
// Operations on rows and columns, beside what Eigen makes of the same formula on one thread in the same -O2 build.
#include <benchmark/benchmark.h>

#include <Eigen/Core>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/op/reduce.hpp>
#include <kindred/op/softmax.hpp>
#include <kindred/op/top_k.hpp>

using namespace kindred;

namespace {

using array = Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Two rows x cols matrices, the first filled, and a context with so many threads.
struct rows {
  explicit rows(const benchmark::State& state, int threads)
      : ctx(threads), x(ctx, state.range(0), state.range(1)), y(ctx, state.range(0), state.range(1)) {
    for (index_t i = 0; i < x.rows() * x.cols(); ++i)
      x.data()[i] = static_cast<float>(random::normal(1, 0, static_cast<std::uint64_t>(i)));
  }
  Eigen::Map<const array> in() const { return {x.data(), x.rows(), x.cols()}; }
  Eigen::Map<array> out() { return {y.data(), y.rows(), y.cols()}; }

  context<cpu> ctx;
  matrix<float, cpu> x, y;
};

template <class F>
void ours(benchmark::State& state, F f) {
  rows r(state, static_cast<int>(state.range(2)));
  for (auto _ : state) {
    f(r);
    benchmark::DoNotOptimize(r.y.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * r.x.rows() * r.x.cols() * static_cast<index_t>(sizeof(float)));
}
template <class F>
void eigen(benchmark::State& state, F f) {
  rows r(state, 1);
  for (auto _ : state) {
    f(r.in(), r.out());
    benchmark::DoNotOptimize(r.y.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * r.x.rows() * r.x.cols() * static_cast<index_t>(sizeof(float)));
}

void normalize(benchmark::State& state) {
  ours(state, [](rows& r) { op::normalize_rows(r.ctx, r.x, r.y.view()); });
}
void normalize_eigen(benchmark::State& state) {
  eigen(state, [](auto x, auto y) { y.matrix() = x.matrix().rowwise().normalized(); });
}
void softmax(benchmark::State& state) {
  ours(state, [](rows& r) { op::softmax(r.ctx, r.x, r.y.view()); });
}
void softmax_eigen(benchmark::State& state) {
  eigen(state, [](auto x, auto y) {
    y = (x.colwise() - x.rowwise().maxCoeff()).exp();
    y.colwise() /= y.rowwise().sum().eval();
  });
}
void column_sums(benchmark::State& state) {
  ours(state, [](rows& r) { op::column_sums(r.ctx, r.x, r.y.view().row(0)); });
}
void column_sums_eigen(benchmark::State& state) {
  eigen(state, [](auto x, auto y) { y.row(0) = x.colwise().sum(); });
}
void top_k_10(benchmark::State& state) {
  ours(state, [](rows& r) {
    const scratch_scope scope(r.ctx);
    const auto ids = scratch_matrix<index_t>(r.ctx, r.x.rows(), 10);
    op::top_k(r.ctx, r.x, 10, ids, r.y.view().middle_cols(0, 10));
  });
}
void top_k_10_partial_sort(benchmark::State& state) {
  std::vector<index_t> ids(static_cast<std::size_t>(state.range(1)));
  eigen(state, [&](auto x, auto y) {
    for (index_t r = 0; r < x.rows(); ++r) {
      for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<index_t>(i);
      std::partial_sort(ids.begin(), ids.begin() + 10, ids.end(),
                        [&](index_t a, index_t b) { return ahead(x(r, a), a, x(r, b), b); });
      for (index_t i = 0; i < 10; ++i) y(r, i) = x(r, ids[static_cast<std::size_t>(i)]);
    }
  });
}

void with_threads(benchmark::internal::Benchmark* b) {
  b->ArgNames({"rows", "cols", "threads"})->Unit(benchmark::kMicrosecond)->UseRealTime();
  for (const int threads : {1, 2}) b->Args({4096, 512, threads})->Args({64, 20000, threads});
}
void alone(benchmark::internal::Benchmark* b) {
  b->ArgNames({"rows", "cols"})->Unit(benchmark::kMicrosecond)->UseRealTime();
  b->Args({4096, 512})->Args({64, 20000});
}
BENCHMARK(normalize)->Apply(with_threads);
BENCHMARK(normalize_eigen)->Apply(alone);
BENCHMARK(softmax)->Apply(with_threads);
BENCHMARK(softmax_eigen)->Apply(alone);
BENCHMARK(column_sums)->Apply(with_threads);
BENCHMARK(column_sums_eigen)->Apply(alone);
BENCHMARK(top_k_10)->Apply(with_threads);
BENCHMARK(top_k_10_partial_sort)->Apply(alone);

}  // namespace

BENCHMARK_MAIN();
