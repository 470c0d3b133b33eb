// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/layer/batch_norm.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/layer/embedding.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/retrieval/engine.hpp>

#include "io/files.hpp"

using namespace kindred;

namespace {

auto spec(index_t in, index_t out) {
  using namespace layer;
  return sequential(linear(in, 5), batch_norm(5), dropout(0.5), linear(5, out));
}
/// A spec that knows its sizes, as an engine needs it.
struct small : decltype(spec(3, 2)) {
  small() : decltype(spec(3, 2))(spec(3, 2)) {}
};

std::vector<float> counted(index_t count) {
  std::vector<float> v;
  for (index_t i = 0; i < count; ++i) v.push_back(0.01f * static_cast<float>(i % 97) - 0.3f);
  return v;
}
std::vector<float> listed(vector_view<const float, cpu> v) { return {v.begin(), v.end()}; }

}  // namespace

TEST_CASE("encoding is the layer in mode infer, whatever kind of rows comes, and changes nothing") {
  context<cpu> ctx;
  auto net = encoder::make(ctx, spec(3, 2), 1);
  static_assert(encoder::Trainable<decltype(net)>);
  static_assert(encoder::Encoder<decltype(net), cpu, const matrix<float, cpu>&>);
  static_assert(!encoder::Encoder<decltype(net), cpu, const matrix<double, cpu>&>);
  static_assert(!encoder::Encoder<decltype(net), cpu, const std::string&>);
  CHECK(net.dimension() == 2);
  net.buffers()(0) = 0.5f;
  const auto weights = listed(net.weights()), buffers = listed(net.buffers());
  const matrix<float, cpu> x(ctx, 4, 3, counted(12));
  matrix<float, cpu> wanted(ctx, 4, 2), vectors(ctx, 4, 2);
  vector<float, cpu> cache(ctx, net.cache_size(shape::vectors(4, 3)));
  net.forward(ctx, batch_view<const float, cpu>(x.view()), batch_view<float, cpu>(wanted.view()), cache.view(),
              layer::mode::infer);
  net.encode(ctx, x, vectors.view());
  CHECK(vectors.to_host() == wanted.to_host());
  net.encode(ctx, x.view(), vectors.view());
  CHECK(vectors.to_host() == wanted.to_host());
  batch<float, cpu> items(ctx, 4, 1, 3);
  ctx.copy(items.view().values.data(), x.data(), 48);
  net.encode(ctx, items, vectors.view());
  CHECK(vectors.to_host() == wanted.to_host());
  CHECK(listed(net.weights()) == weights);
  CHECK(listed(net.buffers()) == buffers);
  net.encode(ctx, x.view().middle_rows(0, 0), vectors.view().middle_rows(0, 0));
  CHECK_THROWS_WITH_AS(net.encode(ctx, x, wanted.view().middle_rows(0, 3)),
                       doctest::Contains("expected vectors of 4 x 2, got 3 x 2"), shape_error);
  CHECK_THROWS_AS(net.encode(ctx, x.view().middle_cols(0, 2), vectors.view()), shape_error);
}

TEST_CASE("a network refuses a cache that is too small, and sizes that no memory can hold") {
  context<cpu> ctx;
  auto net = encoder::make(ctx, spec(3, 2), 1);
  const matrix<float, cpu> x(ctx, 5, 3);
  matrix<float, cpu> y(ctx, 5, 2), dx(ctx, 5, 3);
  vector<float, cpu> cache(ctx, net.cache_size(shape::vectors(5, 3)) - 1);
  const batch_view<const float, cpu> in(x.view()), out(y.view());
  const auto refused = [](auto call) {
    CHECK_THROWS_WITH_AS(call(), doctest::Contains("expected a cache of"), shape_error);
  };
  refused([&] { net.forward(ctx, in, batch_view<float, cpu>(y.view()), cache.view()); });
  refused([&] { net.infer(ctx, in, batch_view<float, cpu>(y.view()), cache.view()); });
  refused([&] { net.backward(ctx, in, out, out, batch_view<float, cpu>(dx.view()), cache.view()); });
  CHECK_THROWS_AS(encoder::make(ctx, layer::linear(6148914691236517205, 3)), argument_error);
  CHECK_THROWS_AS(encoder::make(ctx, layer::embedding(index_t(1) << 33, index_t(1) << 31)), argument_error);
}

