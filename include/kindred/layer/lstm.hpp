// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>
#include <kindred/layer/recurrent.hpp>

namespace kindred::layer {

namespace detail {
// what a step reads and writes lies in rows, so that their addresses are found once per item
template <class T, Device D>
struct lstm_row {
  recurrent_step<T, D> s;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t w = s.state.cols();
    T* const h = &s.state(item, 0);
    if (!s.runs(item)) {
      g.for_each(w, [&](index_t k) { h[k] = T(0); });
      return;
    }
    const index_t r = s.row(item);
    T *const gates = &s.gates(r, 0), *const c = &s.extra(r, 0), *const y = &s.output(r, 0);
    const T *const add = &s.recurrent(item, 0), *const b = s.bias_ih.data(), *const q = s.bias_hh.data();
    const T* const last = s.time > 0 ? &s.extra(s.before(item), 0) : nullptr;
    g.for_each(w, [&](index_t k) {
      const index_t f = w + k, m = 2 * w + k, o = 3 * w + k;
      const T in = math::sigmoid(gates[k] + add[k] + (b[k] + q[k]));
      const T forget = math::sigmoid(gates[f] + add[f] + (b[f] + q[f]));
      const T mix = math::tanh(gates[m] + add[m] + (b[m] + q[m]));
      const T out = math::sigmoid(gates[o] + add[o] + (b[o] + q[o]));
      const T cell = in * mix + (last ? forget * last[k] : T(0));
      gates[k] = in;
      gates[f] = forget;
      gates[m] = mix;
      gates[o] = out;
      c[k] = cell;
      y[k] = h[k] = out * math::tanh(cell);
    });
  }
};
template <class T, Device D>
struct lstm_backward_row {
  recurrent_backward_step<T, D> s;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t w = s.dstate.cols();
    T *const step = &s.dstep(item, 0), *const dc = &s.dcell(item, 0);
    if (!s.runs(item)) {
      g.for_each(4 * w, [&](index_t k) { step[k] = T(0); });
      return;
    }
    const index_t r = s.row(item);
    const T *const gates = &s.gates(r, 0), *const c = &s.extra(r, 0), *const dy = &s.dy(r, 0),
                   *const dh = &s.dstate(item, 0);
    const T* const last = s.time > 0 ? &s.extra(s.before(item), 0) : nullptr;
    T* const dgates = &s.dgates(r, 0);
    g.for_each(w, [&](index_t k) {
      const T in = gates[k], forget = gates[w + k], mix = gates[2 * w + k], out = gates[3 * w + k];
      const T squashed = math::tanh(c[k]), d = dy[k] + dh[k];
      const T dcell = dc[k] + d * out * (T(1) - squashed * squashed);
      const T din = dcell * mix * in * (T(1) - in);
      const T dforget = last ? dcell * last[k] * forget * (T(1) - forget) : T(0);
      const T dmix = dcell * in * (T(1) - mix * mix);
      const T dout = d * squashed * out * (T(1) - out);
      step[k] = dgates[k] = din;
      step[w + k] = dgates[w + k] = dforget;
      step[2 * w + k] = dgates[2 * w + k] = dmix;
      step[3 * w + k] = dgates[3 * w + k] = dout;
      dc[k] = dcell * forget;
    });
  }
};
}  // namespace detail

/// Long short-term memory over the rows of each item.
///
/// i = sigmoid(a_i), f = sigmoid(a_f), g = tanh(a_g), o = sigmoid(a_o), with a = x W_ih + b_ih + h W_hh + b_hh
/// c = f c + i g,   h = o tanh(c);   y(r, .) = h, both start at 0 for every item
///
/// x        any batch of `in` columns but pictures; ragged lengths stay and may be 0
/// y        directions x width columns: what was read forwards, then backwards
/// weights  see recurrent; gates in the order i, f, g, o
///
/// Start        uniform in [-1 / sqrt(width), 1 / sqrt(width)], as PyTorch's LSTM.
/// Complexity   rows x 4 width x (in + width) multiply-adds for each layer and direction forward, twice that backward, in
///              one product for all inputs and one per time; times run to the longest item. Cache: see recurrent.
/// Determinism  bit-equal for any number of threads; an item's output does not depend on its neighbours.
/// Errors       shape_error for rows of another length than `in` and for pictures; argument_error without layers.
/// Reference    Hochreiter and Schmidhuber 1997, with forget gates (Gers et al. 2000); PyTorch's LSTM over packed
///              sequences, without projection, first states and dropout between layers.
struct lstm : recurrent<lstm> {
  static constexpr index_t gates = 4;
  static constexpr bool recurrent_apart = false, carries = false;
  static constexpr const char* name() { return "lstm"; }

  lstm(index_t columns, index_t states, recurrent_options o = {}) : recurrent(columns, states, o) {}

  template <class T, Device D>
  static detail::lstm_row<T, D> step(const detail::recurrent_step<T, D>& s) {
    return {s};
  }
  template <class T, Device D>
  static detail::lstm_backward_row<T, D> backward_step(const detail::recurrent_backward_step<T, D>& s) {
    return {s};
  }
};
static_assert(Layer<lstm>);

}  // namespace kindred::layer
