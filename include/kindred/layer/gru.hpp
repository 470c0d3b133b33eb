// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>
#include <kindred/layer/recurrent.hpp>
#include <kindred/op/column_blocks.hpp>

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
    op::for_each_block<op::columns_at_once<D>>(g, w, [&](index_t k, auto width) {
      // one simple loop after the other over locals: what compilers turn into vector instructions
      constexpr index_t n = decltype(width)::value;
      constexpr auto size = static_cast<std::size_t>(n);
      T reset[size], update[size], mix[size], product[size], before[size];
      const auto gate = [&](index_t column, T(&a)[size]) {
        const T *const x = gates + column, *const u = add + column, *const v = b + column, *const o = q + column;
        for (index_t j = 0; j < n; ++j) a[j] = x[j] + u[j] + (v[j] + o[j]);
      };
      gate(k, reset);
      gate(w + k, update);
      const index_t m = 2 * w + k;
      for (index_t j = 0; j < n; ++j) product[j] = add[m + j] + q[m + j];
      for (index_t j = 0; j < n; ++j) mix[j] = gates[m + j] + b[m + j];
      for (index_t j = 0; j < n; ++j) before[j] = T(0);
      if (!first)
        for (index_t j = 0; j < n; ++j) before[j] = h[k + j];
      for (index_t j = 0; j < n; ++j) reset[j] = math::sigmoid(reset[j]);
      for (index_t j = 0; j < n; ++j) update[j] = math::sigmoid(update[j]);
      for (index_t j = 0; j < n; ++j) mix[j] = math::tanh(mix[j] + reset[j] * product[j]);
      const auto store = [&](T* to, const T(&a)[size]) {
        for (index_t j = 0; j < n; ++j) to[j] = a[j];
      };
      store(gates + k, reset);
      store(gates + w + k, update);
      store(gates + m, mix);
      store(inner + k, product);
      for (index_t j = 0; j < n; ++j) before[j] = mix[j] + update[j] * (before[j] - mix[j]);
      store(y + k, before);
      store(h + k, before);
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
    op::for_each_block<op::columns_at_once<D>>(g, w, [&](index_t k, auto width) {
      constexpr index_t n = decltype(width)::value;
      constexpr auto size = static_cast<std::size_t>(n);
      T reset[size], update[size], mix[size], d[size], before[size], product[size];
      const auto load = [&](const T* from, T(&a)[size]) {
        for (index_t j = 0; j < n; ++j) a[j] = from[j];
      };
      load(gates + k, reset);
      load(gates + w + k, update);
      load(gates + 2 * w + k, mix);
      load(inner + k, product);
      for (index_t j = 0; j < n; ++j) before[j] = T(0);
      if (last) load(last + k, before);
      for (index_t j = 0; j < n; ++j) d[j] = dy[k + j] + dh[k + j];
      T dmix[size], dupdate[size], dreset[size], dproduct[size];
      for (index_t j = 0; j < n; ++j) dmix[j] = d[j] * (T(1) - update[j]) * (T(1) - mix[j] * mix[j]);
      for (index_t j = 0; j < n; ++j) dupdate[j] = d[j] * (before[j] - mix[j]) * update[j] * (T(1) - update[j]);
      for (index_t j = 0; j < n; ++j) dreset[j] = dmix[j] * product[j] * reset[j] * (T(1) - reset[j]);
      for (index_t j = 0; j < n; ++j) dproduct[j] = dmix[j] * reset[j];
      const auto store = [&](T* to, const T(&a)[size]) {
        for (index_t j = 0; j < n; ++j) to[j] = a[j];
      };
      store(dgates + k, dreset);
      store(dgates + w + k, dupdate);
      store(dgates + 2 * w + k, dmix);
      const auto store_recurrent = [&](T* to) {
        store(to + k, dreset);
        store(to + w + k, dupdate);
        store(to + 2 * w + k, dproduct);
      };
      store_recurrent(step);
      store_recurrent(drecurrent);
      for (index_t j = 0; j < n; ++j) d[j] *= update[j];
      store(dh + k, d);
    });
  }
};
}  // namespace detail

/// Gated recurrent unit over the rows of each item.
///
/// r = sigmoid(x W_ir + b_ir + h W_hr + b_hr),   z = sigmoid(x W_iz + b_iz + h W_hz + b_hz)
/// n = tanh(x W_in + b_in + r (h W_hn + b_hn)),   h = (1 - z) n + z h;   y(row, .) = h, which starts at 0 for every
/// item
///
/// x        any batch of `in` columns but pictures; ragged lengths stay and may be 0
/// y        directions x width columns: what was read forwards, then backwards
/// weights  see recurrent; gates in the order r, z, n
///
/// Start        uniform in [-1 / sqrt(width), 1 / sqrt(width)], as PyTorch's GRU.
/// Complexity   rows x 3 width x (in + width) multiply-adds for each layer and direction forward, twice that backward,
///              in one product for all inputs and one per time; times run to the longest item. Cache: see recurrent.
/// Determinism  bit-equal for any number of threads; an item's output does not depend on its neighbours.
/// Errors       shape_error for rows of another length than `in` and for pictures; argument_error without layers.
/// Reference    Cho et al. 2014 reset h before the product; here as in PyTorch's GRU the product is reset, which lets
///              one product serve all gates.
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
