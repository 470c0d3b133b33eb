// SPDX-License-Identifier: Apache-2.0
#include <kindred/encoder/bidirectional_lstm.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/encoder/sentence_cnn.hpp>
#include <kindred/encoder/sequence_attention.hpp>
#include <kindred/encoder/set_word_vectors.hpp>
#include <kindred/encoder/word_average.hpp>
#include <kindred/io/safetensors.hpp>
#include <kindred/io/safetensors_writer.hpp>

#include "layer/harness.hpp"

using namespace kindred;
using items = layer_input;
using layer::embedding_tables;

namespace {
const std::vector<index_t> lengths{3, 1, 0, 6, 2};
const items words = items::words(lengths, {4, 0, 2, 3, 1, 4, 4, 5, 0, 2, 2, 6});
const items vectors = items::ragged(lengths, 3);
const char* const fixtures = "encoder/sentences.txt";

/// What `net` makes of ids in sentences of the given lengths, one after the other.
template <class Net>
std::vector<float> encoded(context<cpu>& ctx, const Net& net, const std::vector<label_t>& ids,
                           const std::vector<index_t>& sentences) {
  const items in = items::ragged(sentences, 1);
  const vector<label_t, cpu> values(ctx, ids);
  const vector<index_t, cpu> offsets(ctx, in.offsets);
  matrix<float, cpu> y(ctx, in.shape.items, net.dimension());
  net.encode(ctx, tokens<const float, cpu>(values.view(), offsets.view(), in.shape.items, in.shape.longest), y.view());
  return y.to_host();
}
template <class Error, class F>
std::string message(F f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  return "nothing was thrown";
}
}  // namespace

TEST_CASE("encoders of sentences have the right gradients over ragged, short and empty sentences") {
  const std::vector<items> small{items::ragged({3, 1, 0, 4}, 2), items::sequences(2, 3, 2), items::vectors(0, 2),
                                 items::ragged({0, 0}, 2)};
  check_layer(encoder::sentence_cnn(2, {.windows = {1, 2, 4}, .maps = 17, .dropout = 0.25}), small);
  check_layer(encoder::sentence_cnn(2, {.windows = {3}, .maps = 3, .padding = false, .padding_counts = true}),
              {small[0], small[1]});
  check_layer(encoder::bidirectional_lstm(2, {.width = 2, .padding_counts = true}), small);
  check_layer(encoder::sequence_attention(2, {.states = 2, .width = 3}), {small[0], small[2]});
  check_layer(encoder::sequence_attention(2, {.states = 2, .width = 3, .attention = 4}), {small[0], small[2]});
  const layer::embedding both(7, 2, {.tables = embedding_tables::both, .start = 0.5});
  const layer::embedding frozen(7, 2, {.tables = embedding_tables::frozen});
  check_layer<tokens>(encoder::sentence_cnn(both, {.windows = {2}, .maps = 2}), {words});
  check_layer<tokens>(encoder::sentence_cnn(frozen, {.windows = {2}, .maps = 2}), {words});
}

TEST_CASE("encoders of sentences equal PyTorch's numbers and gradients") {
  const encoder::sentence_cnn_options cnn{.windows = {1, 3, 4}, .maps = 2, .dropout = 0};
  auto valid = cnn, padded = cnn;
  valid.padding = false;
  padded.padding_counts = true;
  check_fixture(fixtures, "cnn_alone", encoder::sentence_cnn(3, cnn), vectors);
  check_fixture(fixtures, "cnn_valid", encoder::sentence_cnn(3, valid), vectors);
  check_fixture<tokens>(fixtures, "cnn_padded", encoder::sentence_cnn(layer::embedding(7, 3), padded), words);
  check_fixture(fixtures, "bilstm", encoder::bidirectional_lstm(3, {.width = 2, .dropout = 0}), vectors);
  check_fixture<tokens>(
      fixtures, "bilstm_padded",
      encoder::bidirectional_lstm(layer::embedding(7, 3), {.width = 2, .dropout = 0, .padding_counts = true}), words);
  const encoder::sequence_attention_options attended{.states = 2, .width = 3, .dropout = 0};
  auto hidden = attended;
  hidden.attention = 4;
  check_fixture(fixtures, "attended", encoder::sequence_attention(3, attended), vectors);
  check_fixture(fixtures, "attended_hidden", encoder::sequence_attention(3, hidden), vectors);
}

