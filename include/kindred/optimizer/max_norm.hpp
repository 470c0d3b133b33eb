// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/math.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/optimizer/concept.hpp>
#include <string>
#include <vector>

namespace kindred::optimizer {

namespace detail {

/// Rows that are summed up at a time; part of the result, since it sets the order of the sum.
inline constexpr index_t max_norm_chunk = 256;

template <class T, class D>
struct column_squares_at {
  matrix_view<const T, D> weight;
  matrix_view<double, D> sums;
  KINDRED_HD void operator()(index_t chunk, index_t c) const {
    const index_t begin = chunk * max_norm_chunk, rest = weight.rows() - begin;
    const index_t end = begin + (rest < max_norm_chunk ? rest : max_norm_chunk);
    double sum = 0;
    for (index_t r = begin; r < end; ++r) {
      const double v = static_cast<double>(weight(r, c));
      sum += v * v;
    }
    sums(chunk, c) = sum;
  }
};
template <class D>
struct column_scale_at {
  matrix_view<const double, D> sums;
  double largest;
  vector_view<double, D> scale;
  KINDRED_HD void operator()(index_t c) const {
    double square = 0;
    for (index_t chunk = 0; chunk < sums.rows(); ++chunk) square += sums(chunk, c);
    const double norm = math::sqrt(square);
    scale(c) = norm > largest ? largest / norm : 1.0;
  }
};
template <class T, class D>
struct scale_column_at {
  vector_view<const double, D> scale;
  matrix_view<T, D> weight;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    if (scale(c) != 1.0) weight(r, c) *= static_cast<T>(scale(c));
  }
};

}  // namespace detail

/// An optimizer after each of whose steps the columns of chosen matrices are at most `largest` long; an optimizer
/// itself.
///
///   max_norm<adadelta> with_short_columns{{.smoothing = 0.95}, 3.0};
///   with_short_columns.set(network.spec(), "1.weight");      // pieces whose names begin with "1.weight"
///
/// w := w min(1, largest / |w|) for every column w of these matrices: the weights of one output of a linear layer, of
/// one filter of a convolution
///
/// Complexity   O(numbers of these matrices), three launches each, more.
/// Determinism  squares are summed in double in chunks of 256 rows: bit-equal for any number of threads.
/// Errors       those of the optimizer; shape_error for a matrix outside the weights, argument_error when `largest` is
///              not above 0. A column with a NaN stays as it is; an infinite one becomes NaN and 0.
/// Reference    Hinton et al. 2012; Kim 2014 has 3 for the last linear layer and divides by |w| + 1e-7.
template <Optimizer Base>
struct max_norm : Base {
  /// A rows x cols matrix at [begin, begin + rows cols) of the flat vector.
  struct part {
    index_t begin, rows, cols;
  };
  double largest = 3;         ///< length of a column at most
  std::vector<part> parts{};  ///< what is held; set() adds to it

  /// Adds every piece of `spec` (layer::Parametric) of more than one row whose name begins with `prefix`. Errors:
  /// argument_error when there is none.
  template <class Spec>
  void set(const Spec& spec, const std::string& prefix) {
    const std::size_t before = parts.size();
    spec.parameters([&](const auto& name, index_t offset, index_t rows, index_t cols) {
      if (rows > 1 && std::string(name).compare(0, prefix.size(), prefix) == 0) parts.push_back({offset, rows, cols});
    });
    expects<argument_error>(parts.size() > before, "optimizer::max_norm: no matrices are called {}...", prefix);
  }

  template <class T, Device D>
  void update(context<D>& ctx, typename Base::template state<T, D>& s, vector_view<T, D> weights,
              const_vector<T, D> gradient, const_vector<T, D> factors = {}) const {
    expects<argument_error>(largest > 0, "optimizer::max_norm: expected largest above 0, got {}", largest);
    for (const part& p : parts)
      expects(p.begin >= 0 && p.rows >= 0 && p.cols >= 0 && p.begin <= weights.size() &&
                  (p.cols == 0 || p.rows <= (weights.size() - p.begin) / p.cols),
              "optimizer::max_norm: a matrix of {} x {} from {} in {} weights", p.rows, p.cols, p.begin,
              weights.size());
    Base::update(ctx, s, weights, gradient, factors);
    for (const part& p : parts) {
      const scratch_scope scope(ctx);
      const auto weight = as_matrix(weights.segment(p.begin, p.rows * p.cols), p.rows, p.cols);
      const auto sums =
          scratch_matrix<double>(ctx, (p.rows + detail::max_norm_chunk - 1) / detail::max_norm_chunk, p.cols);
      const auto scale = scratch_vector<double>(ctx, p.cols);
      ctx.for_each(sums.rows(), p.cols, detail::column_squares_at<T, D>{weight, sums});
      ctx.for_each(p.cols, detail::column_scale_at<D>{sums, largest, scale});
      ctx.for_each(p.rows, p.cols, detail::scale_column_at<T, D>{scale, weight});
    }
  }
};

}  // namespace kindred::optimizer
