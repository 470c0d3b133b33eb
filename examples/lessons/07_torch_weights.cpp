// SPDX-License-Identifier: Apache-2.0
// Loads the weights of a PyTorch model, nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1)), from a safetensors
// file by one call, which knows PyTorch's names and layouts: it keeps the weight of a linear layer as out x in, say.
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/encoder/torch.hpp>
#include <kindred/io/safetensors.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/sequential.hpp>
#include <vector>

namespace kd = kindred;
using kd::cpu;

// What safetensors.torch.save_file(model.state_dict(), path) writes: names, shapes and values.
void save_as_torch(const char* path) {
  kd::io::safetensors_writer file;
  file.add("0.weight", {2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6});
  file.add("0.bias", {2}, std::vector<float>{-5, 0});
  file.add("2.weight", {1, 2}, std::vector<float>{10, 1});
  file.add("2.bias", {1}, std::vector<float>{0.5f});
  file.write(path);
}

int main() try {
  const char* const path = "torch_weights.safetensors";
  save_as_torch(path);

  kd::context<cpu> ctx;
  auto network = kd::encoder::make(
      ctx, kd::layer::sequential(kd::layer::linear(3, 2), kd::layer::relu{}, kd::layer::linear(2, 1)));
  kd::encoder::import_torch(ctx, network, path);
  std::remove(path);

  const kd::matrix<float, cpu> x(ctx, 2, 3, std::vector<float>{1, 0, 1, 0, 1, -1});
  kd::matrix<float, cpu> y(ctx, 2, network.dimension());
  network.encode(ctx, x, y.view());
  std::printf("%.1f\n", y.view()(0, 0));  // 10 max(1 + 3 - 5, 0) + max(4 + 6, 0) + 0.5
  std::printf("%.1f\n", y.view()(1, 0));  // 10 max(2 - 3 - 5, 0) + max(5 - 6, 0) + 0.5
} catch (const kd::error& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}

// It prints
//   10.5
//   0.5