TEST_CASE("a sentence's features are the same alone, among longer ones, and padded where padding counts") {
  context<cpu> ctx;
  for (const bool counts : {false, true}) {
    const layer::embedding table(9, 5, {.padding = 0});
    const auto net =
        encoder::make(ctx, encoder::sentence_cnn(table, {.windows = {2, 3}, .maps = 20, .padding_counts = counts}), 3);
    const auto together = encoded(ctx, net, {5, 6, 7, 8, 1, 2}, {2, 4, 0});
    const auto first = encoded(ctx, net, {5, 6}, {2});
    CHECK(std::equal(first.begin(), first.end(), together.begin()));
    const auto padded = encoded(ctx, net, {5, 6, 0, 0, 0}, {5});
    CHECK((padded == first) == counts);
    for (std::size_t c = 0; c < first.size(); ++c) CHECK((counts || together[2 * first.size() + c] == 0));
  }
}

TEST_CASE("tables of words: frozen ones are buffers, vectors from elsewhere go into all of them, files keep them") {
  context<cpu> ctx;
  const encoder::sentence_cnn_options small{.windows = {2}, .maps = 2};
  const layer::embedding both(4, 3, {.tables = embedding_tables::both});
  auto net = encoder::make(ctx, layer::sequential(encoder::sentence_cnn(both, small), layer::linear(2, 2)), 1);
  CHECK(net.buffers().size() == 12);
  CHECK(net.weights().size() == 12 + 2 * 6 * 2 + 2 + 6);
  std::vector<float> numbers(12);
  for (std::size_t i = 0; i < 12; ++i) numbers[i] = static_cast<float>(i);
  const matrix<float, cpu> vectors(ctx, 4, 3, numbers);
  CHECK(encoder::set_word_vectors(ctx, net, vectors.view()) == 2);
  CHECK(std::equal(numbers.begin(), numbers.end(), net.buffers().begin()));
  CHECK(std::equal(numbers.begin(), numbers.end(), net.weights().begin()));
  net.set(ctx, "0.0.table", matrix<float, cpu>(ctx, 4, 3));
  CHECK(net.weights()(5) == 0);
  CHECK(net.buffers()(5) == 5);

  CHECK(message<shape_error>([&] {
          encoder::set_word_vectors(ctx, net, vectors.view().middle_rows(0, 3));
        }).find("0.0.table: expected 4 x 3, got vectors of 3 x 3") != std::string::npos);
  CHECK(message<argument_error>([&] { net.set(ctx, "0.0.tabel", vectors.view()); }).find("has no 0.0.tabel") !=
        std::string::npos);
  CHECK(message<shape_error>([&] {
          net.set(ctx, "1.weight", vectors.view());
        }).find("1.weight: expected 2 x 2 values, got 4 x 3") != std::string::npos);
  auto linear = encoder::make(ctx, layer::linear(2, 2));
  CHECK_THROWS_AS(encoder::set_word_vectors(ctx, linear, vectors.view()), argument_error);

  const std::string path = "encoder_sentences_test.safetensors";
  net.save(path);
  const auto again = decltype(net)::load(ctx, net.spec(), path);
  CHECK(again.buffers()(5) == 5);
  const layer::embedding trained(4, 3, {.tables = embedding_tables::trained});
  using other = encoder::network<decltype(encoder::sentence_cnn(trained, small)), float, cpu>;
  CHECK_THROWS_AS(other::load(ctx, encoder::sentence_cnn(trained, small), path), io_error);
  std::remove(path.c_str());
}

TEST_CASE("word_average is the mean of the vectors of the words, weighed or not") {
  context<cpu> ctx;
  const layer::embedding table(3, 2, {.tables = embedding_tables::frozen});
  auto net = encoder::make(ctx, encoder::word_average(table));
  matrix<float, cpu> vectors(ctx, 3, 2, std::vector<float>{1, 2, 4, 8, -2, 0});
  encoder::set_word_vectors(ctx, net, vectors.view());
  CHECK(encoded(ctx, net, {0, 1, 2, 2}, {2, 0, 1, 1}) == std::vector<float>{2.5, 5, 0, 0, -2, 0, -2, 0});
  const std::vector<std::int64_t> counts{1, 3, 0};
  const auto weights = encoder::smooth_inverse_frequency(counts, 0.25);
  CHECK(weights == std::vector<double>{0.5, 0.25, 1});
  encoder::weigh_words(ctx, vectors.view(), std::span<const double>(weights));
  encoder::set_word_vectors(ctx, net, vectors.view());
  CHECK(encoded(ctx, net, {0, 1}, {2}) == std::vector<float>{0.75, 1.5});
  CHECK_THROWS_AS(encoder::weigh_words(ctx, vectors.view().middle_rows(0, 2), std::span<const double>(weights)),
                  shape_error);
  CHECK_THROWS_AS(encoder::smooth_inverse_frequency(counts, 0), argument_error);
}

