// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/core/scratch.hpp>
#include <kindred/layer/concept.hpp>
#include <kindred/op/bias.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/fixed_product.hpp>
#include <kindred/op/map.hpp>
#include <vector>

namespace kindred::layer {

/// Options of lstm and gru.
struct recurrent_options {
  index_t layers = 1;          ///< each reads the output of the one below
  bool bidirectional = false;  ///< each layer reads forwards and backwards, its outputs beside each other
};

namespace detail {
/// What one step of a recurrent layer works on: all items at time t of one direction.
///
/// Row r(i) of the rows of all items is that of item i at this time, `before(i)` that of the time before; items that
/// have ended take no part. `state` lies by item, everything else by row.
template <class T, class D>
struct recurrent_step {
  batch_view<const T, D> x;  ///< says where the items stand
  index_t time = 0;          ///< 0 is the first row read, which is the last one where `reverse`
  bool reverse = false;
  matrix_view<T, D> gates, extra;            ///< rows x (gates width), rows x width: kept for the backward pass
  matrix_view<T, D> output;                  ///< rows x width
  matrix_view<T, D> state;                   ///< items x width: the output of the time before, then that of this time
  matrix_view<const T, D> recurrent;         ///< items x (gates width): state times weight_hh
  vector_view<const T, D> bias_ih, bias_hh;  ///< gates width

  KINDRED_HD index_t row(index_t item) const { return reverse ? x.end(item) - 1 - time : x.begin(item) + time; }
  KINDRED_HD index_t before(index_t item) const { return reverse ? row(item) + 1 : row(item) - 1; }
  KINDRED_HD bool runs(index_t item) const { return time < x.length(item); }
};

/// The same step of the backward pass.
template <class T, class D>
struct recurrent_backward_step {
  batch_view<const T, D> x;
  index_t time = 0;
  bool reverse = false;
  matrix_view<const T, D> gates, extra, output, dy;
  matrix_view<T, D> dstate;  ///< items x width: comes in from the time behind, goes out as `carry` says
  matrix_view<T, D> dcell;   ///< items x width: a second state's gradient, from time to time
  matrix_view<T, D> dstep;   ///< items x (gates width): gradient of `recurrent`; 0 for items that have ended
  matrix_view<T, D> dgates, drecurrent;  ///< rows x (gates width): gradient of x weight_ih, and dstep by row

  KINDRED_HD index_t row(index_t item) const { return reverse ? x.end(item) - 1 - time : x.begin(item) + time; }
  KINDRED_HD index_t before(index_t item) const { return reverse ? row(item) + 1 : row(item) - 1; }
  KINDRED_HD bool runs(index_t item) const { return time < x.length(item); }
};

// the state that each row was computed from: the row read before it, 0 for the first one
template <class T, Device D>
struct states_before_row {
  batch_view<const T, D> x;
  matrix_view<const T, D> output;
  matrix_view<T, D> before;
  bool reverse;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t begin = x.begin(item), end = x.end(item);
    for (index_t r = begin; r < end; ++r) {
      const bool first = r == (reverse ? end - 1 : begin);
      const index_t from = reverse ? r + 1 : r - 1;
      g.for_each(before.cols(), [&](index_t c) { before(r, c) = first ? T(0) : output(from, c); });
    }
  }
};
}  // namespace detail

/// Base of lstm and gru: several layers, both directions, ragged items; `Self` brings one step.
///
/// One product of all rows with weight_ih for each layer and direction, then for each time one product of all items'
/// states with weight_hh and one launch that does the rest. Backward the same, and one product each for dweight_ih,
/// dweight_hh and dx over all rows at once.
///
/// `Self` gives
///   static constexpr index_t gates          columns of the weights, in widths
///   static constexpr bool recurrent_apart   the gradients of x weight_ih and of state weight_hh differ
///   static constexpr bool carries           dstate is not only what comes through weight_hh: the step leaves the rest
///                                           there
///   name()                                  "lstm"
///   step(detail::recurrent_step) -> functor(group, item)
///   backward_step(detail::recurrent_backward_step) -> the same
///
/// weights  for layer l "weight_ih_l0" in in x (gates width), "weight_hh_l0" in width x (gates width), "bias_ih_l0" and
///          "bias_hh_l0"; with "_reverse" behind for the other direction. PyTorch's names, its matrices transposed.
/// cache    gates and one more number of each width for each row, layer and direction; outputs of all layers but the
///          last
template <class Self>
struct recurrent : weighted<Self> {
  index_t in;                 ///< numbers in a row of x
  index_t width;              ///< numbers in a state
  recurrent_options options;  ///< see recurrent_options

