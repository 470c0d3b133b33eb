// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/math.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/optimizer/concept.hpp>

namespace kindred::optimizer {

namespace detail {
template <class T, class D>
struct clip_at {
  vector_view<const T, D> gradient;
  T largest;
  vector_view<T, D> clipped;
  KINDRED_HD void operator()(index_t i) const {
    const T g = gradient(i);
    clipped(i) = g > largest ? largest : g < -largest ? -largest : g;
  }
};
}  // namespace detail

/// An optimizer that sees every component of the gradient cut off at a size; an optimizer itself.
///
///   clip_value<adam>{{.rate = 1e-3}, 5.0}
///
/// g_i := min(max(g_i, -largest), largest)
///
/// Complexity   O(n), one launch more; scratch of n numbers.
/// Determinism  every component by itself.
/// Errors       those of the optimizer; argument_error when `largest` is not above 0. Infinite components become
///              finite, NaN stays NaN.
/// Reference    PyTorch's clip_grad_value_.
template <Optimizer Base>
struct clip_value : Base {
  double largest = 1;  ///< size of a component at most

  template <class T, Device D>
  void update(context<D>& ctx, typename Base::template state<T, D>& s, vector_view<T, D> weights,
              const_vector<T, D> gradient, const_vector<T, D> factors = {}) const {
    expects<argument_error>(largest > 0, "optimizer::clip_value: expected largest above 0, got {}", largest);
    const scratch_scope scope(ctx);
    const auto clipped = scratch_vector<T>(ctx, gradient.size());
    ctx.for_each(gradient.size(), detail::clip_at<T, D>{gradient, static_cast<T>(largest), clipped});
    Base::update(ctx, s, weights, clipped, factors);
  }
};

namespace detail {

/// Components that one group sums up; part of the result, since it sets the order of the sum.
inline constexpr index_t norm_chunk = 4096;

/// Sum `chunk` of the squares, in double, whose range those of float never leave.
template <class T, class D>
struct square_sum_row {
  vector_view<const T, D> x;
  vector_view<double, D> sums;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t chunk) const {
    const index_t begin = chunk * norm_chunk, rest = x.size() - begin;
    const index_t size = rest < norm_chunk ? rest : norm_chunk;
    const double sum = g.reduce(size, 0.0, plus{}, [&](index_t i) {
      const double v = static_cast<double>(x(begin + i));
      return v * v;
    });
    g.once([&] { sums(chunk) = sum; });
  }
};
/// What the gradient is multiplied by.
template <class D>
struct norm_scale_row {
  vector_view<const double, D> sums;
  double largest;
  vector_view<double, D> scale;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t) const {
    const double square = g.reduce(sums.size(), 0.0, plus{}, [&](index_t i) { return sums(i); });
    g.once([&] {
      const double share = largest / (math::sqrt(square) + 1e-6);
      scale(0) = share > 1.0 ? 1.0 : share;
    });
  }
};
template <class T, class D>
struct scale_at {
  vector_view<const T, D> gradient;
  vector_view<const double, D> scale;
  vector_view<T, D> scaled;
  KINDRED_HD void operator()(index_t i) const {
    scaled(i) = scale(0) == 1.0 ? gradient(i) : gradient(i) * static_cast<T>(scale(0));
  }
};

}  // namespace detail

/// An optimizer that sees the gradient shortened to a length; an optimizer itself.
///
///   clip_norm<adam>{{.rate = 1e-3}, 5.0}
///
/// g := g min(1, largest / (|g| + 1e-6)), |g| over the whole vector
///
/// Complexity   O(n), three launches more; scratch of n numbers. The host does not wait: the length stays on the
///              device.
/// Determinism  squares are summed in double in chunks of 4096: bit-equal for any number of threads.
/// Errors       those of the optimizer; argument_error when `largest` is not above 0. NaN in the gradient makes all of
///              it NaN; with an infinite component that one becomes NaN and the others 0.
/// Reference    Pascanu et al. 2013; PyTorch's clip_grad_norm_ with the Euclidean norm.
template <Optimizer Base>
struct clip_norm : Base {
  double largest = 1;  ///< length of the gradient at most

  template <class T, Device D>
  void update(context<D>& ctx, typename Base::template state<T, D>& s, vector_view<T, D> weights,
              const_vector<T, D> gradient, const_vector<T, D> factors = {}) const {
    expects<argument_error>(largest > 0, "optimizer::clip_norm: expected largest above 0, got {}", largest);
    const scratch_scope scope(ctx);
    const auto sums = scratch_vector<double>(ctx, (gradient.size() + detail::norm_chunk - 1) / detail::norm_chunk);
    const auto scale = scratch_vector<double>(ctx, 1);
    const auto scaled = scratch_vector<T>(ctx, gradient.size());
    ctx.for_each_row(sums.size(), detail::norm_chunk, detail::square_sum_row<T, D>{gradient, sums});
    ctx.for_each_row(1, sums.size(), detail::norm_scale_row<D>{sums, largest, scale});
    ctx.for_each(gradient.size(), detail::scale_at<T, D>{gradient, scale, scaled});
    Base::update(ctx, s, weights, scaled, factors);
  }
};

}  // namespace kindred::optimizer
