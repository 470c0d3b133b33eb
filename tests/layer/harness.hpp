// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/check/layer_gradient.hpp>
#include <string>
#include <vector>

#include "matrix_fixture.hpp"

/// Items for a layer to be checked with. Numbers are uniform in [-1, 1) unless they are set.
struct layer_input {
  kindred::shape shape;
  std::vector<kindred::index_t> offsets;  // of ragged items
  std::vector<double> values;             // row-major; made where empty
  std::vector<kindred::label_t> ids;      // of items of ids

  static layer_input vectors(kindred::index_t n, kindred::index_t cols) {
    return {kindred::shape::vectors(n, cols), {}, {}, {}};
  }
  static layer_input sequences(kindred::index_t n, kindred::index_t length, kindred::index_t cols) {
    return {kindred::shape::sequences(n, length, cols), {}, {}, {}};
  }
  static layer_input pictures(kindred::index_t n, kindred::index_t h, kindred::index_t w, kindred::index_t channels) {
    return {kindred::shape::pictures(n, h, w, channels), {}, {}, {}};
  }
  static layer_input ragged(const std::vector<kindred::index_t>& lengths, kindred::index_t cols) {
    layer_input in{{static_cast<kindred::index_t>(lengths.size()), 0, cols, 0, 0, true}, {0}, {}, {}};
    for (const kindred::index_t length : lengths) {
      in.shape.rows += length;
      if (length > in.shape.longest) in.shape.longest = length;
      in.offsets.push_back(in.shape.rows);
    }
    return in;
  }
  /// Ragged items of ids.
  static layer_input words(const std::vector<kindred::index_t>& lengths, std::vector<kindred::label_t> ids) {
    layer_input in = ragged(lengths, 1);
    in.ids = std::move(ids);
    return in;
  }

  std::vector<double> numbers() const {
    if (!values.empty()) return values;
    std::vector<double> v(static_cast<std::size_t>(shape.rows * shape.cols));
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = 2 * kindred::random::uniform(11, 5, i) - 1;
    return v;
  }
};

/// layer_input on a device.
template <kindred::Device D>
class layer_items {
 public:
  layer_items(kindred::context<D>& ctx, const layer_input& in)
      : shape_(in.shape),
        values_(ctx, in.shape.rows, in.shape.cols, in.numbers()),
        offsets_(ctx, in.offsets),
        ids_(ctx, in.ids) {}

  template <template <class, class> class X>
  X<const double, D> view() const {
    if constexpr (std::same_as<X<const double, D>, kindred::tokens<const double, D>>)
      return {ids_.view(), offsets(), shape_.items, shape_.longest};
    else
      return {values_.view(), offsets(), shape_.items, shape_.longest, shape_.height};
  }

 private:
  kindred::vector_view<const kindred::index_t, D> offsets() const {
    return shape_.ragged ? offsets_.view() : kindred::vector_view<const kindred::index_t, D>();
  }
  kindred::shape shape_;
  kindred::matrix<double, D> values_;
  kindred::vector<kindred::index_t, D> offsets_;
  kindred::vector<kindred::label_t, D> ids_;
};

/// Requires that the gradients of `layer` are right and its laws kept on cpu and on emu, in double, for each input;
/// that one and two threads give the same bytes, and both lane orders too.
///
/// @tparam X  what the layer reads: batch_view or tokens
template <template <class, class> class X = kindred::batch_view, class L>
void check_layer(const L& layer, const std::vector<layer_input>& inputs,
                 const kindred::check::layer_gradient_options& options = {}) {
  using namespace kindred;
  context<cpu> one(1), two(2);
  context<emu> up(lane_order::ascending), down(lane_order::descending);
  for (const layer_input& in : inputs) {
    const std::string what = layer.description() + " on " + std::to_string(in.shape.items) + " items, " +
                             std::to_string(in.shape.rows) + " rows of " + std::to_string(in.shape.cols);
    INFO(what);
    const auto judge = [&](const std::string& device, const check::layer_comparison& c) {
      INFO(device, ": ", std::string(c.part), " at ", c.where.at, ", analytic ", c.where.analytic, ", numeric ",
           c.where.numeric);
      CHECK(c.error < 1e-6);
    };
    const auto compared = [&](auto& ctx) {
      return check::layer_gradient(ctx, layer, layer_items(ctx, in).template view<X>(), options);
    };
    const auto a = compared(one), b = compared(two), c = compared(up), d = compared(down);
    judge("cpu", a);
    judge("emu", c);
    CHECK(a.digest == b.digest);
    CHECK(c.digest == d.digest);
  }
}

/// Requires that forward and backward on cpu in double give what a file below tests/data/ has as <name>.y, <name>.dx
/// and <name>.dweights for <name>.weights, <name>.x (or the ids of `in`) and <name>.dy.
template <template <class, class> class X = kindred::batch_view, class L>
void check_fixture(const char* file, const std::string& name, const L& layer, layer_input in,
                   kindred::layer::mode mode = kindred::layer::mode::train) {
  using namespace kindred;
  context<cpu> ctx;
  INFO(name);
  const auto read = [&](const char* part) { return matrix_fixture(ctx, file, name + part); };
  const auto weights = read(".weights"), wanted_dw = read(".dweights"), wanted_y = read(".y"), dy = read(".dy");
  matrix<double, cpu> wanted_dx(ctx, 0, 0), dx(ctx, in.shape.rows, in.shape.cols);
  if (in.ids.empty()) {
    in.values = read(".x").to_host();
    wanted_dx = read(".dx");
  }
  const layer_items<cpu> items(ctx, in);
  const X<const double, cpu> x = items.view<X>();
  const shape out = layer.output(in.shape);
  matrix<double, cpu> y(ctx, out.rows, out.cols);
  vector<double, cpu> cache(ctx, layer.cache_size(in.shape)), dweights(ctx, layer.parameter_count());
  vector<double, cpu> buffers(ctx, layer.buffer_count()), ignored(ctx, weights.rows() * weights.cols());
  REQUIRE(weights.rows() * weights.cols() == layer.parameter_count());
  layer.initialize(ctx, ignored.view(), buffers.view(), 0);
  const auto as_output = [&](auto m) { return layer::as_batch(m, out, x); };
  layer.forward(ctx, layer::forward_pass<double, cpu, X>{as_vector(weights.view()), buffers.view(), x,
                                                         as_output(y.view()), cache.view(), mode, 0});
  X<double, cpu> dx_items;
  if constexpr (std::same_as<X<double, cpu>, batch_view<double, cpu>>)
    dx_items = {dx.view(), x.offsets, x.items, x.longest, x.height};
  layer.backward(ctx, layer::backward_pass<double, cpu, X>{as_vector(weights.view()), buffers.view(), x,
                                                           as_output(std::as_const(y).view()), as_output(dy.view()),
                                                           dx_items, dweights.view(), cache.view(), mode, 0});
  const auto compare = [](const char* what, const std::vector<double>& came, const std::vector<double>& wanted) {
    INFO(std::string(what));
    REQUIRE(came.size() == wanted.size());
    for (std::size_t i = 0; i < came.size(); ++i) {
      INFO(i);
      CHECK(came[i] == doctest::Approx(wanted[i]).epsilon(1e-11));
    }
  };
  compare("y", y.to_host(), wanted_y.to_host());
  compare("dweights", dweights.to_host(), wanted_dw.to_host());
  if (in.ids.empty()) compare("dx", dx.to_host(), wanted_dx.to_host());
}
