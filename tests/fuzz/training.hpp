// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/data/batches.hpp>
#include <kindred/data/labelled_features.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/layer/batch_norm.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/loss/proxy_nca.hpp>
#include <kindred/optimizer/sgd.hpp>
#include <kindred/train/checkpoint.hpp>
#include <kindred/train/epochs.hpp>
#include <kindred/train/proxy.hpp>

#include "target.hpp"

namespace fuzz {

/// Checkpoints of training, and the network in them.
struct training {
  static constexpr const char* alphabet = "{}[]:,\"dtypeshape_offsetstrainer.encoder.loop.0123456789FI ";

  static std::vector<std::string> seeds() { return {fixture("train/checkpoint_1.safetensors")}; }

  /// What the seed was saved from: one epoch and a batch of the second, with a validation.
  struct parts {
    using network = decltype(kindred::encoder::make(
        std::declval<kindred::context<kindred::cpu>&>(),
        kindred::layer::sequential(kindred::layer::linear(2, 3), kindred::layer::batch_norm(3))));
    using trainer_type =
        kindred::train::proxy<network, kindred::loss::proxy_nca, kindred::optimizer::sgd, kindred::optimizer::sgd>;
    using set_type = kindred::data::labelled_features<float, kindred::cpu>;

    kindred::context<kindred::cpu> ctx;
    kindred::matrix<float, kindred::cpu> x;
    kindred::vector<kindred::label_t, kindred::cpu> labels;
    set_type set;
    kindred::data::batches sampler;
    network net;
    trainer_type trainer;
    kindred::train::epochs<trainer_type, set_type, kindred::data::batches> loop;

    parts()
        : x(ctx, 6, 2, std::vector<float>{0, 1, 0, 2, 1, 0, 2, 0, 1, 1, 2, 2}),
          labels(ctx, std::vector<kindred::label_t>{0, 0, 1, 1, 0, 1}),
          set(x, labels),
          sampler(set, {.size = 2}),
          net(ctx, kindred::layer::sequential(kindred::layer::linear(2, 3), kindred::layer::batch_norm(3)), 1),
          trainer(ctx, net, kindred::loss::proxy_nca(2, 3), {.rate = 0.1}, {.rate = 1}, {.accumulate = 2}),
          loop(trainer, set, sampler, {.epochs = 3}) {}

    void run_to_seed() {
      kindred::index_t steps = 0;
      loop.run([] { return 0.5; },
               [&](const kindred::train::epochs_progress& p) { return p.epoch_ended || ++steps < 5; });
    }
  };

  static bool load(std::span<const std::byte> bytes) {
    using namespace kindred;
    bool loaded = false;
    loads([&] {
      const io::safetensors file(bytes, "memory", limits);
      parts p;
      loads([&] {
        train::checkpoint::resume(file, p.trainer, p.loop);
        loaded = true;
        check(p.loop.epoch() >= 0);
      });
      loads([&] {
        const auto net = parts::network::load(p.ctx, p.net.spec(), file, "trainer.encoder.");
        loaded = true;
        check(net.weights().size() == p.net.weights().size());
      });
    });
    return loaded;
  }
};

}  // namespace fuzz
