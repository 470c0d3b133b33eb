// SPDX-License-Identifier: Apache-2.0
#include <kindred/layer/activation.hpp>
#include <kindred/layer/attention_pool.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/layer/embedding.hpp>
#include <kindred/layer/flatten.hpp>
#include <kindred/layer/l2_normalize.hpp>
#include <kindred/layer/last_state.hpp>
#include <kindred/layer/layer_norm.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/pooling.hpp>

#include "layer/harness.hpp"

using namespace kindred;
using items = layer_input;

namespace {

const std::vector<items> batches{items::vectors(5, 3),      items::vectors(1, 3),        items::vectors(0, 3),
                                 items::sequences(2, 3, 3), items::ragged({2, 0, 3}, 3), items::pictures(2, 2, 2, 3)};

}  // namespace

TEST_CASE("linear has the right gradients") { check_layer(layer::linear(3, 4), batches); }
TEST_CASE("activations have the right gradients") {
  check_layer(layer::relu(), batches);
  check_layer(layer::leaky_relu(0.2), batches);
  check_layer(layer::tanh(), batches);
  check_layer(layer::sigmoid(), batches);
  check_layer(layer::gelu(), batches);
  check_layer(layer::gelu(layer::gelu_form::tanh), batches);
}
TEST_CASE("dropout has the right gradients, training or not") {
  check_layer(layer::dropout(0.4), batches);
  check_layer(layer::dropout(0.4), batches, {.mode = layer::mode::infer});
  check_layer(layer::dropout(1), batches);
}
TEST_CASE("norms have the right gradients") {
  check_layer(layer::layer_norm(3), batches);
  check_layer(layer::layer_norm(40, {.epsilon = 0.1}), {items::vectors(3, 40)});
  check_layer(layer::l2_normalize(), batches);
}
TEST_CASE("pools over sequences have the right gradients") {
  check_layer(layer::mean_pool(), batches);
  check_layer(layer::max_pool(), batches);
  check_layer(layer::last_state(), batches);
  check_layer(layer::last_state(true), {items::ragged({2, 0, 3, 1}, 4)});
  check_layer(layer::attention_pool(3), batches);
  check_layer(layer::attention_pool(3, {.hidden = 4}), batches);
}
TEST_CASE("flatten has the right gradients") {
  check_layer(layer::flatten(),
              {items::vectors(5, 3), items::vectors(0, 3), items::sequences(2, 3, 3), items::pictures(2, 2, 3, 2)});
}
TEST_CASE("embedding has the right gradients") {
  const std::vector<items> words{items::words({3, 0, 4, 1}, {2, 0, 2, 1, 5, -1, 2, 7}), items::words({}, {})};
  check_layer<tokens>(layer::embedding(6, 3), words);
  check_layer<tokens>(layer::embedding(6, 40, {.padding = 3}), words);
}

TEST_CASE("forward and backward equal PyTorch's") {
  const auto equal = [](const char* name, const auto& layer, const items& in) {
    check_fixture("layer/rows.txt", name, layer, in);
  };
  const items rows = items::vectors(4, 3), ragged = items::ragged({2, 0, 3, 1}, 3);
  equal("linear", layer::linear(3, 5), rows);
  equal("relu", layer::relu(), rows);
  equal("leaky_relu", layer::leaky_relu(0.2), rows);
  equal("tanh", layer::tanh(), rows);
  equal("sigmoid", layer::sigmoid(), rows);
  equal("gelu", layer::gelu(), rows);
  equal("gelu_tanh", layer::gelu(layer::gelu_form::tanh), rows);
  equal("layer_norm", layer::layer_norm(3), rows);
  equal("l2_normalize", layer::l2_normalize(), rows);
  equal("mean_pool", layer::mean_pool(), ragged);
  equal("max_pool", layer::max_pool(), ragged);
  equal("last_state", layer::last_state(true), items::ragged({2, 0, 3, 1}, 4));
  equal("attention", layer::attention_pool(3), ragged);
  equal("attention_hidden", layer::attention_pool(3, {.hidden = 4}), ragged);
  check_fixture<tokens>("layer/rows.txt", "embedding", layer::embedding(6, 2, {.padding = 1}),
                        items::words({6}, {3, 0, 3, 1, 5, 3}));
}
