// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "losses.hpp"

namespace image {

// each is compiled in a file of its own
template <kindred::Device D>
std::shared_ptr<any_loss<D>> make_loss_of_triplets(const std::string& name, const loss_sizes& sizes);
template <kindred::Device D>
std::shared_ptr<any_loss<D>> make_loss_of_batches(const std::string& name, const loss_sizes& sizes);

/// The loss `name`; "daml" gives the one that its encoder is trained with.
template <kindred::Device D>
any_loss<D> make_loss(const std::string& name, const loss_sizes& sizes) {
  if (const auto found = make_loss_of_triplets<D>(name, sizes)) return *found;
  const auto found = make_loss_of_batches<D>(name, sizes);
  kindred::expects<kindred::argument_error>(found != nullptr, "the loss {} is not known", name);
  return *found;
}

}  // namespace image
