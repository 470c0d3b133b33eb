// SPDX-License-Identifier: Apache-2.0
#include <kindred/layer/gru.hpp>
#include <kindred/layer/lstm.hpp>

#include "layer/harness.hpp"

using namespace kindred;
using items = layer_input;

TEST_CASE("lstm and gru have the right gradients") {
  const std::vector<items> small{items::ragged({3, 1, 0, 4}, 2), items::sequences(2, 3, 2), items::vectors(2, 2),
                                 items::vectors(0, 2), items::ragged({0, 0}, 2)};
  check_layer(layer::lstm(2, 3), small);
  check_layer(layer::lstm(2, 3, {.layers = 2, .bidirectional = true}), {small[0]});
  check_layer(layer::gru(2, 3), small);
  check_layer(layer::gru(2, 3, {.layers = 2, .bidirectional = true}), {small[0]});
}

TEST_CASE("lstm and gru equal PyTorch's over packed sequences: two layers, both directions") {
  const items sentences = items::ragged({3, 0, 1, 5, 2}, 2);
  const layer::recurrent_options options{.layers = 2, .bidirectional = true};
  check_fixture("layer/rows.txt", "lstm", layer::lstm(2, 2, options), sentences);
  check_fixture("layer/rows.txt", "gru", layer::gru(2, 2, options), sentences);
}
