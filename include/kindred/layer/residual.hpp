// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/group.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/composition.hpp>
#include <kindred/op/map.hpp>

namespace kindred::layer {

/// A layer that adds to what it reads.
///
/// y = F(x) + S(x),   dx = dF(dy) + dS(dy)
///
/// @tparam F         any layer from batches to batches
/// @tparam Shortcut  one that gives the same shape: the identity, or a projection where F changes the shape
///
/// weights, buffers  those of both, with "block." and "shortcut." in front
/// cache             F's output and cache, then the shortcut's; nothing for the identity
///
/// Complexity   that of its parts and O(numbers); scratch for one gradient of x where the shortcut is not the identity.
/// Determinism  that of its parts.
/// Errors       shape_error where the two shapes differ; what its parts say.
/// Reference    He et al. 2016, without the rectifier behind the sum: sequential(residual(...), relu()).
/// Example      residual(sequential(linear(8, 8), relu(), linear(8, 8)))
template <Parametric F, Parametric Shortcut = identity>
class residual : public composition<residual<F, Shortcut>, F, Shortcut> {
  using base = composition<residual<F, Shortcut>, F, Shortcut>;
  static constexpr bool plain = std::same_as<Shortcut, identity>;
  static_assert(Layer<F> && Layer<Shortcut>, "layer::residual: expected layers from batches to batches");

 public:
  static constexpr const char* name = "residual";
  static constexpr bool chained = false;
  static std::string part_name(std::size_t i) { return i == 0 ? "block" : "shortcut"; }
  static constexpr bool keeps(std::size_t i) { return i == 0 || !plain; }

  constexpr explicit residual(F block) : base(std::move(block), Shortcut()) {}
  constexpr residual(F block, Shortcut shortcut) : base(std::move(block), std::move(shortcut)) {}

  shape output(const shape& x) const {
    const auto p = this->planned(x);
    const shape &f = p.out[0], &s = p.out[1];
    expects(f == s, "layer::residual: the block gives {} items, {} rows of {} numbers, the shortcut {}, {} of {}",
            f.items, f.rows, f.cols, s.items, s.rows, s.cols);
    return f;
  }

  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    const auto p = this->planned(pass.x.shape());
    matrix_view<const T, D> sum[2] = {{}, pass.x.values};
    this->each([&]<std::size_t I>(const auto& l) {
      if constexpr (keeps(I)) {
        auto one = this->template part<forward_pass<T, D>>(I, p, pass);
        one.x = pass.x;
        one.y = this->kept(I, p, pass.cache, pass.x);
        l.forward(ctx, one);
        sum[I] = one.y.values;
      }
    });
    op::map(ctx, plus{}, sum[0], sum[1], pass.y.values);
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    const auto p = this->planned(pass.x.shape());
    this->each([&]<std::size_t I>(const auto& l) {
      if constexpr (!keeps(I)) {
        if (pass.dx) op::map<D, plus, T>(ctx, plus{}, pass.dx.values, pass.dy.values, pass.dx.values);
      } else {
        if (!this->wanted(I, p, pass)) return;
        const scratch_scope scope(ctx);
        auto one = this->template part<backward_pass<T, D>>(I, p, pass);
        one.x = pass.x;
        one.y = this->kept(I, p, pass.cache, pass.x);
        one.dy = pass.dy;
        one.dx = pass.dx;
        if (I > 0 && pass.dx) one.dx.values = scratch_matrix<T>(ctx, p.in.rows, p.in.cols);
        l.backward(ctx, one);
        if (I > 0 && pass.dx) op::map<D, plus, T>(ctx, plus{}, pass.dx.values, one.dx.values, pass.dx.values);
      }
    });
  }
};

}  // namespace kindred::layer
