// SPDX-License-Identifier: Apache-2.0
// One evaluation of the repulsion within a t-SNE map, on one thread: where the methods cross. n points in 20 discs.
#include <benchmark/benchmark.h>

#include <kindred/visual/detail/tsne_impl.hpp>

using namespace kindred;
using namespace kindred::visual::detail;

namespace kindred::visual::detail {
extern template map_kernels<float> kernels_of<float>(instruction_set);
}

namespace {

map_points<float> discs(index_t n, double width) {
  map_points<float> y(n);
  for (index_t i = 0; i < n; ++i) {
    const auto u = static_cast<std::uint64_t>(i), disc = u % 20;
    const double r = 0.13 * math::sqrt(random::uniform(1, 2, u)), turn = 6.283185307 * random::uniform(1, 3, u);
    y.x[at(i)] = static_cast<float>(width * (0.75 * random::uniform(8, 0, disc) + r * std::cos(turn)));
    y.y[at(i)] = static_cast<float>(width * (0.75 * random::uniform(8, 1, disc) + r * std::sin(turn)));
  }
  return y;
}

void all_pairs(benchmark::State& state) {
  context<cpu> ctx;
  const auto y = discs(state.range(0), 90);
  affinities<float> none;
  none.count = y.count;
  none.offsets.assign(at(y.count + 1), 0);
  map_forces<float> forces(ctx, none, visual::tsne_method::exact, 0);
  for (auto _ : state) forces.compute(y);
}

void barnes_hut(benchmark::State& state) {
  context<cpu> ctx;
  const auto y = discs(state.range(0), 90);
  const auto kernels = kernels_of<float>(ctx.instructions());
  quadtree<float> tree;
  std::vector<map_force<float>> sums(at(y.count));
  for (auto _ : state) {
    tree.build(y, 0.5);
    benchmark::DoNotOptimize(tree.repel(ctx, kernels, sums.data()));
  }
}

void interpolated(benchmark::State& state) {
  context<cpu> ctx;
  const auto y = discs(state.range(0), static_cast<double>(state.range(1)));
  const auto kernels = kernels_of<float>(ctx.instructions());
  interpolation<float> grid;
  std::vector<map_force<float>> sums(at(y.count));
  grid.repel(ctx, kernels, y, sums.data());  // the transforms of the kernels stay
  for (auto _ : state) benchmark::DoNotOptimize(grid.repel(ctx, kernels, y, sums.data()));
}

}  // namespace

BENCHMARK(all_pairs)->ArgsProduct({{600, 2000, 5000, 20000}})->Unit(benchmark::kMillisecond);
BENCHMARK(barnes_hut)->ArgsProduct({{600, 2000, 5000, 20000, 60000, 200000, 1000000}})->Unit(benchmark::kMillisecond);
BENCHMARK(interpolated)
    ->ArgsProduct({{600, 20000, 60000, 200000, 1000000}, {90, 180, 250}})
    ->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
