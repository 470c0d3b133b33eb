// SPDX-License-Identifier: Apache-2.0
#include <kindred/layer/concatenate.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/layer/embedding.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/lstm.hpp>
#include <kindred/layer/max_pool.hpp>
#include <kindred/layer/mean_pool.hpp>
#include <kindred/layer/residual.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/layer/tanh.hpp>

#include "layer/harness.hpp"

using namespace kindred;
using items = layer_input;

TEST_CASE("compositions have the right gradients") {
  const std::vector<items> batches{items::vectors(3, 2), items::vectors(0, 2), items::ragged({2, 0, 3}, 2)};
  using layer::linear;
  check_layer(layer::residual(layer::sequential(linear(2, 3), layer::tanh(), linear(3, 2))), batches);
  check_layer(layer::residual(linear(2, 3), linear(2, 3)), batches);
  check_layer(layer::residual(layer::tanh()), batches);
  check_layer(layer::concatenate(linear(2, 3), layer::tanh(), layer::sequential(layer::dropout(0.3), linear(2, 1))),
              batches);
  // parts without weights in front, behind and alone
  check_layer(layer::sequential(layer::tanh(), linear(2, 3), layer::tanh()), batches);
  check_layer(layer::sequential(layer::tanh()), batches);
  check_layer(layer::sequential(layer::concatenate(layer::mean_pool(), layer::max_pool()), linear(4, 2)), batches);
}
TEST_CASE("a classifier of sentences has the right gradients") {
  check_layer<tokens>(
      layer::sequential(layer::embedding(6, 3), layer::lstm(3, 2), layer::mean_pool(), layer::linear(2, 2)),
      {items::words({3, 0, 2}, {2, 0, 2, 1, 5})});
}