TEST_CASE("many items go through in parts with the bytes of one by one, and memory stays bounded") {
  context<cpu> ctx;
  // 64 MiB of cache hold 41943 items of 400 numbers
  const auto wide = encoder::make(ctx, layer::sequential(layer::linear(1, 400), layer::linear(400, 2)), 1);
  const index_t n = 100000;
  const matrix<float, cpu> x(ctx, n, 1, counted(n));
  matrix<float, cpu> vectors(ctx, n, 2), single(ctx, 1, 2);
  wide.encode(ctx, x, vectors.view());
  CHECK(ctx.scratch().capacity() < (index_t(70) << 20));
  for (const index_t i : {index_t(0), index_t(41942), index_t(41943), n - 1}) {
    wide.encode(ctx, x.view().middle_rows(i, 1), single.view());
    CHECK(single.view()(0, 0) == vectors.view()(i, 0));
    CHECK(single.view()(0, 1) == vectors.view()(i, 1));
  }
  // sentences of 0, 1, 2 or 3 words out of 5, each word 40000 numbers: at most 139 sentences at a time
  const index_t width = 40000, sentences = 300;
  const auto words = encoder::make(ctx, layer::sequential(layer::embedding(5, width), layer::mean_pool{}), 2);
  std::vector<label_t> ids;
  std::vector<index_t> offsets{0};
  for (index_t s = 0; s < sentences; ++s) {
    for (index_t w = 0; w < s % 4; ++w) ids.push_back(static_cast<label_t>((s + w) % 5));
    offsets.push_back(static_cast<index_t>(ids.size()));
  }
  const vector<label_t, cpu> on_device(ctx, ids);
  const vector<index_t, cpu> at(ctx, offsets);
  const tokens<const float, cpu> text(on_device.view(), at.view(), sentences, 3);
  matrix<float, cpu> meanings(ctx, sentences, width);
  words.encode(ctx, text, meanings.view());
  for (const index_t s : {index_t(0), index_t(1), index_t(138), index_t(139), index_t(140), index_t(299)})
    for (index_t c = 0; c < width; c += 3333) {
      double mean = 0;
      for (index_t w = 0; w < s % 4; ++w)
        mean += static_cast<double>(words.weights()(((s + w) % 5) * width + c)) / static_cast<double>(s % 4);
      CHECK(meanings.view()(s, c) == doctest::Approx(mean));
    }
}

TEST_CASE("networks come back from a file with the same bytes, by name and readable elsewhere") {
  context<cpu> ctx;
  const temporary_folder folder;
  const std::string path = folder / "net.safetensors";
  auto net = encoder::make(ctx, spec(3, 2), 1, shape::vectors(1, 3));
  net.buffers()(2) = 7;
  net.save(path);
  const auto again = decltype(net)::load(ctx, spec(3, 2), path);
  CHECK(listed(again.weights()) == listed(net.weights()));
  CHECK(listed(again.buffers()) == listed(net.buffers()));
  CHECK(again.item() == net.item());
  const io::safetensors file(path);
  CHECK(file.metadata("type") == "network 1");
  CHECK(file.metadata("spec") == net.spec().description());
  CHECK(file.shape("0.weight") == std::vector<index_t>{3, 5});
  CHECK(file.shape("3.bias") == std::vector<index_t>{2});
  CHECK(file.load_matrix<float>(ctx, "3.weight").to_host()[9] == net.weights()(20 + 10 + 9));
  CHECK(file.load_vector<float>(ctx, "1.running_mean").to_host()[2] == 7);

  // another spec is named beside the one wanted
  const std::string refused = refusal([&] { decltype(net)::load(ctx, spec(3, 4), path); });
  CHECK(refused.find(spec(3, 4).description()) != std::string::npos);
  CHECK(refused.find(spec(3, 2).description()) != std::string::npos);
}

