// SPDX-License-Identifier: Apache-2.0
// Exact search beside faiss::IndexFlatIP in one process, repetition by repetition in turn, and the ratio of the
// medians: in floats, and with a first pass over bytes (op::quantized_rows), whose results are the same. Beside it what
// the machine can do at most: the time of as many multiply-adds on registers alone.
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
#include <kindred/op/quantized_rows.hpp>
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

/// Multiply-adds a second of all threads, nothing but registers, in the widest instructions that the search may use.
double most_multiply_adds([[maybe_unused]] int threads, [[maybe_unused]] kd::instruction_set set) {
  double sum = 0;
#if defined(__x86_64__)
  if (set == kd::instruction_set::baseline) return sum;
  constexpr int turns = 20000000;
  std::vector<double> rate(static_cast<std::size_t>(threads));
  std::vector<std::thread> all;
  for (int t = 0; t < threads; ++t)
    all.emplace_back([&rate, t, set] {
      const auto start = std::chrono::steady_clock::now();
#define MULTIPLY_ADD(reg) "vfmadd213ps %%" reg "1, %%" reg "0, %%" reg
#define TWELVE(reg) \
  MULTIPLY_ADD(reg) "2\n" MULTIPLY_ADD(reg) "3\n" MULTIPLY_ADD(reg) "4\n" MULTIPLY_ADD(reg) "5\n"            \
  MULTIPLY_ADD(reg) "6\n" MULTIPLY_ADD(reg) "7\n" MULTIPLY_ADD(reg) "8\n" MULTIPLY_ADD(reg) "9\n"            \
  MULTIPLY_ADD(reg) "10\n" MULTIPLY_ADD(reg) "11\n" MULTIPLY_ADD(reg) "12\n" MULTIPLY_ADD(reg) "13\n"
#define REGISTERS \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13"
      int lanes = 8;
      if (set == kd::instruction_set::avx512) {
        lanes = 16;
        for (int i = 0; i < turns; ++i) asm volatile(TWELVE("zmm")::: REGISTERS);
      } else {
        for (int i = 0; i < turns; ++i) asm volatile(TWELVE("ymm")::: REGISTERS);
      }
#undef REGISTERS
#undef TWELVE
#undef MULTIPLY_ADD
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      rate[static_cast<std::size_t>(t)] = 12.0 * lanes * turns / seconds;
    });
  for (auto& one : all) one.join();
  for (const double r : rate) sum += r;
#endif
  return sum;
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
  kd::op::quantized_rows bytes(ctx, dimension);
  bytes.append(ctx, {gallery.data(), items, dimension});
  const double most = most_multiply_adds(threads, ctx.instructions());
  std::printf("%lld x %lld float, %d threads, %s%s, %lld repetitions\n", static_cast<long long>(items),
              static_cast<long long>(dimension), threads, kd::name(ctx.instructions()),
              kd::has_byte_products() ? " with products of bytes" : "", static_cast<long long>(repetitions));
  std::printf("median ms [min, max], and the median's ratio to faiss; \"bound\": multiply-adds on registers alone\n");
  std::printf("%8s %5s %9s  %26s  %26s %7s  %26s %7s  %s\n", "queries", "k", "bound", "faiss", "kindred", "ratio",
              "first pass over bytes", "ratio", "same first id, same bytes");

  struct workload {
    index_t queries, k;
  };
  for (const workload& w : {workload{queries, 10}, workload{queries, 100}, workload{1, 10}}) {
    const index_t q = w.queries, k = w.k;
    const kd::op::comparable<float, cpu> x{{asked.data(), q, dimension}}, y{{gallery.data(), items, dimension}};
    kd::op::hits<float, cpu> best{{ctx, q, k}, {ctx, q, k}}, again{{ctx, q, k}, {ctx, q, k}};
    std::vector<float> scores(static_cast<std::size_t>(q * k));
    std::vector<faiss::Index::idx_t> ids(scores.size());
    std::vector<double> times[3];
    const auto search = [&](kd::op::hits<float, cpu>& to, const kd::op::quantized_rows<cpu>* first_pass) {
      kd::op::nearest<float, cpu>(ctx, x, y, kd::op::scoring::inner_product, k, {}, to.ids.view(), to.scores.view(),
                                  first_pass);
    };
    for (index_t i = -1; i < repetitions; ++i) {  // the first is not counted
      const double taken[] = {milliseconds([&] { index.search(q, asked.data(), k, scores.data(), ids.data()); }),
                              milliseconds([&] { search(best, nullptr); }),
                              milliseconds([&] { search(again, &bytes); })};
      for (int j = 0; j < 3; ++j)
        if (i >= 0) times[j].push_back(taken[j]);
    }
    index_t same = 0;
    bool bytes_equal = true;
    for (index_t i = 0; i < q; ++i) {
      same += best.ids.view()(i, 0) == ids[static_cast<std::size_t>(i * k)];
      for (index_t j = 0; j < k; ++j)
        bytes_equal &=
            best.ids.view()(i, j) == again.ids.view()(i, j) && best.scores.view()(i, j) == again.scores.view()(i, j);
    }
    const auto show = [](const std::vector<double>& v) {
      const auto [low, high] = std::minmax_element(v.begin(), v.end());
      std::printf("  %8.1f [%6.1f, %6.1f]", median(v), *low, *high);
    };
    std::printf("%8lld %5lld %9.1f", static_cast<long long>(q), static_cast<long long>(k),
                static_cast<double>(q * items * dimension) / most * 1e3);
    show(times[0]);
    show(times[1]);
    std::printf(" %7.3f", median(times[1]) / median(times[0]));
    show(times[2]);
    std::printf(" %7.3f  %lld of %lld, %s\n", median(times[2]) / median(times[0]), static_cast<long long>(same),
                static_cast<long long>(q), bytes_equal ? "yes" : "NO");
  }
}
