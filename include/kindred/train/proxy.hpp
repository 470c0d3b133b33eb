// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/train/siamese.hpp>

namespace kindred::train {

/// Trains one encoder with a loss that learns points of its own, such as one proxy per class, at a rate of its own.
///
///   train::proxy trainer(ctx, encoder, loss::proxy_nca{classes, 128}, optimizer::adam{.rate = 1e-4},
///                        optimizer::adam{.rate = 1e-2});
///
/// A siamese whose loss is a LearnableEmbeddingLoss and whose second optimizer must be named: proxies want a rate far
/// above the encoder's. Labels are those that the loss knows, 0 to classes - 1.
///
/// Complexity, Determinism, Errors   those of siamese.
/// Reference    Movshovitz-Attias et al. 2017; rates: see loss::proxy_nca.
template <encoder::Trainable Encoder, loss::LearnableEmbeddingLoss Loss, optimizer::Optimizer Optimizer,
          optimizer::Optimizer LossOptimizer>
class proxy : public siamese<Encoder, Loss, Optimizer, LossOptimizer> {
 public:
  proxy(context<typename Encoder::device>& ctx, Encoder& encoder, const Loss& loss, const Optimizer& optimizer,
        const LossOptimizer& loss_optimizer, const step_options& options = {})
      : siamese<Encoder, Loss, Optimizer, LossOptimizer>(ctx, encoder, loss, optimizer, loss_optimizer, options) {}
};

}  // namespace kindred::train
