// SPDX-License-Identifier: Apache-2.0
// Exact search beside faiss::IndexFlatIP in one process, repetition by repetition in turn, and the ratio of the medians.
//
//   g++ -std=c++20 -O2 -I include bench/peers/faiss_search.cpp -o faiss_search -lfaiss -lopenblas -fopenmp
//   OMP_NUM_THREADS=2 OPENBLAS_CORETYPE=SkylakeX LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/openblas-openmp
//     ./faiss_search [threads] [repetitions] [gallery] [dimension]
//
// The two settings are Debian's: without them OpenBLAS takes the kernels of an old processor or threads that disturb
// OpenMP's, and faiss is up to five times slower than it can be.

#include <faiss/IndexFlat.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/op/nearest.hpp>
#include <thread>
#include <vector>

namespace kd = kindred;
using kd::cpu;
using kd::index_t;

namespace {

/// Rows of length 1 in random directions.
std::vector<float> directions(index_t rows, index_t cols, std::uint64_t seed) {
  std::vector<float> v(static_cast<std::size_t>(rows * cols));
  for (index_t r = 0; r < rows; ++r) {
    float* const row = v.data() + r * cols;
    double square = 0;
    for (index_t c = 0; c < cols; ++c) {
      row[c] = static_cast<float>(kd::random::normal(seed, 0, static_cast<std::uint64_t>(r * cols + c)));
      square += static_cast<double>(row[c]) * static_cast<double>(row[c]);
    }
    for (index_t c = 0; c < cols; ++c) row[c] = static_cast<float>(static_cast<double>(row[c]) / std::sqrt(square));
  }
  return v;
}

template <class F>
double milliseconds(F f) {
  // OpenMP's threads spin for a while after their work; they must not be counted as the next one's
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

}  // namespace

int main(int count, char** argument) {
  const auto number = [&](int i, index_t otherwise) {
    return count > i ? static_cast<index_t>(std::atoll(argument[i])) : otherwise;
  };
  const int threads = static_cast<int>(number(1, 2));
  const index_t repetitions = number(2, 9), items = number(3, 100000), dimension = number(4, 512), queries = 1000;
  omp_set_num_threads(threads);
  const auto gallery = directions(items, dimension, 1), asked = directions(queries, dimension, 2);
  faiss::IndexFlatIP index(static_cast<int>(dimension));
  index.add(items, gallery.data());
  kd::context<cpu> ctx(threads);
  std::printf("%lld x %lld float, %d threads, %s, %lld repetitions\n", static_cast<long long>(items),
              static_cast<long long>(dimension), threads, kd::name(ctx.instructions()),
              static_cast<long long>(repetitions));
  std::printf("%8s %5s  %28s  %28s  %6s %s\n", "queries", "k", "kindred ms [min, max]", "faiss ms [min, max]", "ratio",
              "same first id");

  struct workload {
    index_t queries, k;
  };
  for (const auto [q, k] : {workload{queries, 10}, workload{queries, 100}, workload{1, 10}}) {
    const kd::op::comparable<float, cpu> x{{asked.data(), q, dimension}}, y{{gallery.data(), items, dimension}};
    kd::op::hits<float, cpu> best{{ctx, q, k}, {ctx, q, k}};
    std::vector<float> scores(static_cast<std::size_t>(q * k));
    std::vector<faiss::Index::idx_t> ids(scores.size());
    std::vector<double> ours, theirs;
    for (index_t i = -1; i < repetitions; ++i) {  // the first is not counted
      const double a = milliseconds([&] {
        kd::op::nearest<float, cpu>(ctx, x, y, kd::op::scoring::inner_product, k, {}, best.ids.view(),
                                    best.scores.view());
      });
      const double b = milliseconds([&] { index.search(q, asked.data(), k, scores.data(), ids.data()); });
      if (i < 0) continue;
      ours.push_back(a);
      theirs.push_back(b);
    }
    index_t same = 0;
    for (index_t i = 0; i < q; ++i) same += best.ids.view()(i, 0) == ids[static_cast<std::size_t>(i * k)];
    const auto [low, high] = std::minmax_element(ours.begin(), ours.end());
    const auto [peer_low, peer_high] = std::minmax_element(theirs.begin(), theirs.end());
    std::printf("%8lld %5lld  %9.1f [%7.1f, %7.1f]  %9.1f [%7.1f, %7.1f]  %6.3f %lld of %lld\n",
                static_cast<long long>(q), static_cast<long long>(k), median(ours), *low, *high, median(theirs),
                *peer_low, *peer_high, median(ours) / median(theirs), static_cast<long long>(same),
                static_cast<long long>(q));
  }
}