TEST_CASE("missing, surplus and misshapen tensors are one error, and nothing changes then") {
  context<cpu> ctx;
  const temporary_folder folder;
  auto net = encoder::make(ctx, spec(3, 2), 1);
  const auto before = listed(net.weights());
  const auto write = [&](auto change) {
    io::safetensors_writer file;
    file.metadata("p.type", "network 1");
    file.metadata("p.spec", net.spec().description());
    file.metadata("p.item", "3 1 0 0");
    file.metadata("other.type", "something");
    file.add("other.weights", std::vector<float>{1, 2});
    change(file);
    file.write(folder / "file");
  };
  const auto tensor = [](std::vector<index_t> s, float value) {
    index_t count = 1;
    for (const index_t n : s) count *= n;
    return std::pair(s, std::vector<float>(static_cast<std::size_t>(count), value));
  };
  const auto add = [&](io::safetensors_writer& file, const std::string& name, std::vector<index_t> s) {
    auto [shape, numbers] = tensor(s, 2);
    file.add("p." + name, shape, numbers);
  };
  const auto rest = [&](io::safetensors_writer& file) {
    for (const char* name : {"0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_variance"})
      add(file, name, {5});
  };
  write([&](io::safetensors_writer& file) {
    rest(file);
    add(file, "0.weight", {5, 3});
    add(file, "3.bias", {2});
    add(file, "4.weight", {1});
  });
  const std::string refused = refusal([&] { net.restore(ctx, io::safetensors(folder / "file"), "p."); });
  for (const char* problem :
       {"p.0.weight: expected 3 x 5, got 5 x 3", "p.3.weight is missing", "p.4.weight is not expected"})
    CHECK(refused.find(problem) != std::string::npos);
  CHECK(refused.find("other") == std::string::npos);
  CHECK(listed(net.weights()) == before);
  write([&](io::safetensors_writer& file) {
    rest(file);
    add(file, "0.weight", {3, 5});
    add(file, "3.weight", {5, 2});
    add(file, "3.bias", {1, 2});  // a row may have two axes
  });
  net.restore(ctx, io::safetensors(folder / "file"), "p.");
  for (const float w : listed(net.weights())) CHECK(w == 2);
  for (const char* item : {"", "3 1 0", "3 1 0 2", "3 1 0 0 ", "3,1 0 0", "-3 1 0 0", "9999999999999999999 1 0 0"}) {
    io::safetensors_writer file;
    file.metadata("type", "network 1");
    file.metadata("spec", net.spec().description());
    file.metadata("item", item);
    io::weights<float, cpu> list;
    vector<float, cpu> w(ctx, 47), b(ctx, 10);
    list.add(w, [&](auto visit) { net.spec().parameters(visit); });
    list.add(b, [&](auto visit) { net.spec().buffers(visit); });
    list.save(file, "");
    file.write(folder / "item");
    CHECK(refusal([&] { decltype(net)::load(ctx, net.spec(), folder / "item"); }).find("metadata item") !=
          std::string::npos);
  }
}

TEST_CASE("an engine encodes with a network, and is saved and loaded with it") {
  context<cpu> ctx;
  const temporary_folder folder;
  const matrix<float, cpu> x(ctx, 20, 3, counted(60));
  retrieval::engine made(ctx, encoder::make(ctx, small{}, 1), similarity::cosine{});
  made.add(ctx, x);
  const auto found = made.search(ctx, x, 3);
  made.save(folder / "engine");
  const auto again = decltype(made)::load(ctx, folder / "engine");
  CHECK(again.search(ctx, x, 3).ids.to_host() == found.ids.to_host());
  CHECK(again.search(ctx, x, 3).scores.to_host() == found.scores.to_host());
}
