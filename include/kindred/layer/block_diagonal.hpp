// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/layer/linear.hpp>

namespace kindred::layer {

/// Two affine maps beside each other: the first columns of a row through one, the others through the other.
///
/// y = [x_1 W_1 + b_1 | x_2 W_2 + b_2]  for x = [x_1 | x_2]: a linear layer whose weights are two blocks on the
///                                      diagonal
///
/// x        any batch of first.in + second.in columns; items and their lengths stay
/// weights  "first.weight", "first.bias", "second.weight", "second.bias", of both as linear has them
///
/// Start, complexity, determinism: those of both maps.
/// Errors   shape_error for rows of another length.
/// Example  block_diagonal(linear(512, 64), linear(300, 64)): the first layer of a network that reads pairs
struct block_diagonal : weighted<block_diagonal> {
  linear first, second;
  index_t in;   ///< numbers in a row of x
  index_t out;  ///< numbers in a row of y

  constexpr block_diagonal(linear left, linear right)
      : first(left), second(right), in(checked_sum(left.in, right.in)), out(checked_sum(left.out, right.out)) {}

  template <class T, class D>
  struct parts {
    vector_view<T, D> first, second;  ///< weights of both maps, flat
  };
  template <class T, class D, class Visit>
  parts<T, D> pieces(carver<T, D, Visit>& c) const {
    const auto left = c.matrix("first.weight", first.in, first.out);
    c.vector("first.bias", first.out);
    const auto right = c.matrix("second.weight", second.in, second.out);
    c.vector("second.bias", second.out);
    return {{left.data(), first.parameter_count()}, {right.data(), second.parameter_count()}};
  }
  std::string description() const {
    return "block_diagonal(" + first.description() + ", " + second.description() + ")";
  }

  shape output(shape x) const {
    expects(x.cols == in, "layer::block_diagonal: expected rows of {} values, got {}", in, x.cols);
    x.cols = out;
    return x;
  }
  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D> buffers, std::uint64_t seed) const {
    const auto w = this->split(weights);
    first.initialize(ctx, w.first, buffers, seed_of_part(seed, 0));
    second.initialize(ctx, w.second, buffers, seed_of_part(seed, 1));
  }
  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    const auto w = this->split(pass.weights);
    for (int side = 0; side < 2; ++side) {
      forward_pass<T, D> one = pass;
      one.weights = side == 0 ? w.first : w.second;
      one.x.values = read(side, pass.x.values);
      one.y.values = written(side, pass.y.values);
      (side == 0 ? first : second).forward(ctx, one);
    }
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    const auto w = this->split(pass.weights);
    const auto dw = this->split(pass.dweights);
    for (int side = 0; side < 2; ++side) {
      backward_pass<T, D> one = pass;
      one.weights = side == 0 ? w.first : w.second;
      one.dweights = side == 0 ? dw.first : dw.second;
      one.x.values = read(side, pass.x.values);
      one.dx.values = read(side, pass.dx.values);
      one.dy.values = written(side, pass.dy.values);
      (side == 0 ? first : second).backward(ctx, one);
    }
  }

 private:
  template <class T, class D>
  matrix_view<T, D> read(int side, matrix_view<T, D> x) const {
    return side == 0 ? x.middle_cols(0, first.in) : x.middle_cols(first.in, second.in);
  }
  template <class T, class D>
  matrix_view<T, D> written(int side, matrix_view<T, D> y) const {
    return side == 0 ? y.middle_cols(0, first.out) : y.middle_cols(first.out, second.out);
  }
};

static_assert(Layer<block_diagonal>);

}  // namespace kindred::layer
