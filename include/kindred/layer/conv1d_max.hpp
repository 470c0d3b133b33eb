// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/concept.hpp>
#include <kindred/op/bias.hpp>
#include <kindred/op/column_blocks.hpp>
#include <kindred/op/copy.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/map.hpp>
#include <kindred/op/transpose.hpp>
#include <vector>

namespace kindred::layer {

/// How the windows of conv1d_max lie over an item.
struct conv1d_max_options {
  bool padding = true;          ///< window - 1 rows of zeros in front and behind; false: windows inside the item only
  bool padding_counts = false;  ///< a window of nothing but zeros takes part in the maximum, as with padded batches

  friend constexpr bool operator==(const conv1d_max_options&, const conv1d_max_options&) = default;
};

namespace detail {

/// The windows of one size over one item.
struct item_windows {
  index_t size = 1;     ///< rows under a window
  bool padding = true;  ///< see conv1d_max_options

  /// Windows over an item of n rows; one that is too short for a window is read as if zeros followed.
  KINDRED_HD constexpr index_t count(index_t n) const {
    if (n == 0) return 0;
    return padding ? n + size - 1 : n < size ? 1 : n - size + 1;
  }
  /// The first row under window k, which lies outside the item where negative.
  KINDRED_HD constexpr index_t start(index_t k) const { return padding ? k - (size - 1) : k; }
  /// Taps [first, end) of the window that starts at row s and stand in an item of n rows.
  KINDRED_HD static constexpr index_t first_tap(index_t s) { return s < 0 ? -s : 0; }
  KINDRED_HD constexpr index_t end_tap(index_t s, index_t n) const { return s + size > n ? n - s : size; }
};

// products(r, (tap, feature)) = row r times the weights of that tap: the sum of each window lies on a diagonal of it
template <class T, class D>
struct conv1d_max_row {
  batch_view<const T, D> x;  // says where the items stand
  item_windows windows;
  bool padding_counts;
  matrix_view<const T, D> products;
  vector_view<const T, D> bias;
  matrix_view<T, D> y, at;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t begin = x.begin(item), n = x.end(item) - begin, features = bias.size(), count = windows.count(n);
    op::for_each_block<op::columns_at_once<D>>(g, features, [&](index_t first, auto width) {
      constexpr index_t wide = decltype(width)::value;
      T most[std::size_t(wide)], from[std::size_t(wide)];
      const auto summed = [&](index_t k, T(&sum)[std::size_t(wide)]) {
        const index_t s = windows.start(k), end = windows.end_tap(s, n);
        for (index_t j = 0; j < wide; ++j) sum[j] = T(0);
        for (index_t tap = item_windows::first_tap(s); tap < end; ++tap) {
          const T* const row = &products(begin + s + tap, tap * features + first);
          for (index_t j = 0; j < wide; ++j) sum[j] += row[j];
        }
      };
      const bool zeros = padding_counts || count == 0;
      for (index_t j = 0; j < wide; ++j) most[j] = T(0);
      if (!zeros) summed(0, most);
      for (index_t j = 0; j < wide; ++j) from[j] = zeros ? T(-1) : T(0);
      for (index_t k = zeros ? 0 : 1; k < count; ++k) {
        T sum[std::size_t(wide)];
        summed(k, sum);
        const T here = static_cast<T>(k);
        for (index_t j = 0; j < wide; ++j) {
          const bool more = (sum[j] > most[j]) | (most[j] != most[j]);
          most[j] = more ? sum[j] : most[j];
          from[j] = more ? here : from[j];
        }
      }
      const bool nothing = count == 0 && !padding_counts;
      for (index_t j = 0; j < wide; ++j) {
        const T v = most[j] + bias(first + j);
        y(item, first + j) = nothing || v <= T(0) ? T(0) : v;  // NaN stays
        at(item, first + j) = from[j];
      }
    });
  }
};

/// to += factor from, n numbers.
template <class D, class G, class T>
KINDRED_HD void add_multiple(const G& g, index_t n, T factor, const T* from, T* to) {
  op::for_each_block<op::columns_at_once<D>>(g, n, [&](index_t first, auto width) {
    constexpr index_t wide = decltype(width)::value;
    T sum[std::size_t(wide)];
    for (index_t j = 0; j < wide; ++j) sum[j] = to[first + j] + factor * from[first + j];
    for (index_t j = 0; j < wide; ++j) to[first + j] = sum[j];
  });
}

// d y / d (maximum + bias)
template <class T, class D>
struct conv1d_max_slope_at {
  matrix_view<const T, D> y, dy;
  matrix_view<T, D> slope;
  KINDRED_HD void operator()(index_t r, index_t c) const { slope(r, c) = y(r, c) <= T(0) ? T(0) : dy(r, c); }
};

// row (feature, tap) of the gradient of the transposed weights: each item adds the row that its maximum came from
template <class T, class D>
struct conv1d_max_weights_row {
  batch_view<const T, D> x;
  item_windows windows;
  matrix_view<const T, D> at, slope;
  matrix_view<T, D> dweights;  // (features * taps) x channels
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t row) const {
    const index_t feature = row / windows.size, tap = row - feature * windows.size, channels = dweights.cols();
    T* const to = &dweights(row, 0);
    g.for_each(channels, [&](index_t c) { to[c] = T(0); });
    for (index_t item = 0; item < x.items; ++item) {
      const T d = slope(item, feature), window = at(item, feature);
      if (d == T(0) || window < T(0)) continue;
      const index_t begin = x.begin(item), r = begin + windows.start(static_cast<index_t>(window)) + tap;
      if (r < begin || r >= x.end(item)) continue;
      add_multiple<D>(g, channels, d, &x.values(r, 0), to);
    }
  }
};

