// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "losses.hpp"

namespace image {

/// How the encoder is trained.
struct settings {
  std::vector<loss_kind> losses;
  std::string miner = "semi_hard";  ///< of the loss "triplet"
  std::uint64_t seed = 1;
  int threads = 1;
  kindred::index_t epochs = 30, batch = 64, per_class = 4;
  kindred::index_t width = 64, dimension = 128;  ///< channels of the encoder, numbers of an embedding
  double rate = 1e-3;
  double rotation = 15, shift = 0.1, scale = 1.15;  ///< how far training pictures are moved
  bool flip = false;
  kindred::index_t hops = 1;  ///< of the graph: what is linked within them is no negative
  std::string checkpoints;    ///< the folder of checkpoints, or empty
  int lists = 4;              ///< rankings shown
};

}  // namespace image