  recurrent(index_t columns, index_t states, recurrent_options o) : in(columns), width(states), options(o) {
    expects<argument_error>(o.layers > 0 && o.layers <= 1024, "layer::{}: expected 1 to 1024 layers, got {}",
                            Self::name(), o.layers);
  }

  index_t directions() const { return options.bidirectional ? 2 : 1; }

  template <class T, class D>
  struct parts {
    matrix_view<T, D> weight_ih, weight_hh;
    vector_view<T, D> bias_ih, bias_hh;
  };
  torch_tensor torch(const std::string& name, index_t rows, index_t cols) const {
    if (name.compare(0, 6, "weight") == 0) return {name, {cols, rows}, rows};
    return {name, {cols}};
  }
  /// The weights of layer l and direction d stand at l directions() + d.
  template <class T, class D, class Visit>
  std::vector<parts<T, D>> pieces(carver<T, D, Visit>& c) const {
    const index_t wide = checked_product(Self::gates, width);
    std::vector<parts<T, D>> all;
    for (index_t l = 0; l < options.layers; ++l)
      for (index_t d = 0; d < directions(); ++d) {
        const std::string end = "_l" + std::to_string(l) + (d == 0 ? "" : "_reverse");
        parts<T, D> p;
        p.weight_ih = c.matrix(("weight_ih" + end).c_str(), columns_of(l), wide);
        p.weight_hh = c.matrix(("weight_hh" + end).c_str(), width, wide);
        p.bias_ih = c.vector(("bias_ih" + end).c_str(), wide);
        p.bias_hh = c.vector(("bias_hh" + end).c_str(), wide);
        all.push_back(p);
      }
    return all;
  }
  std::string description() const {
    return std::string(Self::name()) + "(" + std::to_string(in) + ", " + std::to_string(width) + ", " +
           std::to_string(options.layers) + (options.bidirectional ? ", bidirectional)" : ")");
  }
  shape output(shape x) const {
    expects(x.cols == in, "layer::{}: expected rows of {} values, got {}", Self::name(), in, x.cols);
    expects(x.height == 0, "layer::{}: expected sequences, got images", Self::name());
    x.cols = checked_product(directions(), width);
    return x;
  }
  index_t cache_size(const shape& x) const {
    return checked_product(x.rows, width, directions(), options.layers * (Self::gates + 2) - 1);
  }
  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D>, std::uint64_t seed) const {
    const T limit = static_cast<T>(1 / std::sqrt(static_cast<double>(width > 0 ? width : 1)));
    op::fill_uniform(ctx, as_matrix(weights, 1, weights.size()), -limit, limit, seed, 0);
  }

  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    const auto weights = this->split(pass.weights);
    const auto m = parts_of(pass.cache, pass.x.values.rows());
    const index_t items = pass.x.items;
    const scratch_scope scope(ctx);
    const auto state = scratch_matrix<T>(ctx, items, width),
               before = scratch_matrix<T>(ctx, items, Self::gates * width);
    matrix_view<const T, D> below = pass.x.values;
    for (index_t l = 0; l < options.layers; ++l) {
      const matrix_view<T, D> outputs = l + 1 < options.layers ? m[at(l, 0)].outputs : pass.y.values;
      for (index_t d = 0; d < directions(); ++d) {
        const auto& w = weights[at(l, d)];
        const auto& kept = m[at(l, d)];
        ctx.template gemm<T>(T(1), below, transpose::no, w.weight_ih, transpose::no, T(0), kept.gates);
        const scratch_scope times(ctx);
        const op::fixed_product<T, D> times_weight(ctx, w.weight_hh);
        detail::recurrent_step<T, D> step{
            pass.x, 0,      d == 1,    kept.gates, kept.extra, outputs.middle_cols(d * width, width),
            state,  before, w.bias_ih, w.bias_hh};
        for (index_t t = 0; t < pass.x.longest; ++t) {
          step.time = t;
          if (t == 0)
            op::fill(ctx, before, T(0));
          else
            times_weight(ctx, T(1), state, T(0), before);
          ctx.for_each_row(items, width, Self::step(step));
        }
      }
      below = outputs;
    }
  }

  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    const auto weights = this->split(pass.weights);
    const auto dweights = this->split(pass.dweights);
    const index_t rows = pass.x.values.rows(), items = pass.x.items, across = Self::gates * width;
    const auto m = parts_of(pass.cache, rows);
    const scratch_scope scope(ctx);
    const auto dstate = scratch_matrix<T>(ctx, items, width), dcell = scratch_matrix<T>(ctx, items, width),
               dstep = scratch_matrix<T>(ctx, items, across), dgates = scratch_matrix<T>(ctx, rows, across),
               drecurrent = Self::recurrent_apart ? scratch_matrix<T>(ctx, rows, across) : dgates,
               before = scratch_matrix<T>(ctx, pass.dweights ? rows : 0, width);
    matrix_view<T, D> between[2];
    for (auto& b : between)
      if (options.layers > 1) b = scratch_matrix<T>(ctx, rows, directions() * width);
    matrix_view<const T, D> dy = pass.dy.values;
    for (index_t l = options.layers; l-- > 0;) {
      const matrix_view<const T, D> outputs = l + 1 < options.layers ? m[at(l, 0)].outputs : pass.y.values;
      const matrix_view<const T, D> below = l > 0 ? m[at(l - 1, 0)].outputs : pass.x.values;
      const matrix_view<T, D> dbelow = l > 0 ? between[l % 2] : pass.dx.values;
      for (index_t d = 0; d < directions(); ++d) {
        const auto& w = weights[at(l, d)];
        const auto& kept = m[at(l, d)];
        const matrix_view<const T, D> output = outputs.middle_cols(d * width, width);
        op::fill(ctx, dstate, T(0));
        op::fill(ctx, dcell, T(0));
        const scratch_scope times(ctx);
        const op::fixed_product<T, D> times_weight(ctx, w.weight_hh, transpose::yes);
        detail::recurrent_backward_step<T, D> step{
            pass.x, 0,     d == 1, kept.gates, kept.extra, output, dy.middle_cols(d * width, width),
            dstate, dcell, dstep,  dgates,     drecurrent};
        for (index_t t = pass.x.longest; t-- > 0;) {
          step.time = t;
          ctx.for_each_row(items, width, Self::backward_step(step));
          if (t > 0) times_weight(ctx, T(1), dstep, Self::carries ? T(1) : T(0), dstate);
        }
        if (pass.dweights) {
          const auto& dw = dweights[at(l, d)];
          ctx.for_each_row(items, pass.x.longest * width,
                           detail::states_before_row<T, D>{pass.x, output, before, d == 1});
          ctx.template gemm<T>(T(1), before, transpose::yes, drecurrent, transpose::no, T(1), dw.weight_hh);
          ctx.template gemm<T>(T(1), below, transpose::yes, dgates, transpose::no, T(1), dw.weight_ih);
          if (Self::recurrent_apart) {
            op::add_bias_backward(ctx, dgates, dw.bias_ih);
            op::add_bias_backward(ctx, drecurrent, dw.bias_hh);
          } else {  // the same sums
            const auto sums = scratch_vector<T>(ctx, across);
            op::column_sums<D, T>(ctx, dgates, sums);
            const auto row = as_matrix(sums, 1, across), ih = as_matrix(dw.bias_ih, 1, across),
                       hh = as_matrix(dw.bias_hh, 1, across);
            op::map<D, plus, T>(ctx, plus{}, ih, row, ih);
            op::map<D, plus, T>(ctx, plus{}, hh, row, hh);
          }
        }
        if (dbelow)
          ctx.template gemm<T>(T(1), dgates, transpose::no, w.weight_ih, transpose::yes, d == 0 ? T(0) : T(1), dbelow);
      }
      dy = dbelow;
    }
  }

 private:
  template <class T, class D>
  struct memory {
    matrix_view<T, D> gates, extra, outputs;
  };
  std::size_t at(index_t layer, index_t direction) const {
    return static_cast<std::size_t>(layer * directions() + direction);
  }
  index_t columns_of(index_t layer) const { return layer == 0 ? in : checked_product(directions(), width); }
  template <class T, class D>
  std::vector<memory<T, D>> parts_of(vector_view<T, D> cache, index_t rows) const {
    carver<T, D> c(cache);
    std::vector<memory<T, D>> all;
    for (index_t l = 0; l < options.layers; ++l) {
      matrix_view<T, D> outputs;
      if (l + 1 < options.layers) outputs = c.matrix("", rows, directions() * width);
      for (index_t d = 0; d < directions(); ++d) {
        const auto gates = c.matrix("", rows, Self::gates * width);
        all.push_back({gates, c.matrix("", rows, width), outputs});
      }
    }
    return all;
  }
};

}  // namespace kindred::layer
