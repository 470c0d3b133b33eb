// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/encoder/torch.hpp>
#include <kindred/io/safetensors.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/batch_norm.hpp>
#include <kindred/layer/conv1d.hpp>
#include <kindred/layer/conv2d.hpp>
#include <kindred/layer/embedding.hpp>
#include <kindred/layer/gru.hpp>
#include <kindred/layer/last_state.hpp>
#include <kindred/layer/layer_norm.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/lstm.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/layer/sequential.hpp>

#include "io/files.hpp"

using namespace kindred;
using namespace kindred::layer;

namespace {

std::string fixture(const std::string& name) {
  return std::string(KINDRED_SOURCE_DIR) + "/tests/data/encoder/torch_" + name + ".safetensors";
}

/// The outputs of PyTorch's module, for its input, with its weights; and back to the same tensors.
template <class Spec, class Input>
void compare(const Spec& spec, const std::string& name, Input input, shape item = shape::vectors(1, 0)) {
  context<cpu> ctx;
  const io::safetensors file(fixture(name));
  auto net = encoder::make(ctx, spec, 1, item);
  encoder::import_torch(ctx, net, file, {.prefix = "model."});
  const auto expected = file.load_matrix<float>(ctx, "y");
  matrix<float, cpu> y(ctx, expected.rows(), expected.cols());
  input(ctx, file, [&](const auto& x) { net.encode(ctx, x, y.view()); });
  for (index_t r = 0; r < y.rows(); ++r)
    for (index_t c = 0; c < y.cols(); ++c)
      CHECK(y.view()(r, c) == doctest::Approx(expected.view()(r, c)).epsilon(1e-5));

  const temporary_folder folder;
  encoder::export_torch(ctx, net, folder / "again", {.prefix = "model."});
  const io::safetensors again(folder / "again");
  for (const std::string& tensor : again.names()) {
    CHECK(again.shape(tensor) == file.shape(tensor));
    CHECK(again.read<float>(tensor).values == file.read<float>(tensor).values);
  }
  for (const std::string& tensor : file.names())
    CHECK(again.contains(tensor) ==
          (tensor != "x" && tensor != "y" && tensor.find("num_batches") == std::string::npos));
}

auto images() {
  return sequential(conv2d(3, 4, 3, {.stride = 2, .padding = 1}), batch_norm(4), relu{},
                    conv2d(4, 4, 3, {.padding = 1, .groups = 2}), global_pool<pooling::average>{}, linear(4, 3),
                    layer_norm(3));
}

}  // namespace

TEST_CASE(
    "import_torch: PyTorch's convolutions, batch norm, LSTM, GRU, embedding and linear layers give PyTorch's outputs") {
  compare(sequential(conv1d(6, 5, 3, {.padding = 1}), batch_norm(5), relu{},
                     lstm(5, 4, {.layers = 2, .bidirectional = true}), last_state(true), linear(8, 3)),
          "sequences", [](auto& ctx, const auto& file, auto encode) {
            const auto x = file.template load_matrix<float>(ctx, "x");
            encode(batch_view<const float, cpu>(x.view(), {}, 4, 9));
          });
  compare(
      images(), "images",
      [](auto& ctx, const auto& file, auto encode) {
        const auto x = file.template load_matrix<float>(ctx, "x");
        encode(batch_view<const float, cpu>(x.view(), {}, 3, 56, 8));
      },
      shape::pictures(1, 8, 7, 3));
  compare(sequential(embedding(7, 5), gru(5, 4), last_state(), linear(4, 3)), "words",
          [](auto& ctx, const auto& file, auto encode) {
            const auto read = file.template read<std::int32_t>("x").values;
            const vector<label_t, cpu> ids(ctx, std::vector<label_t>(read.begin(), read.end()));
            encode(tokens<const float, cpu>(ids.view(), {}, 4, 6));
          });
}

TEST_CASE(
    "import_torch: one error names all tensors that are missing, unexpected or of another shape; the network stays as "
    "it was") {
  context<cpu> ctx;
  auto net = encoder::make(ctx, sequential(linear(3, 2), relu{}, linear(2, 1)), 1);
  const std::vector<float> before(net.weights().begin(), net.weights().end());
  const temporary_folder folder;
  io::safetensors_writer file;
  file.add("0.weight", {3, 2}, std::vector<float>(6));  // in x out, as this library has it
  file.add("0.bias", {2}, std::vector<float>(2));
  file.add("2.weight", {1, 2}, std::vector<float>(2));
  file.add("head.weight", {4}, std::vector<float>(4));
  file.add("1.num_batches_tracked", {1}, std::vector<float>(1));
  file.write(folder / "wrong");
  CHECK_THROWS_WITH_AS(
      encoder::import_torch(ctx, net, folder / "wrong"),
      doctest::Contains(": 0.weight: expected 2 x 3, got 3 x 2; 2.bias is missing; head.weight is not expected"),
      io_error);
  CHECK(std::vector<float>(net.weights().begin(), net.weights().end()) == before);

  // many names are not cut
  auto deep = encoder::make(ctx, images(), 1, shape::pictures(1, 8, 7, 3));
  std::string message;
  try {
    encoder::import_torch(ctx, deep, folder / "wrong", {.prefix = std::string(60, 'p') + "."});
  } catch (const io_error& e) {
    message = e.what();
  }
  for (const char* tensor : {"0.weight", "1.running_mean", "1.running_var", "3.bias", "5.weight", "6.weight", "6.bias"})
    CHECK(message.find(std::string(60, 'p') + "." + tensor + " is missing") != std::string::npos);
}

TEST_CASE("import_torch: tensors by other names, and others that are ignored") {
  context<cpu> ctx;
  const auto spec = sequential(linear(3, 2), relu{}, linear(2, 1));
  auto from = encoder::make(ctx, spec, 1), to = encoder::make(ctx, spec, 2);
  const auto renamed = [](const std::string& name) {
    return (name.front() == '0' ? "hidden" : "head") + name.substr(1);
  };
  const temporary_folder folder;
  io::safetensors_writer file;
  encoder::export_torch(ctx, from, file, {.prefix = "net.", .renamed = renamed});
  file.add("net.unused", {1}, std::vector<float>(1));
  file.write(folder / "named");
  CHECK(io::safetensors(folder / "named").shape("net.hidden.weight") == std::vector<index_t>{2, 3});
  CHECK_THROWS_AS(encoder::import_torch(ctx, to, folder / "named", {.prefix = "net.", .renamed = renamed}), io_error);
  encoder::import_torch(ctx, to, folder / "named", {.prefix = "net.", .renamed = renamed, .ignore_others = true});
  CHECK(std::equal(from.weights().begin(), from.weights().end(), to.weights().begin()));
}
