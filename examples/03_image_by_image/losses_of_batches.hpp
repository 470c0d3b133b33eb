// SPDX-License-Identifier: Apache-2.0
// Losses that look at all of a batch or at proxies: a template on the device.
#pragma once

#include <kindred/loss/info_nce.hpp>
#include <kindred/loss/lifted_structure.hpp>
#include <kindred/loss/multi_similarity.hpp>
#include <kindred/loss/n_pair.hpp>
#include <kindred/loss/on_scores.hpp>
#include <kindred/loss/proxy_nca.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/similarity/euclidean.hpp>

#include "at_length.hpp"
#include "losses.hpp"

namespace image {

/// Null where the name is of no such loss.
template <kindred::Device D>
std::shared_ptr<any_loss<D>> make_loss_of_batches(const std::string& name, const loss_sizes& sizes) {
  namespace loss = kindred::loss;
  using kindred::similarity::dot;
  const auto on_cosines = [](auto l) {
    return std::make_shared<any_loss<D>>(loss::on_scores<dot, decltype(l)>{{}, l});
  };
  if (name == "lifted_structure")
    return std::make_shared<any_loss<D>>(
        at_length<loss::on_scores<kindred::similarity::negative_euclidean, loss::lifted_structure>>{});
  if (name == "n_pair") return std::make_shared<any_loss<D>>(at_length<loss::n_pair>{});
  if (name == "multi_similarity") return on_cosines(loss::multi_similarity{.select = true});
  if (name == "info_nce") return on_cosines(loss::info_nce{.temperature = 0.1});
  // the scale of the squared distances is what sharpens the softmax over unit vectors
  if (name == "proxy_nca")
    return std::make_shared<any_loss<D>>(loss::proxy_nca(sizes.classes, sizes.dimension, {.scale = 8}));
  return nullptr;
}

}  // namespace image