TEST_CASE("attention weights of an encoder add up to one in every sentence and are what its pool summed with") {
  context<cpu> ctx;
  auto net = encoder::make<double>(ctx, encoder::sequence_attention(3, {.states = 4, .width = 5, .dropout = 0.5}), 2);
  const layer_items<cpu> in(ctx, vectors);
  const auto weights = encoder::attention_weights(ctx, net, in.view<batch_view>()).to_host();
  REQUIRE(weights.size() == 12);
  std::size_t at = 0;
  for (const index_t length : lengths) {
    double sum = 0;
    for (index_t i = 0; i < length; ++i) sum += weights[at++];
    CHECK(sum == doctest::Approx(length > 0 ? 1 : 0));
  }
  CHECK(weights[3] == 1);  // a sentence of one word
  CHECK(weights[4] != weights[5]);
}

TEST_CASE("attention weights of many rows come in parts, with the bytes of one item after the other") {
  context<cpu> ctx;
  // a row keeps 8001 numbers, so that 64 MiB hold two of the longest items
  const auto net = encoder::make<float>(
      ctx, layer::sequential(layer::linear(1, 4000), layer::attention_pool(4000, {.tanh = true})), 3);
  const std::vector<index_t> rows{1000, 3, 20, 0, 9}, offsets{0, 1000, 1003, 1023, 1023, 1032};
  matrix<float, cpu> values(ctx, 1032, 1);
  for (index_t r = 0; r < 1032; ++r) values.view()(r, 0) = static_cast<float>(r % 17) - 8;
  const vector<index_t, cpu> at(ctx, offsets);
  const batch_view<const float, cpu> all(as_const(values), at.view(), 5, 1000);
  REQUIRE(encoder::detail::items_at_a_time<float>(net.spec(), all.shape()) == 2);
  const auto weights = encoder::attention_weights(ctx, net, all).to_host();
  REQUIRE(weights.size() == 1032);
  std::vector<float> alone;
  for (std::size_t i = 0; i < 5; ++i) {
    const batch_view<const float, cpu> one(as_const(values).middle_rows(offsets[i], rows[i]), {}, 1, rows[i]);
    const auto part = encoder::attention_weights(ctx, net, one).to_host();
    alone.insert(alone.end(), part.begin(), part.end());
  }
  CHECK(weights == alone);
  CHECK(weights[0] != weights[1]);
}

TEST_CASE("sentences enough to be shared out give the same bytes on one, two and three threads") {
  std::vector<index_t> sentences;
  std::vector<label_t> ids;
  for (index_t i = 0; i < 40; ++i) {
    sentences.push_back(i % 23);
    for (index_t k = 0; k < i % 23; ++k) ids.push_back(static_cast<label_t>((7 * i + 3 * k * k) % 300));
  }
  const items in = items::words(sentences, ids);
  const auto passed = [&](const auto& spec, int threads) {
    context<cpu> ctx(threads);
    auto net = encoder::make<double>(ctx, spec, 1);
    const layer_items<cpu> x(ctx, in);
    const shape out = net.output(in.shape);
    matrix<double, cpu> y(ctx, out.rows, out.cols);
    vector<double, cpu> cache(ctx, net.cache_size(in.shape));
    using rows = batch_view<const double, cpu>;
    net.forward(ctx, x.view<tokens>(), batch_view<double, cpu>(y.view()), cache.view(), layer::mode::train, 5);
    net.backward(ctx, x.view<tokens>(), rows(y.view()), rows(y.view()), tokens<double, cpu>(), cache.view(),
                 layer::mode::train, 5);
    auto all = y.to_host();
    for (const double v : net.gradient()) all.push_back(v);
    return all;
  };
  const layer::embedding table(300, 40);
  const auto cnn = encoder::sentence_cnn(table, {.maps = 40});
  const auto lstm = encoder::bidirectional_lstm(table, {.width = 48});
  CHECK(passed(cnn, 2) == passed(cnn, 1));
  CHECK(passed(cnn, 3) == passed(cnn, 1));
  CHECK(passed(lstm, 2) == passed(lstm, 1));
  CHECK(passed(lstm, 3) == passed(lstm, 1));
}
