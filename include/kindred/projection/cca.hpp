// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/projection/detail/training.hpp>
#include <kindred/projection/linear_projection.hpp>
#include <kindred/projection/ridge.hpp>

namespace kindred::projection {

/// Canonical correlation analysis with a ridge: the pairs of directions along which two views of the same things
/// correlate most.
///
/// max tr(W_x' C_xy W_y)  subject to  W_x' R(C_xx) W_x = I = W_y' R(C_yy) W_y,  R the ridge, C covariances (n - 1)
///
/// Directions whose variance is at most 1e-10 of the largest one of their view are noise and take no part; what is left
/// is the effective rank, reported by the projection. With fewer rows than columns the problem is solved in the space
/// of the rows. correlations() are the covariances W_x' C_xy W_y of the pairs of coordinates, descending: canonical
/// correlations without a ridge, at most 1 with ridge::scaled and absolute, at most 1 / (1 - a) with shrinkage(a). Of
/// each column of W_x the entry of largest magnitude is positive. Compare projected items by cosine.
///
/// Complexity   n (p + q)^2 operations for covariances (on the device), then O(p^3 + q^3) on the host; with fewer rows
///              than columns n in place of p or q. Memory (p + q)^2 numbers for each doubling of 4096 rows, see
///              linalg::covariance_accumulator, from which it fits too.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error when the views differ in rows, have fewer than two, or no columns; argument_error for NaN
///              or infinity (row and column are named), a view that does not vary, negative dimensions.
/// Reference    Hotelling 1936; the ridge of Vinod 1976; coordinates times rho^t as Gong et al. 2014, there with t = 4.
struct cca {
  index_t dimensions = 0;          ///< at most; 0: as many as the smaller effective rank
  projection::ridge ridge = 1e-3;  ///< a plain number is a share of the mean variance
  bool standardize = false;        ///< give every column unit variance first
  double power = 0;                ///< t: coordinate j of both views is multiplied by correlations()[j]^t

  /// x: n x p, y: n x q; row i of y belongs to row i of x.
  template <class X, class Y, Device D>
  linear_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y) const {
    using T = typename X::value_type;
    static_assert(MatrixArgument<X, D> && MatrixArgument<Y, D> && std::is_same_v<T, typename Y::value_type>,
                  "cca::fit takes two matrices of one number type on the device of its context");
    detail::expect_pairs(x.rows(), y.rows(), dimensions, who);
    detail::host_of<D> host(ctx);
    const matrix_view<const T, D> views[] = {x.view(), y.view()};
    return made<T>(ctx, host, detail::training_of<T, D>(host, ctx, views, standardized(), who));
  }

  /// From moments of two views; the same bytes as from the rows, where those have no view with more columns than rows.
  template <Scalar T, Device D>
  linear_projection<T, D> fit(context<D>& ctx, const linalg::covariance_accumulator<T, D>& sums) const {
    detail::expect_pairs(0, 0, dimensions, who);
    detail::host_of<D> host(ctx);
    return made<T>(ctx, host, detail::training_of(host, ctx, sums, 2, standardized(), who));
  }

 private:
  static constexpr const char* who = "projection::cca::fit";
  index_t standardized() const { return standardize ? 2 : 0; }

  template <class T, Device D>
  linear_projection<T, D> made(context<D>& ctx, context<cpu>& host, const detail::training_set& set) const {
    auto weights = detail::whitened_pairs(host, set, dimensions, who, [this](double variance, double mean) {
      return 1 / std::sqrt(ridge(variance, mean));
    });
    for (double& rho : weights.values) rho = std::min(rho, ridge.largest_value());  // rounding
    return detail::projection_of<T>(ctx, set.views, std::move(weights), power);
  }
};

}  // namespace kindred::projection
