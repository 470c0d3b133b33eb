// SPDX-License-Identifier: Apache-2.0
// Fitting cca on 100,000 pairs of 512 and 300 columns (128 dimensions, double) and kcca with dense Gaussian kernels:
// the recipe of bench/peers/projection.py, which fits the same shapes with NumPy and SciPy. `square_products` is the
// bare work of the covariances, that is their products alone.
#include <benchmark/benchmark.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/kcca.hpp>

using namespace kindred;

namespace {

double normal(std::uint64_t stream, index_t i) {
  const auto at = static_cast<std::uint64_t>(i);
  const double radius = std::sqrt(-2 * std::log(1 - random::uniform(3001, stream, 2 * at)));
  return radius * std::cos(6.283185307179586 * random::uniform(3001, stream, 2 * at + 1));
}

/// Two views of 64 hidden numbers whose weights fall from 1/4 to 1/160, with unit noise.
struct data {
  context<cpu> ctx;
  matrix<double, cpu> x, y;

  data(int threads, index_t n) : ctx(threads), x(ctx, n, 512), y(ctx, n, 300) {
    constexpr index_t hidden = 64;
    matrix<double, cpu> z(ctx, n, hidden), a(ctx, hidden, 512), b(ctx, hidden, 300);
    const auto fill = [this](matrix<double, cpu>& m, std::uint64_t stream) {
      ctx.for_each(m.rows() * m.cols(), [&m, stream](index_t i) { m.data()[i] = normal(stream, i); });
    };
    fill(z, 0);
    fill(a, 1);
    fill(b, 2);
    fill(x, 3);
    fill(y, 4);
    for (index_t r = 0; r < n; ++r)
      for (index_t c = 0; c < hidden; ++c)
        z.view()(r, c) *= (2 - 1.95 * static_cast<double>(c) / static_cast<double>(hidden - 1)) / 8;
    ctx.gemm<double>(1, z, transpose::no, a, transpose::no, 1, x.view());
    ctx.gemm<double>(1, z, transpose::no, b, transpose::no, 1, y.view());
  }
};

void label(benchmark::State& state, const data& d, index_t k) {
  state.SetLabel("n=" + std::to_string(d.x.rows()) + " p=512 q=300 k=" + std::to_string(k) +
                 " threads=" + std::to_string(d.ctx.threads()) + " " + name(d.ctx.instructions()));
}

void cca_fit(benchmark::State& state) {
  data d(static_cast<int>(state.range(1)), state.range(0));
  for (auto _ : state) {
    const auto fitted =
        projection::cca{.dimensions = 128, .ridge = projection::ridge::absolute(1e-4)}.fit(d.ctx, d.x, d.y);
    benchmark::DoNotOptimize(fitted.correlations().data());
    state.counters["first_correlation"] = fitted.correlations()[0];
  }
  label(state, d, 128);
}

void square_products(benchmark::State& state) {
  data d(static_cast<int>(state.range(1)), state.range(0));
  const auto mean_x = linalg::column_means(d.ctx, d.x.view()), mean_y = linalg::column_means(d.ctx, d.y.view());
  for (auto _ : state) {
    const auto xx = linalg::covariance(d.ctx, d.ctx, d.x.view(), mean_x);
    const auto yy = linalg::covariance(d.ctx, d.ctx, d.y.view(), mean_y);
    const auto xy = linalg::covariance(d.ctx, d.ctx, d.x.view(), mean_x, d.y.view(), mean_y);
    benchmark::DoNotOptimize(xy.data());
  }
  label(state, d, 0);
}

void kcca_fit(benchmark::State& state) {
  data d(static_cast<int>(state.range(1)), state.range(0));
  for (auto _ : state) {
    const auto fitted = projection::kcca<>{.dimensions = 128, .kappa = 1e-2, .standardize = false}.fit(d.ctx, d.x, d.y);
    benchmark::DoNotOptimize(fitted.correlations().data());
    state.counters["first_correlation"] = fitted.correlations()[0];
  }
  label(state, d, 128);
}

BENCHMARK(cca_fit)->Args({100000, 1})->Args({100000, 2})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(square_products)->Args({100000, 1})->Args({100000, 2})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(kcca_fit)->Args({2000, 1})->Args({2000, 2})->Args({5000, 2})->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
