// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>
#include <kindred/layer/recurrent.hpp>
#include <kindred/op/column_blocks.hpp>

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
    op::for_each_block<op::columns_at_once<D>>(g, w, [&](index_t k, auto width) {
      // one simple loop after the other over locals: what compilers turn into vector instructions
      constexpr index_t n = decltype(width)::value;
      constexpr auto size = static_cast<std::size_t>(n);
      T in[size], forget[size], mix[size], out[size], before[size], cell[size], squashed[size];
      const auto gate = [&](index_t column, T(&a)[size]) {
        const T *const x = gates + column, *const u = add + column, *const v = b + column, *const o = q + column;
        for (index_t j = 0; j < n; ++j) a[j] = x[j] + u[j] + (v[j] + o[j]);
      };
      gate(k, in);
      gate(w + k, forget);
      gate(2 * w + k, mix);
      gate(3 * w + k, out);
      for (index_t j = 0; j < n; ++j) before[j] = T(0);
      if (last)
        for (index_t j = 0; j < n; ++j) before[j] = last[k + j];
      for (index_t j = 0; j < n; ++j) in[j] = math::sigmoid(in[j]);
      for (index_t j = 0; j < n; ++j) forget[j] = math::sigmoid(forget[j]);
      for (index_t j = 0; j < n; ++j) mix[j] = math::tanh(mix[j]);
      for (index_t j = 0; j < n; ++j) out[j] = math::sigmoid(out[j]);
      for (index_t j = 0; j < n; ++j) cell[j] = in[j] * mix[j] + forget[j] * before[j];
      for (index_t j = 0; j < n; ++j) squashed[j] = math::tanh(cell[j]);
      const auto store = [&](T* to, const T(&a)[size]) {
        for (index_t j = 0; j < n; ++j) to[j] = a[j];
      };
      store(gates + k, in);
      store(gates + w + k, forget);
      store(gates + 2 * w + k, mix);
      store(gates + 3 * w + k, out);
      store(c + k, cell);
      for (index_t j = 0; j < n; ++j) squashed[j] = out[j] * squashed[j];
      store(y + k, squashed);
      store(h + k, squashed);
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
    op::for_each_block<op::columns_at_once<D>>(g, w, [&](index_t k, auto width) {
      constexpr index_t n = decltype(width)::value;
      constexpr auto size = static_cast<std::size_t>(n);
      T in[size], forget[size], mix[size], out[size], before[size], squashed[size], d[size], dcell[size], passed[size];
      const auto load = [&](const T* from, T(&a)[size]) {
        for (index_t j = 0; j < n; ++j) a[j] = from[j];
      };
      load(gates + k, in);
      load(gates + w + k, forget);
      load(gates + 2 * w + k, mix);
      load(gates + 3 * w + k, out);
      load(c + k, squashed);
      load(dc + k, dcell);
      for (index_t j = 0; j < n; ++j) before[j] = T(0);
      if (last) load(last + k, before);
      for (index_t j = 0; j < n; ++j) d[j] = dy[k + j] + dh[k + j];
      for (index_t j = 0; j < n; ++j) squashed[j] = math::tanh(squashed[j]);
      for (index_t j = 0; j < n; ++j) dcell[j] += d[j] * out[j] * (T(1) - squashed[j] * squashed[j]);
      for (index_t j = 0; j < n; ++j) passed[j] = dcell[j] * forget[j];
      const auto store = [&](index_t column, const T(&a)[size]) {
        for (index_t j = 0; j < n; ++j) step[column + j] = a[j];
        for (index_t j = 0; j < n; ++j) dgates[column + j] = a[j];
      };
      for (index_t j = 0; j < n; ++j) before[j] = dcell[j] * before[j] * forget[j] * (T(1) - forget[j]);
      for (index_t j = 0; j < n; ++j) forget[j] = dcell[j] * mix[j] * in[j] * (T(1) - in[j]);
      for (index_t j = 0; j < n; ++j) mix[j] = dcell[j] * in[j] * (T(1) - mix[j] * mix[j]);
      for (index_t j = 0; j < n; ++j) out[j] = d[j] * squashed[j] * out[j] * (T(1) - out[j]);
      store(k, forget);
      store(w + k, before);
      store(2 * w + k, mix);
      store(3 * w + k, out);
      for (index_t j = 0; j < n; ++j) dc[k + j] = passed[j];
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
/// Complexity   rows x 4 width x (in + width) multiply-adds for each layer and direction forward, twice that backward,
///              in one product for all inputs and one per time; times run to the longest item. Cache: see recurrent.
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
