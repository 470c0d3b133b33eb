// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "any_loss.hpp"

namespace image {

/// What a loss has to know of the work.
struct loss_sizes {
  kindred::index_t classes;    ///< of the training half
  kindred::index_t dimension;  ///< numbers of an embedding
  std::string miner;           ///< of the loss "triplet"
};

/// A loss of the program by its name on the command line.
struct loss_kind {
  const char* name;
  const char* title;
};

/// The losses in the order in which they are shown, and the miners that "triplet" may take.
const std::vector<loss_kind>& known_losses();
const std::vector<std::string>& known_miners();

/// The known losses of these names. Errors  kindred::argument_error for an unknown name or one that comes twice.
std::vector<loss_kind> losses_named(const std::vector<std::string>& names);

/// How much larger the rate of a loss's own numbers is than the encoder's.
double own_rate(const std::string& name);

}  // namespace image
