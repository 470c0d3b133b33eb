// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/data/labelled_features.hpp>
#include <kindred/data/paired_features.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/generative/autoencoder_trainer.hpp>
#include <kindred/generative/daml_trainer.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/layer/flatten.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/loss/info_nce.hpp>
#include <kindred/loss/proxy_nca.hpp>
#include <kindred/optimizer/sgd.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/train/checkpoint.hpp>
#include <kindred/train/proxy.hpp>
#include <kindred/train/two_tower.hpp>

#include "io/files.hpp"

using namespace kindred;

namespace {

auto spec(index_t in, index_t out) { return layer::sequential(layer::linear(in, out)); }

/// What every trainer learned in one step from items on the host, and after a checkpoint.
template <Device D>
std::vector<float> learned() {
  context<cpu> host;
  context<D> ctx;
  std::vector<float> numbers;
  std::vector<label_t> labels;
  for (index_t i = 0; i < 12 * 5; ++i)
    numbers.push_back(static_cast<float>(random::normal(1, 2, static_cast<std::uint64_t>(i))));
  for (label_t i = 0; i < 12; ++i) labels.push_back(i / 3);
  const matrix<float, cpu> x(host, 12, 5, numbers);
  const vector<label_t, cpu> y(host, labels);
  const data::labelled_features set(x, y);
  const data::paired_features pairs(x, x, y);
  const std::vector<index_t> rows{0, 1, 2, 3, 4, 5, 8, 9, 10};
  const auto batch = set.gather(ctx, rows);
  const auto both = pairs.gather(ctx, rows);
  auto a = encoder::make(ctx, spec(5, 4), 1), b = encoder::make(ctx, spec(5, 4), 2),
       back = encoder::make(ctx, spec(5, 5), 3);
  auto front = encoder::make(ctx, layer::sequential(layer::flatten{}), 0);
  auto generator = encoder::make(ctx, spec(15, 5), 4);
  const optimizer::sgd descent{.rate = 0.1};
  const loss::info_nce contrast{.temperature = 0.5};
  std::vector<float> all;
  const auto collect = [&](auto& trainer) {
    trainer.visit_learned([&](vector_view<float, D> v) {
      std::vector<float> copy(static_cast<std::size_t>(v.size()));
      ctx.copy_to_host(copy.data(), v.data(), v.size() * static_cast<index_t>(sizeof(float)));
      ctx.synchronize();
      all.insert(all.end(), copy.begin(), copy.end());
    });
  };
  train::siamese siamese(ctx, a, similarity::dot{}, contrast, descent);
  all.push_back(siamese.step(batch));
  collect(siamese);
  train::proxy proxy(ctx, a, loss::proxy_nca(4, 4), descent, descent);
  all.push_back(proxy.step(batch));
  collect(proxy);
  const temporary_folder folder;
  train::checkpoint::save(folder / "run", proxy);
  proxy.step(batch);
  train::checkpoint::resume(folder / "run", proxy);
  collect(proxy);
  train::two_tower towers(ctx, a, b, similarity::dot{}, contrast, descent);
  all.push_back(towers.step(both));
  collect(towers);
  generative::autoencoder_trainer same(ctx, back, loss::reconstruction{}, descent);
  all.push_back(same.step(batch));
  collect(same);
  generative::daml_trainer duel(ctx, front, b, generator, similarity::dot{}, contrast, optimizer::sgd{.rate = 0.01},
                                optimizer::sgd{.rate = 1e-3});
  all.push_back(duel.step(batch));
  all.push_back(duel.generator_value());
  collect(duel);
  return all;
}

}  // namespace

TEST_CASE("trainers learn on the GPU what they learn on the host") {
  const auto want = learned<cpu>(), got = learned<cuda>();
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(std::fabs(double(got[i]) - double(want[i])) < 1e-4 * (1 + std::fabs(double(want[i]))));
}
