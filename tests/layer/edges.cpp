// SPDX-License-Identifier: Apache-2.0
// What layers refuse, how they answer at the edges, and what the check of gradients finds. On cpu in double.
#include <cmath>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/attention_pool.hpp>
#include <kindred/layer/block_diagonal.hpp>
#include <kindred/layer/concatenate.hpp>
#include <kindred/layer/conv1d_max.hpp>
#include <kindred/layer/conv2d.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/layer/embedding.hpp>
#include <kindred/layer/flatten.hpp>
#include <kindred/layer/gru.hpp>
#include <kindred/layer/last_state.hpp>
#include <kindred/layer/layer_norm.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/lstm.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/layer/residual.hpp>
#include <kindred/layer/sequential.hpp>
#include <limits>

#include "layer/harness.hpp"

using namespace kindred;
using items = layer_input;

namespace {

struct outcome {
  std::vector<double> weights, cache, y;
};
/// One forward pass on cpu.
template <template <class, class> class X = batch_view, class L>
outcome forward(const L& layer, const items& in, layer::mode mode = layer::mode::train, std::uint64_t seed = 0) {
  context<cpu> ctx;
  const layer_items<cpu> x(ctx, in);
  const shape out = layer.output(in.shape);
  vector<double, cpu> weights(ctx, layer.parameter_count()), buffers(ctx, layer.buffer_count()),
      cache(ctx, layer.cache_size(in.shape));
  matrix<double, cpu> y(ctx, out.rows, out.cols);
  layer.initialize(ctx, weights.view(), buffers.view(), 3);
  const auto view = x.template view<X>();
  layer.forward(ctx,
                layer::forward_pass<double, cpu, X>{weights.view(), buffers.view(), view,
                                                    layer::as_batch(y.view(), out, view), cache.view(), mode, seed});
  return {weights.to_host(), cache.to_host(), y.to_host()};
}

template <class F>
std::string message(const F& f) {
  try {
    f();
  } catch (const shape_error& e) {
    return e.what();
  }
  return "nothing was thrown";
}
bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

template <class L>
std::vector<std::string> names(const L& layer) {
  std::vector<std::string> all;
  index_t end = 0;
  layer.parameters([&](const char* name, index_t offset, index_t rows, index_t cols) {
    all.push_back(std::string(name) + " " + std::to_string(rows) + "x" + std::to_string(cols));
    CHECK(offset == end);
    end = offset + rows * cols;
  });
  CHECK(end == layer.parameter_count());
  return all;
}

// break one law each
struct overwrites_dweights : layer::linear {
  using linear::linear;
  template <class T, Device D>
  void backward(context<D>& ctx, const layer::backward_pass<T, D>& pass) const {
    if (pass.dweights) ctx.zero(pass.dweights.data(), pass.dweights.size() * static_cast<index_t>(sizeof(T)));
    linear::backward(ctx, pass);
  }
};
struct accumulates_dx : layer::relu {
  template <class T, Device D>
  void backward(context<D>&, const layer::backward_pass<T, D>& pass) const {
    for (index_t i = 0; pass.dx && i < pass.dx.values.size(); ++i)
      pass.dx.values.data()[i] += pass.y.values.data()[i] > 0 ? pass.dy.values.data()[i] : 0;
  }
};
struct forgets_dx : layer::linear {
  using linear::linear;
  template <class T, Device D>
  void backward(context<D>& ctx, layer::backward_pass<T, D> pass) const {
    if (!pass.dweights) return;
    linear::backward(ctx, pass);
  }
};
struct wrong_derivative : layer::relu {
  template <class T, Device D>
  void backward(context<D>&, const layer::backward_pass<T, D>& pass) const {
    for (index_t i = 0; pass.dx && i < pass.dx.values.size(); ++i)
      pass.dx.values.data()[i] = 1.001 * (pass.y.values.data()[i] > 0 ? pass.dy.values.data()[i] : 0);
  }
};

}  // namespace

