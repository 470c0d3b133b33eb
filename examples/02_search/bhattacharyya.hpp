// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/similarity/product_form.hpp>

/// A similarity of our own: the Bhattacharyya coefficient of two histograms.
///
/// s(a, b) = sum_i sqrt(a_i / |a|_1) sqrt(b_i / |b|_1), in [0, 1]; 0 where a or b is all zeros
///
/// It is a product once each row was prepared by itself, so product_form and index::flat do the rest.
/// Errors  argument_error for a number below 0, by row.
struct bhattacharyya : kindred::similarity::product_form<bhattacharyya> {
  static constexpr const char* name = "bhattacharyya";  // stands in the files of an index
  static constexpr auto scoring = kindred::op::scoring::inner_product;
  static constexpr bool rowwise = true;

  template <kindred::MatrixArgument<kindred::cpu> M>
  auto prepare(kindred::context<kindred::cpu>& ctx, const M& histograms) const {
    using T = typename M::value_type;
    const kindred::matrix_view<const T, kindred::cpu> x = kindred::as_const(histograms);
    kindred::matrix<T, kindred::cpu> roots(ctx, x.rows(), x.cols());
    const auto y = roots.view();
    for (kindred::index_t r = 0; r < x.rows(); ++r) {
      double sum = 0;
      for (kindred::index_t c = 0; c < x.cols(); ++c) {
        kindred::expects<kindred::argument_error>(
            !(x(r, c) < 0), "bhattacharyya: row {} has {} in column {}, expected 0 or more", r, x(r, c), c);
        sum += static_cast<double>(x(r, c));
      }
      if (sum > 0)
        for (kindred::index_t c = 0; c < x.cols(); ++c)
          y(r, c) = static_cast<T>(std::sqrt(static_cast<double>(x(r, c)) / sum));
    }
    const kindred::matrix_view<const T, kindred::cpu> rows = roots.view();
    return kindred::similarity::prepared<T, kindred::cpu>{.rows = rows, .changed = std::move(roots)};
  }
};
