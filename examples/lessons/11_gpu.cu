// SPDX-License-Identifier: Apache-2.0
// Searches on an NVIDIA GPU: kd::cuda takes the place of kd::cpu, and the results come back by to_host. A .cu file
// links kindred::compiled and kindred::cuda.
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/index/flat.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/similarity/cosine.hpp>

namespace kd = kindred;

template <kd::Device D>
void search(const char* name) {
  kd::context<D> ctx;
  kd::matrix<float, D> gallery(ctx, 1000, 32);
  kd::op::fill_normal(ctx, gallery.view(), 0, 1, 1);
  kd::index::flat<float, D, kd::similarity::cosine> index(ctx, gallery.cols());
  index.add(ctx, gallery);
  const auto hits = index.search(ctx, gallery.view().middle_rows(7, 1), 2);
  const auto ids = kd::to_host(ctx, hits.ids.view());
  const auto scores = kd::to_host(ctx, hits.scores.view());
  for (std::size_t j = 0; j < 2; ++j)
    std::printf("%s: id %d, cosine %.2f\n", name, static_cast<int>(ids[j]), scores[j]);
}

int main() try {
  search<kd::cpu>("cpu");
  search<kd::cuda>("gpu");
} catch (const kd::device_error& e) {  // no GPU, or a driver that does not fit
  std::printf("%s\n", e.what());
}

// It prints
//   cpu: id 7, cosine 1.00
//   cpu: id 793, cosine 0.48
//   gpu: id 7, cosine 1.00
//   gpu: id 793, cosine 0.48
