// SPDX-License-Identifier: Apache-2.0
// Triplet losses over a batch, forward and backward, beside PyTorch: see bench/peers/triplet_step.py, which runs this
// program.
//
//   triplet_step EMBEDDINGS batch_all|semi_hard THREADS STEPS GRADIENT
//
// reads 512 x 128 floats, row i of class i mod 32, prints the median milliseconds of a step and the loss, and writes
// the gradient of the embeddings.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <kindred/backend/cpu.hpp>
#include <kindred/loss/triplet.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <string>
#include <vector>

namespace kd = kindred;
using kd::cpu;
using kd::index_t;

namespace {

template <class Loss>
void measure(kd::context<cpu>& ctx, const std::vector<float>& x, const Loss& loss, int steps, const char* file) {
  const index_t n = 512, d = 128;
  const kd::matrix<float, cpu> embeddings(ctx, n, d, x);
  std::vector<kd::label_t> classes;
  for (index_t i = 0; i < n; ++i) classes.push_back(static_cast<kd::label_t>(i % 32));
  const kd::vector<kd::label_t, cpu> labels(ctx, classes);
  const kd::relation::same_label relation(labels, labels, true);
  const kd::similarity::negative_squared_euclidean similarity;
  kd::matrix<float, cpu> scores(ctx, n, n), dscores(ctx, n, n), gradient(ctx, n, d);
  kd::vector<float, cpu> value(ctx, 1);
  std::vector<double> milliseconds;
  for (int i = 0; i < steps + 2; ++i) {
    const auto start = std::chrono::steady_clock::now();
    ctx.zero(gradient.data(), n * d * static_cast<index_t>(sizeof(float)));
    similarity.score(ctx, embeddings, embeddings, scores.view());
    loss(ctx, scores, relation, dscores.view(), value.view());
    similarity.backward(ctx, embeddings, embeddings, scores, dscores, gradient.view(), gradient.view());
    const auto time = std::chrono::steady_clock::now() - start;
    if (i >= 2) milliseconds.push_back(std::chrono::duration<double, std::milli>(time).count());
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  std::printf("%.4f %.9g\n", milliseconds[milliseconds.size() / 2], static_cast<double>(value.to_host()[0]));
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(gradient.data()), n * d * static_cast<index_t>(sizeof(float)));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) {
    std::fprintf(stderr, "triplet_step EMBEDDINGS batch_all|semi_hard THREADS STEPS GRADIENT\n");
    return 2;
  }
  std::vector<float> x(512 * 128);
  std::ifstream(arguments[1], std::ios::binary)
      .read(reinterpret_cast<char*>(x.data()), static_cast<std::streamsize>(x.size() * sizeof(float)));
  kd::context<cpu> ctx(std::atoi(arguments[3]));
  const int steps = std::atoi(arguments[4]);
  if (std::string(arguments[2]) == "batch_all")
    measure(ctx, x, kd::loss::batch_all{}, steps, arguments[5]);
  else
    measure(ctx, x, kd::loss::triplet<>{}, steps, arguments[5]);
}
