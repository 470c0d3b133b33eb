// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>
#include <kindred/layer/recurrent.hpp>

namespace kindred::layer {

namespace detail {
template <class T, Device D>
struct gru_row {
  recurrent_step<T, D> s;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t w = s.state.cols();
    T* const h = &s.state(item, 0);
    if (!s.runs(item)) {
      g.for_each(w, [&](index_t k) { h[k] = T(0); });
      return;
    }
    const index_t row = s.row(item);
    T *const gates = &s.gates(row, 0), *const inner = &s.extra(row, 0), *const y = &s.output(row, 0);
    const T *const add = &s.recurrent(item, 0), *const b = s.bias_ih.data(), *const q = s.bias_hh.data();
    const bool first = s.time == 0;
    g.for_each(w, [&](index_t k) {
      const index_t u = w + k, m = 2 * w + k;
      const T reset = math::sigmoid(gates[k] + add[k] + (b[k] + q[k]));
      const T update = math::sigmoid(gates[u] + add[u] + (b[u] + q[u]));
      const T product = add[m] + q[m];
      const T mix = math::tanh(gates[m] + b[m] + reset * product);
      const T before = first ? T(0) : h[k];
      gates[k] = reset;
      gates[u] = update;
      gates[m] = mix;
      inner[k] = product;
      y[k] = h[k] = mix + update * (before - mix);
    });
  }
};
template <class T, Device D>
struct gru_backward_row {
  recurrent_backward_step<T, D> s;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t w = s.dstate.cols();
    T *const step = &s.dstep(item, 0), *const dh = &s.dstate(item, 0);
    if (!s.runs(item)) {
      g.for_each(3 * w, [&](index_t k) { step[k] = T(0); });
      return;
    }
    const index_t r = s.row(item);
    const T *const gates = &s.gates(r, 0), *const inner = &s.extra(r, 0), *const dy = &s.dy(r, 0);
    const T* const last = s.time > 0 ? &s.output(s.before(item), 0) : nullptr;
    T *const dgates = &s.dgates(r, 0), *const drecurrent = &s.drecurrent(r, 0);
    g.for_each(w, [&](index_t k) {
      const T reset = gates[k], update = gates[w + k], mix = gates[2 * w + k];
      const T d = dy[k] + dh[k], before = last ? last[k] : T(0);
      const T dmix = d * (T(1) - update) * (T(1) - mix * mix);
      const T dupdate = d * (before - mix) * update * (T(1) - update);
      const T dreset = dmix * inner[k] * reset * (T(1) - reset);
      step[k] = dgates[k] = drecurrent[k] = dreset;
      step[w + k] = dgates[w + k] = drecurrent[w + k] = dupdate;
      dgates[2 * w + k] = dmix;
      step[2 * w + k] = drecurrent[2 * w + k] = dmix * reset;
      dh[k] = d * update;
    });
  }
};
}  // namespace detail

/// Gated recurrent unit over the rows of each item.
///
/// r = sigmoid(x W_ir + b_ir + h W_hr + b_hr),   z = sigmoid(x W_iz + b_iz + h W_hz + b_hz)
/// n = tanh(x W_in + b_in + r (h W_hn + b_hn)),   h = (1 - z) n + z h;   y(row, .) = h, which starts at 0 for every item
///
/// x        any batch of `in` columns but pictures; ragged lengths stay and may be 0
/// y        directions x width columns: what was read forwards, then backwards
/// weights  see recurrent; gates in the order r, z, n
///
/// Start        uniform in [-1 / sqrt(width), 1 / sqrt(width)], as PyTorch's GRU.
/// Complexity   rows x 3 width x (in + width) multiply-adds for each layer and direction forward, twice that backward, in
///              one product for all inputs and one per time; times run to the longest item. Cache: see recurrent.
/// Determinism  bit-equal for any number of threads; an item's output does not depend on its neighbours.
/// Errors       shape_error for rows of another length than `in` and for pictures; argument_error without layers.
/// Reference    Cho et al. 2014 reset h before the product; here as in PyTorch's GRU the product is reset, which lets one
///              product serve all gates.
struct gru : recurrent<gru> {
  static constexpr index_t gates = 3;
  static constexpr bool recurrent_apart = true, carries = true;
  static constexpr const char* name() { return "gru"; }

  gru(index_t columns, index_t states, recurrent_options o = {}) : recurrent(columns, states, o) {}

  template <class T, Device D>
  static detail::gru_row<T, D> step(const detail::recurrent_step<T, D>& s) {
    return {s};
  }
  template <class T, Device D>
  static detail::gru_backward_row<T, D> backward_step(const detail::recurrent_backward_step<T, D>& s) {
    return {s};
  }
};
static_assert(Layer<gru>);

}  // namespace kindred::layer
