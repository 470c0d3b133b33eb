// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/concept.hpp>
#include <kindred/projection/linear_map.hpp>

namespace kindred::projection {

/// Two linear maps into one space: what the linear learners give. Satisfies Projection.
///
/// first(x)  = (x - mean_x) W_x        second(y) = (y - mean_y) W_y
template <class T, Device D>
class linear_projection {
 public:
  using value_type = T;
  using device = D;

  /// `correlations` descending, one per dimension; `first_rank`, `second_rank`: see effective ranks below.
  /// Errors  shape_error when the parts differ in dimensions.
  linear_projection(linear_map<T, D> first, linear_map<T, D> second, std::vector<double> correlations,
                    index_t first_rank, index_t second_rank)
      : first_(std::move(first)),
        second_(std::move(second)),
        correlations_(std::move(correlations)),
        first_rank_(first_rank),
        second_rank_(second_rank) {
    expects(first_.dimensions() == second_.dimensions() &&
                static_cast<index_t>(correlations_.size()) == first_.dimensions(),
            "linear_projection: {} and {} dimensions, {} correlations", first_.dimensions(), second_.dimensions(),
            correlations_.size());
  }

  /// Never more than the smaller effective rank, whatever was asked for.
  index_t dimensions() const { return first_.dimensions(); }
  /// What ties each pair of coordinates, descending: canonical correlations for cca, covariances for cfa.
  const std::vector<double>& correlations() const { return correlations_; }
  /// Directions of the training rows that were told from noise, per view.
  index_t first_rank() const { return first_rank_; }
  index_t second_rank() const { return second_rank_; }
  const linear_map<T, D>& first_map() const { return first_; }
  const linear_map<T, D>& second_map() const { return second_; }

  /// out: rows(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { first_.apply(ctx, x, out); }
  void second(context<D>& ctx, const_matrix<T, D> y, matrix_view<T, D> out) const { second_.apply(ctx, y, out); }
  matrix<T, D> first(context<D>& ctx, const_matrix<T, D> x) const { return first_.apply(ctx, x); }
  matrix<T, D> second(context<D>& ctx, const_matrix<T, D> y) const { return second_.apply(ctx, y); }

 private:
  linear_map<T, D> first_, second_;
  std::vector<double> correlations_;
  index_t first_rank_, second_rank_;
};

}  // namespace kindred::projection
