// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/concept.hpp>
#include <kindred/projection/linear_map.hpp>

namespace kindred::projection {

/// One linear map with the variance that each of its coordinates holds: what pca gives. Its first() and second() are the
/// same, so it is a Projection where both views are of one kind.
template <class T, Device D>
class principal_projection {
 public:
  using value_type = T;
  using device = D;

  /// Errors  shape_error when there is not one variance per dimension.
  principal_projection(linear_map<T, D> map, std::vector<double> variances, double total_variance, index_t rank)
      : map_(std::move(map)), variances_(std::move(variances)), total_variance_(total_variance), rank_(rank) {
    expects(static_cast<index_t>(variances_.size()) == map_.dimensions(),
            "principal_projection: {} variances for {} dimensions", variances_.size(), map_.dimensions());
  }

  /// Never more than the effective rank, whatever was asked for.
  index_t dimensions() const { return map_.dimensions(); }
  /// Variance of the training rows along each dimension (divisor n - 1), descending.
  const std::vector<double>& variances() const { return variances_; }
  /// The sum over all directions, kept or not.
  double total_variance() const { return total_variance_; }
  /// Directions of the training rows that were told from noise.
  index_t rank() const { return rank_; }
  const linear_map<T, D>& map() const { return map_; }

  /// out: rows(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { map_.apply(ctx, x, out); }
  void second(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { map_.apply(ctx, x, out); }
  matrix<T, D> first(context<D>& ctx, const_matrix<T, D> x) const { return map_.apply(ctx, x); }
  matrix<T, D> second(context<D>& ctx, const_matrix<T, D> x) const { return map_.apply(ctx, x); }

 private:
  linear_map<T, D> map_;
  std::vector<double> variances_;
  double total_variance_;
  index_t rank_;
};

}  // namespace kindred::projection
