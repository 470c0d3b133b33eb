// SPDX-License-Identifier: Apache-2.0
#include <kindred/encoder/network.hpp>
#include <kindred/encoder/sentence_cnn.hpp>
#include <kindred/encoder/set_word_vectors.hpp>
#include <kindred/io/safetensors.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/layer/conv1d.hpp>

#include "layer/harness.hpp"

using namespace kindred;
using items = layer_input;
using layer::embedding_tables;

TEST_CASE("convolution, relu and maximum over time in one have the right gradients, over ragged, short and empty items") {
  const std::vector<items> small{items::ragged({3, 1, 0, 4}, 2), items::sequences(2, 3, 2), items::vectors(2, 2),
                                 items::vectors(0, 2), items::ragged({0, 0}, 2)};
  check_layer(layer::conv1d_max(2, 3, {1, 2, 4}), small);
  check_layer(layer::conv1d_max(2, 17, {3}, {.padding = false, .padding_counts = true}), {small[0], small[1]});
}
