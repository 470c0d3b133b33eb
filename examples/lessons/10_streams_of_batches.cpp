// SPDX-License-Identifier: Apache-2.0
// Fits CCA to data that never are in memory together: batches are read one after the other and summed up. The result
// has the same bytes as a fit of all rows at once, whatever the sizes of the batches.
#include <algorithm>
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/linalg/covariance_accumulator.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/projection/cca.hpp>
#include <vector>

namespace kd = kindred;
using kd::cpu;

int main() {
  kd::context<cpu> ctx;
  // stands for a file: 1000 rows of 12 image features and 6 text features, of which the first two belong together
  kd::matrix<float, cpu> images(ctx, 1000, 12), texts(ctx, 1000, 6);
  kd::op::fill_normal(ctx, images.view(), 0, 1, 1);
  kd::op::fill_normal(ctx, texts.view(), 0, 1, 2);
  for (kd::index_t i = 0; i < 1000; ++i)
    for (kd::index_t c = 0; c < 2; ++c) texts.view()(i, c) += 3 * images.view()(i, c);

  kd::linalg::covariance_accumulator<float, cpu> sums({12, 6});
  for (kd::index_t first = 0; first < 1000; first += 300) {
    const kd::index_t rows = std::min<kd::index_t>(300, 1000 - first);  // 300, 300, 300, 100
    sums.add(ctx, images.view().middle_rows(first, rows), texts.view().middle_rows(first, rows));
  }
  const kd::projection::cca learner{.dimensions = 3};
  const auto streamed = learner.fit(ctx, sums), whole = learner.fit(ctx, images, texts);
  for (const double rho : streamed.correlations()) std::printf("canonical correlation %.2f\n", rho);

  const auto a = streamed.first(ctx, images), b = whole.first(ctx, images);  // 1000 x 3 each
  std::printf("same values as a fit of all rows: %s\n",
              kd::to_host(ctx, a.view()) == kd::to_host(ctx, b.view()) ? "yes" : "no");
}

// It prints
//   canonical correlation 0.95
//   canonical correlation 0.95
//   canonical correlation 0.13
//   same values as a fit of all rows: yes
