// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/group.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/composition.hpp>
#include <kindred/op/copy.hpp>
#include <kindred/op/map.hpp>

namespace kindred::layer {

/// Several layers that read the same, their outputs beside each other.
///
/// y = [A(x) | B(x) | ...],   dx = the sum of theirs
///
/// x        any batch
/// y        the columns of all parts; items and rows must be the same for all
/// weights  those of the parts, with their position in front: "0.weight"
/// cache    [y0 | cache0 | y1 | cache1 | ...]
///
/// Complexity   that of its parts and O(numbers); scratch for a part's dy and dx.
/// Determinism  that of its parts.
/// Errors       shape_error where the parts give different items or rows; what the parts say.
/// Example      concatenate(mean_pool(), max_pool())
template <Parametric... Layers>
class concatenate : public composition<concatenate<Layers...>, Layers...> {
  using base = composition<concatenate<Layers...>, Layers...>;
  static_assert(sizeof...(Layers) > 0, "layer::concatenate: expected at least one layer");
  static_assert((Layer<Layers> && ...), "layer::concatenate: expected layers from batches to batches");

 public:
  static constexpr const char* name = "concatenate";
  static constexpr bool chained = false;
  static std::string part_name(std::size_t i) { return std::to_string(i); }
  static constexpr bool keeps(std::size_t) { return true; }

  constexpr explicit concatenate(Layers... layers) : base(std::move(layers)...) {}

  shape output(const shape& x) const {
    const auto p = this->planned(x);
    shape all = p.out[0];
    for (std::size_t i = 1; i < base::count; ++i) {
      shape one = p.out[i];
      const index_t cols = checked_sum(all.cols, one.cols);
      one.cols = all.cols;
      expects(one == all, "layer::concatenate: part 0 gives {} items, {} rows, part {} gives {} items, {} rows",
              all.items, all.rows, i, one.items, one.rows);
      all.cols = cols;
    }
    return all;
  }

  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    const auto p = this->planned(pass.x.shape());
    index_t at = 0;
    this->each([&]<std::size_t I>(const auto& l) {
      auto one = this->template part<forward_pass<T, D>>(I, p, pass);
      one.x = pass.x;
      one.y = this->kept(I, p, pass.cache, pass.x);
      l.forward(ctx, one);
      op::copy(ctx, one.y.values, pass.y.values.middle_cols(at, p.out[I].cols));
      at += p.out[I].cols;
    });
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    const auto p = this->planned(pass.x.shape());
    index_t at = 0;
    this->each([&]<std::size_t I>(const auto& l) {
      const shape& out = p.out[I];
      const index_t begin = at;
      at += out.cols;
      if (!this->wanted(I, p, pass)) return;
      const scratch_scope scope(ctx);
      const auto dy = scratch_matrix<T>(ctx, out.rows, out.cols);
      op::copy(ctx, pass.dy.values.middle_cols(begin, out.cols), dy);
      auto one = this->template part<backward_pass<T, D>>(I, p, pass);
      one.x = pass.x;
      one.y = this->kept(I, p, pass.cache, pass.x);
      one.dy = as_batch(matrix_view<const T, D>(dy), out, pass.x);
      one.dx = pass.dx;
      if (I > 0 && pass.dx) one.dx.values = scratch_matrix<T>(ctx, p.in.rows, p.in.cols);
      l.backward(ctx, one);
      if (I > 0 && pass.dx) op::map<D, plus, T>(ctx, plus{}, pass.dx.values, one.dx.values, pass.dx.values);
    });
  }
};

}  // namespace kindred::layer
