// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/linear_projection.hpp>
#include <kindred/projection/training.hpp>

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
/// Errors       shape_error when the views differ in rows, have fewer than two, or no columns; argument_error for NaN or
///              infinity (row and column are named), views that do not covary, negative dimensions.
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
    constexpr const char* who = "projection::cfa::fit";
    detail::expect_pairs(x.rows(), y.rows(), dimensions, who);
    detail::host_of<D> host(ctx);
    const auto first = detail::prepared_rows<T, D>(ctx, x.view(), standardize, who, "first");
    const auto second = detail::prepared_rows<T, D>(ctx, y.view(), standardize, who, "second");
    const bool few_rows = x.cols() > x.rows() || y.cols() > y.rows();
    auto weights = few_rows
                       ? detail::whitened_pairs(host, ctx, first, second, 0, who, [](double, double) { return 1.0; })
                       : detail::singular_pairs(host, detail::covariance_of<T, D>(host, ctx, first, second), 0);
    detail::keep_above_noise(host, weights, dimensions);
    expects<argument_error>(!weights.values.empty(), "{}: the views do not covary", who);
    return detail::projection_of(ctx, first, second, std::move(weights), power);
  }
};

}  // namespace kindred::projection
