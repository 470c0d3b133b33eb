// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>
#include <kindred/layer/concept.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/reduce.hpp>

namespace kindred::layer {

/// Options of layer_norm.
struct layer_norm_options {
  double epsilon = 1e-5;  ///< added to the variance
};

namespace detail {
template <class T, Device D>
struct layer_norm_row {
  matrix_view<const T, D> x;
  vector_view<const T, D> gain, shift;
  matrix_view<T, D> y;
  vector_view<T, D> means, scales;
  T epsilon;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t n = x.cols();
    const T count = static_cast<T>(n > 0 ? n : 1);
    const T mean = g.reduce(n, T(0), plus{}, [&](index_t c) { return x(r, c); }) / count;
    const T squares = g.reduce(n, T(0), plus{}, [&](index_t c) { return (x(r, c) - mean) * (x(r, c) - mean); });
    const T scale = T(1) / math::sqrt(squares / count + epsilon);
    g.for_each(n, [&](index_t c) { y(r, c) = (x(r, c) - mean) * scale * gain(c) + shift(c); });
    g.once([&] {
      means(r) = mean;
      scales(r) = scale;
    });
  }
};
template <class T, Device D>
struct layer_norm_backward_row {
  matrix_view<const T, D> x, dy;
  vector_view<const T, D> gain, means, scales;
  matrix_view<T, D> dx;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t n = x.cols();
    const T mean = means(r), scale = scales(r), part = T(1) / static_cast<T>(n > 0 ? n : 1);
    const T sum = g.reduce(n, T(0), plus{}, [&](index_t c) { return dy(r, c) * gain(c); }) * part;
    const T dot = g.reduce(n, T(0), plus{}, [&](index_t c) { return dy(r, c) * gain(c) * (x(r, c) - mean); });
    const T slope = dot * scale * scale * part;
    g.for_each(n, [&](index_t c) { dx(r, c) = scale * (dy(r, c) * gain(c) - sum - (x(r, c) - mean) * slope); });
  }
};
template <class T, Device D>
struct layer_norm_gain_element {
  matrix_view<const T, D> x, dy;
  vector_view<const T, D> means, scales;
  KINDRED_HD T operator()(index_t r, index_t c) const { return dy(r, c) * (x(r, c) - means(r)) * scales(r); }
};
}  // namespace detail

/// Standardizes every row and scales its columns.
///
/// z = (x - mean) / sqrt(variance + epsilon), y = z gain + shift, with mean and variance (divisor n) of the row
/// dx = (g - mean(g) - z mean(g z)) / sqrt(variance + epsilon) with g = dy gain;   dgain += column sums of dy z, dshift
/// += of dy
///
/// x        any batch of `cols` columns; each row of an item is standardized by itself
/// weights  "gain" and "shift", `cols` each
///
/// Start        gain 1, shift 0.
/// Complexity   O(numbers), one launch forward, five backward; cache of two numbers per row.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error for rows of another length than `cols`.
/// Reference    Ba, Kiros, Hinton 2016; PyTorch's LayerNorm over the last axis ("weight", "bias"), without deviation.
struct layer_norm : weighted<layer_norm> {
  index_t cols;                ///< numbers in a row
  layer_norm_options options;  ///< see layer_norm_options

  constexpr explicit layer_norm(index_t columns, layer_norm_options o = {}) : cols(columns), options(o) {}

  template <class T, class D>
  struct parts {
    vector_view<T, D> gain, shift;
  };
  torch_tensor torch(const std::string& name, index_t, index_t count) const {
    return {name == "gain" ? "weight" : "bias", {count}};
  }
  template <class T, class D, class Visit>
  parts<T, D> pieces(carver<T, D, Visit>& c) const {
    const auto gain = c.vector("gain", cols);
    return {gain, c.vector("shift", cols)};
  }
  index_t cache_size(const shape& x) const { return checked_product(2, x.rows); }
  std::string description() const { return "layer_norm(" + std::to_string(cols) + ", " + shown(options.epsilon) + ")"; }
  shape output(const shape& x) const {
    expects(x.cols == cols, "layer::layer_norm: expected rows of {} values, got {}", cols, x.cols);
    return x;
  }
  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D>, std::uint64_t) const {
    const auto w = this->split(weights);
    op::fill(ctx, as_matrix(w.gain, 1, cols), T(1));
    op::fill(ctx, as_matrix(w.shift, 1, cols), T(0));
  }
  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    const auto w = this->split(pass.weights);
    const index_t rows = pass.x.values.rows();
    ctx.for_each_row(
        rows, cols,
        detail::layer_norm_row<T, D>{pass.x.values, w.gain, w.shift, pass.y.values, pass.cache.segment(0, rows),
                                     pass.cache.segment(rows, rows), static_cast<T>(options.epsilon)});
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    const auto x = pass.x.values, dy = pass.dy.values;
    const auto means = pass.cache.segment(0, x.rows()), scales = pass.cache.segment(x.rows(), x.rows());
    if (pass.dweights) {
      const auto dw = this->split(pass.dweights);
      op::fold_columns<T>(ctx, x.rows(), cols, detail::layer_norm_gain_element<T, D>{x, dy, means, scales},
                          op::add_sum<T, D>{dw.gain});
      op::add_column_sums(ctx, dy, dw.shift);
    }
    if (pass.dx)
      ctx.for_each_row(
          x.rows(), cols,
          detail::layer_norm_backward_row<T, D>{x, dy, this->split(pass.weights).gain, means, scales, pass.dx.values});
  }
};
static_assert(Layer<layer_norm>);

}  // namespace kindred::layer
