// SPDX-License-Identifier: Apache-2.0
// Losses on triplets that a miner chooses: a template on the device.
#pragma once

#include <kindred/loss/margin.hpp>
#include <kindred/loss/on_scores.hpp>
#include <kindred/loss/triplet.hpp>
#include <kindred/miner/all.hpp>
#include <kindred/miner/batch_hard.hpp>
#include <kindred/miner/distance_weighted.hpp>
#include <kindred/miner/easy.hpp>
#include <kindred/miner/margin_band.hpp>
#include <kindred/miner/random.hpp>
#include <kindred/miner/semi_hard.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/similarity/euclidean.hpp>

#include "losses.hpp"

namespace image {

/// Null where the name is of no loss on triplets. Embeddings have length 1, so scores are cosines: squared distances
/// are 2 - 2 cosine, and FaceNet's margin of 0.2 between them is one of 0.1 here.
template <kindred::Device D>
std::shared_ptr<any_loss<D>> make_loss_of_triplets(const std::string& name, const loss_sizes& sizes) {
  namespace loss = kindred::loss;
  namespace miner = kindred::miner;
  const auto triplet = [](auto chosen) {
    const loss::triplet<decltype(chosen)> l{.margin = 0.1, .miner = chosen};
    return std::make_shared<any_loss<D>>(
        loss::on_scores<kindred::similarity::dot, loss::triplet<decltype(chosen)>>{{}, l});
  };
  const std::string chosen = name == "triplet" ? sizes.miner : "semi_hard";
  if (name == "triplet_batch_hard") {
    // as Hermans et al. 2017: soft margin on distances, not their squares, whose gradient does not vanish where the
    // hardest pairs have drawn all embeddings together (there the hinge on squares stays, its loss being the margin)
    using hermans = loss::triplet<miner::batch_hard, loss::soft_margin>;
    return std::make_shared<any_loss<D>>(
        loss::on_scores<kindred::similarity::negative_euclidean, hermans>{{}, {.margin = 0}});
  }
  if (name == "margin") {
    const loss::margin<> l{.miner = {.dimensions = sizes.dimension}};
    return std::make_shared<any_loss<D>>(loss::on_scores<kindred::similarity::dot, loss::margin<>>{{}, l});
  }
  if (!name.starts_with("triplet") && name != "daml") return nullptr;
  if (chosen == "batch_hard") return triplet(miner::batch_hard{});
  if (chosen == "all") return triplet(miner::all{});
  if (chosen == "easy") return triplet(miner::easy{});
  if (chosen == "random") return triplet(miner::random{});
  if (chosen == "margin_band") return triplet(miner::margin_band{});
  return triplet(miner::semi_hard{});
}

}  // namespace image
