// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <progress.hpp>
#include <vector>

#include "losses.hpp"
#include "pictures.hpp"
#include "settings.hpp"

namespace image {

/// Embeddings of the test half and how training went.
struct trained {
  std::vector<float> embeddings;
  std::vector<double> curve;
  double seconds = 0;
};

/// Deep adversarial metric learning over the semi-hard triplet loss: the encoder in two parts, and a generator that
/// makes negatives of what the first part gives. The encoder learns alone for a quarter of the steps, then the
/// generator for a twentieth, then both. Compiled in a file of its own.
/// Errors  kindred::argument_error with links, since it wants classes.
template <kindred::Device D>
trained train_daml(kindred::context<D>& ctx, const loss_kind& kind, const picture_set& set, const settings& how,
                   presentation::progress& told);

}  // namespace image
