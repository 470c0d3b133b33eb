// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <span>

namespace kindred::projection {

/// Maps from two kinds of things into one space: first(ctx, x, out) for the first, second(ctx, y, out) for the second,
/// each filling rows(x) x dimensions() numbers, and overloads that return the matrix. Projecting changes nothing in P.
template <class P, class T = float, class D = cpu>
concept Projection = requires(const P& p, context<D>& ctx, matrix_view<const T, D> x, matrix_view<T, D> out) {
  { p.dimensions() } -> std::convertible_to<index_t>;
  p.first(ctx, x, out);
  p.second(ctx, x, out);
  { p.first(ctx, x) } -> std::same_as<matrix<T, D>>;
  { p.second(ctx, x) } -> std::same_as<matrix<T, D>>;
};

/// Options of a method that learns a Projection from pairs: fit(ctx, x, y), row i of x belongs to row i of y.
template <class L, class T = float, class D = cpu>
concept PairedLearner = requires(const L& learner, context<D>& ctx, matrix_view<const T, D> x) {
  { learner.fit(ctx, x, x) } -> Projection<T, D>;
};

/// Options of a method that learns a Projection from pairs with a class label each: fit(ctx, x, y, labels).
template <class L, class T = float, class D = cpu>
concept LabelledLearner =
    requires(const L& learner, context<D>& ctx, matrix_view<const T, D> x, std::span<const label_t> labels) {
      { learner.fit(ctx, x, x, labels) } -> Projection<T, D>;
    };

}  // namespace kindred::projection
