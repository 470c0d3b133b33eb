// SPDX-License-Identifier: Apache-2.0
// t-SNE on rows from a file, beside bench/peers/tsne.py, which calls it; how to build it stands there.
//   tsne FILE ROWS COLUMNS METHOD THREADS OUT [PERPLEXITY] [ITERATIONS] [RUNS]
// FILE: float32, OUT: the map, float32. Prints for each run seconds, KL divergence and iterations.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <kindred/visual/tsne.hpp>

using namespace kindred;

int main(int argc, char** argv) {
  if (argc < 7)
    return std::fprintf(stderr, "tsne FILE ROWS COLUMNS METHOD THREADS OUT [PERPLEXITY] [ITERATIONS] [RUNS]\n"), 2;
  const index_t n = std::atol(argv[2]), d = std::atol(argv[3]);
  std::vector<float> x(static_cast<std::size_t>(n * d));
  std::FILE* file = std::fopen(argv[1], "rb");
  if (file == nullptr || std::fread(x.data(), sizeof(float), x.size(), file) != x.size())
    return std::perror(argv[1]), 2;
  std::fclose(file);
  context<cpu> ctx(std::atoi(argv[5]));
  visual::tsne options;
  for (const auto& [name, method] :
       {std::pair{"automatic", visual::tsne_method::automatic}, std::pair{"exact", visual::tsne_method::exact},
        std::pair{"barnes_hut", visual::tsne_method::barnes_hut},
        std::pair{"interpolation", visual::tsne_method::interpolation}})
    if (std::strcmp(argv[4], name) == 0) options.method = method;
  if (argc > 7) options.perplexity = std::atof(argv[7]);
  if (argc > 8) options.iterations = std::atol(argv[8]);
  const int runs = argc > 9 ? std::atoi(argv[9]) : 1;
  for (int run = 0; run < runs; ++run) {
    const auto start = std::chrono::steady_clock::now();
    const auto map = options.fit(ctx, matrix_view<const float, cpu>(x.data(), n, d));
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    std::printf("%.3f %.6f %ld\n", time.count(), map.kl_divergence(), static_cast<long>(map.iterations()));
    file = std::fopen(argv[6], "wb");
    if (file == nullptr) return std::perror(argv[6]), 2;
    std::fwrite(map.coordinates().data(), sizeof(float), static_cast<std::size_t>(2 * n), file);
    std::fclose(file);
  }
}