// one window size after the other; the first one clears
template <class T, class D>
struct conv1d_max_input_row {
  batch_view<T, D> dx;
  item_windows windows;
  bool clear;
  matrix_view<const T, D> at, slope;
  matrix_view<const T, D> weights;  // features x (taps * channels)
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t item) const {
    const index_t begin = dx.begin(item), n = dx.end(item) - begin, channels = dx.values.cols();
    if (clear)
      for (index_t r = begin; r < begin + n; ++r) g.for_each(channels, [&](index_t c) { dx.values(r, c) = T(0); });
    for (index_t feature = 0; feature < weights.rows(); ++feature) {
      const T d = slope(item, feature), window = at(item, feature);
      if (d == T(0) || window < T(0)) continue;
      const index_t s = windows.start(static_cast<index_t>(window)), end = windows.end_tap(s, n);
      for (index_t tap = item_windows::first_tap(s); tap < end; ++tap) {
        add_multiple<D>(g, channels, d, &weights(feature, tap * channels), &dx.values(begin + s + tap, 0));
      }
    }
  }
};

}  // namespace detail

/// Convolutions of a sequence with windows of several sizes, a rectifier and the maximum over time, in one: what a
/// sentence says somewhere, wherever it says it.
///
/// y(i, (w, j)) = max(0, bias_w(j) + max over windows of w rows of item i of
///                       sum over taps a and channels c of x(row under tap a, c) weight_w(a channels + c, j))
///
/// With x = 0 outside an item. Windows that hold no row of the item do not count, so that an item gives the same alone
/// and among longer ones. `padding_counts` lets a window of zeros take part, which every padded batch has: the number
/// then is max(0, bias + max(0, ...)). An item shorter than a window is read as if zeros followed it; one without rows
/// gives 0, with `padding_counts` max(0, bias).
///
/// x        any batch of `in` columns but pictures; ragged offsets are the mask
/// y        one row per item: `maps` numbers for each window size, in the order of `windows`
/// weights  for each size "weight_3" in (3 in) x maps, rows are tap, channel as in conv1d, and "bias_3"
/// cache    which window each number came from, and rows x taps of all sizes x maps products
///
/// The maximum is taken before bias and rectifier, with which it commutes. So forward is one product of all rows with
/// the taps of all sizes, and backward touches one window for each number of y: items x maps x in x taps of all sizes
/// multiply-adds each for the weights and for dx, a rows-th of what a product would take.
///
/// Ties         the first window; the zero window of `padding_counts` stands in front of all. NaN counts only where
///              there is nothing else.
/// Start        uniform in +- 1 / sqrt(window in), bias too: that of conv1d.
/// Complexity   rows x in x taps x maps multiply-adds forward.
/// Determinism  bit-equal for any number of threads; with context<cpu> an item's numbers do not depend on its
///              neighbours.
/// Errors       argument_error for sizes below 1, no window size or one twice; shape_error in output() for other
///              columns, for pictures and for items of more than 2^24 rows.
/// Reference    Collobert et al. 2011; Kim 2014.
struct conv1d_max : weighted<conv1d_max> {
  index_t in;                    ///< channels of x
  index_t maps;                  ///< features of each window size
  std::vector<index_t> windows;  ///< sizes of the windows, in rows
  conv1d_max_options options;    ///< see conv1d_max_options