TEST_CASE("the check of a layer finds wrong derivatives and broken laws, and names them") {
  context<cpu> ctx;
  const layer_items<cpu> rows(ctx, items::vectors(4, 3));
  const auto x = rows.view<batch_view>();
  const auto part = [](const check::layer_comparison& c) { return std::string(c.part); };
  CHECK(check::layer_gradient(ctx, layer::linear(3, 2), x).error < 1e-8);
  const auto wrong = check::layer_gradient(ctx, wrong_derivative(), x);
  CHECK(wrong.error > 1e-5);
  CHECK(part(wrong) == "dx");
  const auto over = check::layer_gradient(ctx, overwrites_dweights(3, 2), x);
  CHECK(std::isinf(over.error));
  CHECK(part(over) == "dweights are accumulated");
  const auto added = check::layer_gradient(ctx, accumulates_dx(), x);
  CHECK(std::isnan(added.error));
  CHECK(part(added) == "dx");
  CHECK(part(check::layer_gradient(ctx, forgets_dx(3, 2), x)) == "without dweights, dx stays the same");
}

TEST_CASE("a layer that does not fit its input names what it wants and what came") {
  const shape rows = shape::vectors(2, 5), ragged = items::ragged({2, 1}, 5).shape,
              picture = shape::pictures(1, 2, 2, 3);
  for (const std::string& text :
       {message([&] { layer::linear(3, 2).output(rows); }), message([&] { layer::layer_norm(3).output(rows); }),
        message([&] { layer::attention_pool(3).output(rows); }), message([&] { layer::lstm(3, 2).output(rows); }),
        message([&] { layer::gru(3, 2).output(rows); }),
        message([&] { layer::sequential(layer::relu(), layer::linear(3, 2)).output(rows); })}) {
    INFO(text);
    CHECK(contains(text, "expected rows of 3 values, got 5"));
    CHECK(contains(text, "layer::"));
  }
  CHECK(contains(message([&] { layer::flatten().output(ragged); }), "layer::flatten: expected items of one length"));
  CHECK(contains(message([&] { layer::lstm(3, 2).output(picture); }), "layer::lstm: expected sequences, got images"));
  CHECK(contains(message([&] { layer::last_state(true).output(rows); }), "expected two halves, got 5 columns"));
  CHECK(contains(message([&] { layer::residual(layer::linear(5, 2)).output(rows); }),
                 "the block gives 2 items, 2 rows of 2 numbers, the shortcut 2, 2 of 5"));
  CHECK(contains(message([&] { layer::concatenate(layer::relu(), layer::mean_pool()).output(ragged); }),
                 "part 0 gives 2 items, 3 rows, part 1 gives 2 items, 2 rows"));
  CHECK_THROWS_AS(layer::dropout(1.5), argument_error);
  CHECK_THROWS_AS(layer::dropout(std::nan("")), argument_error);
  CHECK_THROWS_AS(layer::lstm(3, 2, {.layers = 0}), argument_error);
}

TEST_CASE("weights have names in order") {
  using list = std::vector<std::string>;
  CHECK(names(layer::layer_norm(3)) == list{"gain 1x3", "shift 1x3"});
  CHECK(names(layer::attention_pool(3)) == list{"score 3x1"});
  CHECK(names(layer::attention_pool(3, {.hidden = 4})) == list{"weight 3x4", "bias 1x4", "score 4x1"});
  CHECK(names(layer::lstm(3, 2, {.bidirectional = true})) ==
        list{"weight_ih_l0 3x8", "weight_hh_l0 2x8", "bias_ih_l0 1x8", "bias_hh_l0 1x8", "weight_ih_l0_reverse 3x8",
             "weight_hh_l0_reverse 2x8", "bias_ih_l0_reverse 1x8", "bias_hh_l0_reverse 1x8"});
  CHECK(names(layer::gru(3, 2, {.layers = 2}))[4] == "weight_ih_l1 2x6");
  CHECK(names(layer::residual(layer::linear(2, 2), layer::sequential(layer::relu(), layer::linear(2, 2)))) ==
        list{"block.weight 2x2", "block.bias 1x2", "shortcut.1.weight 2x2", "shortcut.1.bias 1x2"});
  CHECK(names(layer::concatenate(layer::relu(), layer::linear(2, 1))) == list{"1.weight 2x1", "1.bias 1x1"});
}

