// SPDX-License-Identifier: Apache-2.0
// What training is whatever is trained: pictures in batches, moved a little, epoch after epoch, with checkpoints.
#pragma once

#include <algorithm>
#include <filesystem>
#include <kindred/core/random.hpp>
#include <kindred/data/labelled_features.hpp>
#include <kindred/data/random_affine.hpp>
#include <kindred/io/safetensors.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/optimizer/adam.hpp>
#include <kindred/optimizer/schedule.hpp>
#include <progress.hpp>

#include "batches.hpp"
#include "pictures.hpp"
#include "settings.hpp"

namespace image {

using rate_over_time = kindred::optimizer::scheduled<kindred::optimizer::adam, kindred::optimizer::cosine_decay>;

/// The rate of the settings at the start, none at the end of training.
inline rate_over_time falling_rate(const picture_set& set, const settings& how) {
  rate_over_time rate;
  rate.rate = how.rate;
  rate.schedule.period = static_cast<std::uint64_t>(how.epochs * std::max<index_t>(1, batch_source(set, how).length()));
  return rate;
}

/// The pictures of a half, some at a time, to vectors on the host, one row each.
template <kindred::Device D, class Encode>
std::vector<float> in_bands(kindred::context<D>& ctx, const half& h, const picture_set& set, index_t columns,
                            Encode encode) {
  constexpr index_t band = 256;
  std::vector<float> out;
  out.reserve(static_cast<std::size_t>(h.size() * columns));
  for (index_t first = 0; first < h.size(); first += band) {
    const index_t count = std::min(band, h.size() - first);
    kindred::batch<float, D> pictures(ctx, count, set.height * set.width, set.channels, set.height);
    kindred::matrix<float, D> vectors(ctx, count, columns);
    ctx.copy_from_host(pictures.view().values.data(), h.pixels.data() + first * set.numbers(),
                       count * set.numbers() * static_cast<index_t>(sizeof(float)));
    encode(pictures, vectors.view());
    const auto host = vectors.to_host();
    out.insert(out.end(), host.begin(), host.end());
  }
  return out;
}

/// What has to be equal for a checkpoint to be gone on with.
inline std::string fingerprint(const loss_kind& kind, const picture_set& set, const settings& how) {
  const auto text = [](auto... values) { return ((std::to_string(values) + " ") + ...); };
  return std::string(kind.name) + " " + (kind.name == std::string("triplet") ? how.miner + " " : "") +
         text(how.seed, how.epochs, how.batch, how.per_class, how.rate, how.rotation, how.shift, how.scale,
              int(how.flip), how.hops, set.links.size(), set.train.size(), set.train.classes());
}

/// Trains with trainer.step(pictures, labels) for every batch and keeps checkpoints, from which it goes on.
template <kindred::Device D, class Trainer>
std::vector<double> over_epochs(kindred::context<D>& ctx, const loss_kind& kind, const picture_set& set,
                                const settings& how, Trainer& trainer, presentation::progress& told) {
  namespace kd = kindred;
  const auto host = [&] {
    return kd::batch_view<const float, kd::cpu>(
        {set.train.pixels.data(), set.train.size() * set.height * set.width, set.channels}, {}, set.train.size(),
        set.height * set.width, set.height);
  }();
  const kd::vector_view<const label_t, kd::cpu> labels(set.train.labels.data(), set.train.size());
  const kd::data::labelled_features<float, kd::cpu> pictures(host, labels);
  const batch_source batches(set, how);
  const kd::data::random_affine augmentation{
      .rotation = how.rotation, .shift = how.shift, .scale = how.scale, .flip = how.flip, .border = set.background};
  std::vector<double> curve;
  const std::string path = how.checkpoints.empty() ? "" : how.checkpoints + "/" + kind.name + ".safetensors";
  const std::string print = fingerprint(kind, set, how);
  if (!path.empty() && std::filesystem::exists(path)) {
    const kd::io::safetensors file(path);
    kd::expects<kd::io_error>(file.metadata("run") == print,
                              "{}: got a checkpoint of the run '{}', expected one of '{}'", path, file.metadata("run"),
                              print);
    trainer.resume(file, "trainer.");
    const auto done = file.template load_vector<double>(ctx, "curve").to_host();
    curve.assign(done.begin(), done.end());
    for (std::size_t i = 0; i < curve.size() * static_cast<std::size_t>(batches.length()); ++i)
      told.step(std::string(kind.name) + ", resumed");
  }
  kd::data::labelled_batch<float, D> batch(ctx);
  kd::data::item_batch<float, D> moved(ctx);
  for (auto epoch = static_cast<index_t>(curve.size()); epoch < how.epochs; ++epoch) {
    double sum = 0;
    batches(epoch, [&](std::span<const index_t> rows, std::span<const label_t> own,
                       const kd::data::graph_sampler::links* links) {
      pictures.gather(ctx, rows, batch);
      if (!links) batch.set_labels(ctx, own);
      moved.reshape(ctx, batch.x().shape());
      augmentation(ctx, batch.x(), moved.view(), kd::random::bits(how.seed, 1, trainer.steps()));
      const kd::batch_view<const float, D> x(moved.view());
      if constexpr (D::host_memory && requires { trainer.step(x, links->relation()); })
        sum += (links ? trainer.step(x, links->relation()) : trainer.step(x, batch.labels())).get();
      else
        sum += trainer.step(x, batch.labels()).get();
      told.step(std::string(kind.name) + ", epoch " + std::to_string(epoch + 1));
    });
    curve.push_back(sum / static_cast<double>(batches.length()));
    if (!path.empty()) {
      kd::io::safetensors_writer file;
      file.metadata("run", print);
      trainer.save(file, "trainer.");
      file.add("curve", curve);
      file.write(path);
    }
  }
  return curve;
}

}  // namespace image
