// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/layer/concept.hpp>
#include <kindred/op/bias.hpp>
#include <kindred/op/fill.hpp>

namespace kindred::layer {

/// An affine map of every row.
///
/// y = x W + b,   dx = dy W',   dW += x' dy,   db += column sums of dy
///
/// x        any batch of `in` columns; items and their lengths stay
/// weights  "weight" in x out, "bias" out
///
/// Start        uniform in [-1 / sqrt(in), 1 / sqrt(in)], weights and bias, as PyTorch's Linear.
/// Complexity   one product of rows x in x out multiply-adds forward, two backward.
/// Determinism  bit-equal for any number of threads.
/// Errors       shape_error for rows of another length than `in`.
struct linear : weighted<linear> {
  index_t in;   ///< numbers in a row of x
  index_t out;  ///< numbers in a row of y

  constexpr linear(index_t columns, index_t features) : in(columns), out(features) {}

  template <class T, class D>
  struct parts {
    matrix_view<T, D> weight;
    vector_view<T, D> bias;
  };
  template <class T, class D, class Visit>
  parts<T, D> pieces(carver<T, D, Visit>& c) const {
    const auto weight = c.matrix("weight", in, out);
    return {weight, c.vector("bias", out)};
  }
  torch_tensor torch(const std::string& name, index_t rows, index_t cols) const {
    if (name == "weight") return {name, {cols, rows}, rows};
    return {name, {cols}};
  }
  std::string description() const { return "linear(" + std::to_string(in) + ", " + std::to_string(out) + ")"; }

  shape output(shape x) const {
    expects(x.cols == in, "layer::linear: expected rows of {} values, got {}", in, x.cols);
    x.cols = out;
    return x;
  }
  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D>, std::uint64_t seed) const {
    const T limit = static_cast<T>(1 / std::sqrt(static_cast<double>(in > 0 ? in : 1)));
    op::fill_uniform(ctx, as_matrix(weights, 1, weights.size()), -limit, limit, seed, 0);
  }
  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    const auto w = this->split(pass.weights);
    ctx.template gemm<T>(T(1), pass.x.values, transpose::no, w.weight, transpose::no, T(0), pass.y.values);
    op::add_bias(ctx, pass.y.values, w.bias, pass.y.values);
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    if (pass.dweights) {
      const auto dw = this->split(pass.dweights);
      ctx.template gemm<T>(T(1), pass.x.values, transpose::yes, pass.dy.values, transpose::no, T(1), dw.weight);
      op::add_bias_backward(ctx, pass.dy.values, dw.bias);
    }
    if (pass.dx) {
      const auto w = this->split(pass.weights);
      ctx.template gemm<T>(T(1), pass.dy.values, transpose::no, w.weight, transpose::yes, T(0), pass.dx.values);
    }
  }
};

static_assert(Layer<linear>);

}  // namespace kindred::layer