TEST_CASE("descriptions tell specs apart") {
  CHECK(layer::sequential(layer::embedding(9, 3), layer::lstm(3, 2, {.bidirectional = true}), layer::dropout(0.25))
            .description() == "sequential(embedding(9, 3, -1), lstm(3, 2, 1, bidirectional), dropout(0.25))");
  CHECK(layer::residual(layer::linear(2, 2)).description() == "residual(linear(2, 2), identity())");
  CHECK(layer::attention_pool(3).description() != layer::attention_pool(3, {.hidden = 1}).description());
}

TEST_CASE("pools give zeros for items without rows, and for no items nothing") {
  const items in = items::ragged({0, 2, 0}, 2);
  for (const auto& y : {forward(layer::mean_pool(), in).y, forward(layer::max_pool(), in).y,
                        forward(layer::last_state(), in).y, forward(layer::attention_pool(2), in).y}) {
    CHECK(y[0] == 0);
    CHECK(y[1] == 0);
    CHECK(y[2] != 0);
    CHECK(y[4] == 0);
    CHECK(y[5] == 0);
  }
  CHECK(forward(layer::mean_pool(), items::ragged({}, 2)).y.empty());
  CHECK(forward(layer::lstm(2, 3), items::ragged({0, 0}, 2)).y.empty());
}

TEST_CASE("max_pool passes over NaN unless there is nothing else") {
  items in = items::ragged({2, 1}, 1);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  in.values = {nan, -2, nan};
  const auto y = forward(layer::max_pool(), in).y;
  CHECK(y[0] == -2);
  CHECK(std::isnan(y[1]));
}

TEST_CASE("attention weights of an item add up to one and give its output") {
  const items in = items::ragged({3, 0, 1}, 2);
  const layer::attention_pool pool(2, {.hidden = 3});
  const outcome r = forward(pool, in);
  const auto a =
      pool.attention(vector_view<const double, cpu>(r.cache.data(), static_cast<index_t>(r.cache.size())), in.shape);
  REQUIRE(a.size() == 4);
  CHECK(a(0) + a(1) + a(2) == doctest::Approx(1).epsilon(1e-14));
  CHECK(a(3) == 1);
  const auto x = in.numbers();
  CHECK(r.y[0] == doctest::Approx(a(0) * x[0] + a(1) * x[2] + a(2) * x[4]).epsilon(1e-14));
}

TEST_CASE("dropout drops its share, raises the rest and leaves everything in infer") {
  items in = items::vectors(200, 50);
  in.values.assign(10000, 1.0);
  const auto y = forward(layer::dropout(0.3), in, layer::mode::train, 7).y;
  double dropped = 0;
  for (const double v : y) {
    dropped += v == 0;
    CHECK((v == 0 || v == 1 / 0.7));
  }
  CHECK(std::abs(dropped / 10000 - 0.3) < 4 * std::sqrt(0.3 * 0.7 / 10000));
  CHECK(forward(layer::dropout(0.3), in, layer::mode::train, 7).y == y);
  CHECK(forward(layer::dropout(0.3), in, layer::mode::train, 8).y != y);
  CHECK(forward(layer::dropout(0.3), in, layer::mode::infer, 7).y == in.values);
  CHECK(forward(layer::dropout(1), in).y == std::vector<double>(10000, 0.0));
}

TEST_CASE("ids that name no row give zeros, and the row of the padding id is not trained") {
  const items in = items::words({3, 0, 2}, {1, -1, 4, 2, 1});
  const layer::embedding table(4, 2, {.padding = 2});
  const outcome r = forward<tokens>(table, in);
  CHECK(r.weights[4] == 0);
  CHECK(r.weights[5] == 0);
  CHECK(r.weights[2] != 0);
  CHECK(r.y == std::vector<double>{r.weights[2], r.weights[3], 0, 0, 0, 0, 0, 0, r.weights[2], r.weights[3]});
  for (const bool sorted_in_passes : {false, true}) {
    const auto backward = [&]<class D>(context<D>& ctx) {
      const layer_items<D> x(ctx, in);
      const std::vector<double> ones(10, 1.0);
      const matrix<double, D> dy(ctx, 5, 2, ones);
      const vector<double, D> weights(ctx, r.weights);
      vector<double, D> dweights(ctx, 8);
      const auto view = x.template view<tokens>();
      layer::backward_pass<double, D, tokens> pass;
      pass.weights = weights.view();
      pass.x = view;
      pass.y = pass.dy = layer::as_batch(dy.view(), table.output(in.shape), view);
      pass.dweights = dweights.view();
      table.backward(ctx, pass);
      return dweights.to_host();
    };
    context<cpu> here;
    context<emu> there;
    CHECK((sorted_in_passes ? backward(there) : backward(here)) == std::vector<double>{0, 0, 2, 2, 0, 0, 0, 0});
  }
}