  conv1d_max(index_t channels, index_t features, std::vector<index_t> sizes, conv1d_max_options how = {})
      : in(channels), maps(features), windows(std::move(sizes)), options(how) {
    expects<argument_error>(
        in > 0 && maps > 0 && !windows.empty(),
        "layer::conv1d_max: expected counts of at least 1, got {} channels, {} features and {} sizes of windows", in,
        maps, windows.size());
    for (std::size_t i = 0; i < windows.size(); ++i) {
      expects<argument_error>(windows[i] > 0, "layer::conv1d_max: a window of {} rows", windows[i]);
      for (std::size_t k = 0; k < i; ++k)
        expects<argument_error>(windows[k] != windows[i], "layer::conv1d_max: window size {} comes twice", windows[i]);
    }
  }

  template <class T, class D>
  struct parts {
    matrix_view<T, D> weight;
    vector_view<T, D> bias;
  };
  template <class T, class D, class Visit>
  std::vector<parts<T, D>> pieces(carver<T, D, Visit>& c) const {
    std::vector<parts<T, D>> all;
    for (const index_t w : windows) {
      const std::string size = std::to_string(w);
      const auto weight = c.matrix(("weight_" + size).c_str(), checked_product(w, in), maps);
      all.push_back({weight, c.vector(("bias_" + size).c_str(), maps)});
    }
    return all;
  }
  std::string description() const {
    std::string text = "conv1d_max(" + std::to_string(in) + ", " + std::to_string(maps) + ", windows";
    for (const index_t w : windows) text += ' ' + std::to_string(w);
    return text + (options.padding ? "" : ", no padding") + (options.padding_counts ? ", padding counts)" : ")");
  }
  shape output(const shape& x) const {
    expects(x.cols == in, "layer::conv1d_max: expected rows of {} values, got {}", in, x.cols);
    expects(x.height == 0, "layer::conv1d_max: expected sequences, got images");
    expects(x.longest <= (index_t(1) << 24), "layer::conv1d_max: expected items of at most {} rows, got {}",
            index_t(1) << 24, x.longest);
    return shape::vectors(x.items, outputs());
  }
  index_t cache_size(const shape& x) const {
    return checked_sum(checked_product(x.items, outputs()), checked_product(x.rows, taps(), maps));
  }

  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D>, std::uint64_t seed) const {
    std::uint64_t stream = 0;
    for (const auto& p : this->split(weights)) {
      const T limit = static_cast<T>(1 / std::sqrt(static_cast<double>(p.weight.rows())));
      op::fill_uniform(ctx, p.weight, -limit, limit, seed, stream++);
      op::fill_uniform(ctx, as_matrix(p.bias, 1, maps), -limit, limit, seed, stream++);
    }
  }

  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    const auto w = this->split(pass.weights);
    const memory<T, D> m = parts_of(pass.cache, pass.x.shape());
    {
      const scratch_scope scope(ctx);
      const auto all = scratch_matrix<T>(ctx, in, taps() * maps);
      index_t to = 0;
      for (std::size_t i = 0; i < windows.size(); ++i)
        for (index_t tap = 0; tap < windows[i]; ++tap, to += maps)
          op::copy(ctx, w[i].weight.middle_rows(tap * in, in), all.middle_cols(to, maps));
      ctx.template gemm<T>(T(1), pass.x.values, transpose::no, all, transpose::no, T(0), m.products);
    }
    each_size([&](std::size_t i, index_t feature, index_t product) {
      const detail::item_windows over{windows[i], options.padding};
      ctx.for_each_row(pass.x.items, pass.x.longest * windows[i] * maps,
                       detail::conv1d_max_row<T, D>{
                           pass.x, over, options.padding_counts, m.products.middle_cols(product, windows[i] * maps),
                           w[i].bias, pass.y.values.middle_cols(feature, maps), m.at.middle_cols(feature, maps)});
    });
  }

  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    const auto w = this->split(pass.weights);
    const auto dw = this->split(pass.dweights);
    const index_t items = pass.x.items;
    const matrix_view<const T, D> at = parts_of(pass.cache, pass.x.shape()).at;
    const scratch_scope scope(ctx);
    const auto slope = scratch_matrix<T>(ctx, items, outputs());
    ctx.for_each(items, outputs(), detail::conv1d_max_slope_at<T, D>{pass.y.values, pass.dy.values, slope});
    each_size([&](std::size_t i, index_t feature, index_t) {
      const index_t size = windows[i], across = size * in;
      const detail::item_windows over{size, options.padding};
      const auto from = at.middle_cols(feature, maps), d = matrix_view<const T, D>(slope).middle_cols(feature, maps);
      const scratch_scope one(ctx);
      const auto turned = scratch_matrix<T>(ctx, maps, across);
      if (pass.dweights) {
        const auto back = scratch_matrix<T>(ctx, across, maps);
        ctx.for_each_row(maps * size, items * in,
                         detail::conv1d_max_weights_row<T, D>{pass.x, over, from, d, {turned.data(), maps * size, in}});
        op::transpose<D, T>(ctx, turned, back);
        op::map<D, plus, T>(ctx, plus{}, dw[i].weight, back, dw[i].weight);
        op::add_bias_backward(ctx, d, dw[i].bias);
      }
      if (pass.dx) {
        op::transpose<D, T>(ctx, w[i].weight, turned);
        ctx.for_each_row(items, maps * across,
                         detail::conv1d_max_input_row<T, D>{pass.dx, over, i == 0, from, d, turned});
      }
    });
  }

 private:
  template <class T, class D>
  struct memory {
    matrix_view<T, D> at, products;
  };
  index_t outputs() const { return checked_product(static_cast<index_t>(windows.size()), maps); }
  index_t taps() const {
    index_t sum = 0;
    for (const index_t w : windows) sum = checked_sum(sum, w);
    return sum;
  }
  template <class T, class D>
  memory<T, D> parts_of(vector_view<T, D> cache, const shape& x) const {
    carver<T, D> c(cache);
    const auto at = c.matrix("", x.items, outputs());
    return {at, c.matrix("", x.rows, taps() * maps)};
  }
  /// f(number of the size, its first column of y, its first column of the products)
  template <class F>
  void each_size(F f) const {
    index_t feature = 0, product = 0;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      f(i, feature, product);
      feature += maps;
      product += windows[i] * maps;
    }
  }
};
static_assert(Layer<conv1d_max>);

}  // namespace kindred::layer
