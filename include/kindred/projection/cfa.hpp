// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/detail/training.hpp>
#include <kindred/projection/linear_projection.hpp>

namespace kindred::projection {

/// Cross-modal factor analysis: the pairs of orthonormal directions along which two views of the same things covary
/// most.
///
/// C_xy = X'Y / (n - 1) = U diag(s) V',  W_x = U_k,  W_y = V_k
///
/// Nothing is inverted, so no ridge is needed. Columns are given unit variance first unless told otherwise; the weights
/// of the projection contain that division. correlations() are the singular values s: covariances, not limited to 1.
/// Both effective ranks are the number of s above 1e-10 of the largest one. Compare projected items by cosine.
///
/// Complexity   n p q operations on the device, then one decomposition of p x q on the host; with fewer rows than
///              columns of n x n.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error when the views differ in rows, have fewer than two, or no columns; argument_error for NaN
///              or infinity (row and column are named), views that do not covary, negative dimensions.
/// Reference    Li et al. 2003. The same directions as scikit-learn's PLSSVD with scale=True.
struct cfa {
  index_t dimensions = 0;   ///< at most; 0: as many as C_xy has rank
  bool standardize = true;  ///< give every column unit variance first
  double power = 0;         ///< t: coordinate j of both views is multiplied by s(j)^t

  /// x: n x p, y: n x q; row i of y belongs to row i of x.
  template <class X, class Y, Device D>
  linear_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y) const {
    using T = typename X::value_type;
    static_assert(MatrixArgument<X, D> && MatrixArgument<Y, D> && std::is_same_v<T, typename Y::value_type>,
                  "cfa::fit takes two matrices of one number type on the device of its context");
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
  static constexpr const char* who = "projection::cfa::fit";
  index_t standardized() const { return standardize ? 2 : 0; }

  template <class T, Device D>
  linear_projection<T, D> made(context<D>& ctx, context<cpu>& host, const detail::training_set& set) const {
    auto weights = detail::singular_pairs(host, set.moments.block(0, 1), 0);
    detail::keep_above_noise(host, weights, dimensions);
    expects<argument_error>(!weights.values.empty(), "{}: the views do not covary", who);
    weights.first = detail::lifted(host, set, 0, std::move(weights.first));
    weights.second = detail::lifted(host, set, 1, std::move(weights.second));
    return detail::projection_of<T>(ctx, set.views, std::move(weights), power);
  }
};

}  // namespace kindred::projection