TEST_CASE("a recurrent layer gives an item the same bytes whatever stands beside it") {
  const layer::lstm lstm(2, 3, {.layers = 2, .bidirectional = true});
  const layer::gru gru(2, 3, {.layers = 2, .bidirectional = true});
  const items all = items::ragged({3, 4, 1}, 2);
  items alone = items::sequences(1, 4, 2);
  const auto x = all.numbers();
  alone.values.assign(x.begin() + 6, x.begin() + 14);
  const auto part = [](const std::vector<double>& y) { return std::vector<double>(y.begin() + 18, y.begin() + 42); };
  CHECK(part(forward(lstm, all).y) == forward(lstm, alone).y);
  CHECK(part(forward(gru, all).y) == forward(gru, alone).y);
}

TEST_CASE("chains with parts without weights, and without any weights") {
  context<cpu> ctx;
  const layer_items<cpu> x(ctx, items::vectors(3, 2));
  const auto error = [&](const auto& chain) { return check::layer_gradient(ctx, chain, x.view<batch_view>()).error; };
  CHECK(error(layer::sequential{layer::relu{}, layer::linear{2, 2}, layer::relu{}}) < 1e-6);
  const layer::sequential no_weights{layer::relu{}, layer::mean_pool{}};
  CHECK(no_weights.parameter_count() == 0);
  CHECK(error(no_weights) < 1e-6);
}

TEST_CASE("sizes that no memory can hold are refused by every count") {
  using namespace layer;
  const index_t large = index_t(1) << 32, third = 6148914691236517205;  // 3 times it is 2^64 - 1
  CHECK_THROWS_AS(linear(third, 3).parameter_count(), argument_error);
  CHECK_THROWS_AS(linear(-3, 4).parameter_count(), argument_error);
  CHECK_THROWS_AS(embedding(large, large).parameter_count(), argument_error);
  CHECK_THROWS_AS(conv1d_max(index_t(1) << 20, index_t(1) << 20, {index_t(1) << 24}).parameter_count(), argument_error);
  CHECK_THROWS_AS(conv2d(large, large, 2).parameter_count(), argument_error);
  CHECK_THROWS_AS(conv2d(1, 1, large), argument_error);
  CHECK_THROWS_AS(conv2d(1, 1, 1, {.padding = index_t(1) << 62}), argument_error);
  CHECK_THROWS_AS(pool2d<>{large}, argument_error);
  CHECK_THROWS_AS(lstm(1, index_t(1) << 62).parameter_count(), argument_error);
  CHECK_THROWS_AS(gru(1, 1, {.layers = large}), argument_error);
  CHECK_THROWS_AS(attention_pool(large, {.hidden = large}).parameter_count(), argument_error);
  CHECK_THROWS_AS((block_diagonal{linear(third, 1), linear(third, 1)}), argument_error);
  // each part fits, the whole does not
  const linear half(index_t(1) << 31, index_t(1) << 31);
  CHECK_THROWS_AS(sequential(half, half).parameter_count(), argument_error);
  CHECK_THROWS_AS(embedding(1, third, {.tables = embedding_tables::both}).width(), argument_error);

  shape x = shape::vectors(large, 1);
  CHECK_THROWS_AS(lstm(1, large).cache_size(x), argument_error);
  CHECK_THROWS_AS(attention_pool(1, {.hidden = large}).cache_size(x), argument_error);
  CHECK_THROWS_AS(sequential(linear(1, large), relu{}).cache_size(x), argument_error);
  x.cols = large;
  CHECK_THROWS_AS(max_pool{}.cache_size(x), argument_error);
  x.longest = large;
  CHECK_THROWS_AS(flatten{}.output(x), argument_error);
}
