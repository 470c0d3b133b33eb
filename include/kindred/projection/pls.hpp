// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/detail/training.hpp>
#include <kindred/projection/linear_projection.hpp>

namespace kindred::projection {

/// What pls takes away from the views after each pair of directions.
enum class pls_deflation {
  canonical,  ///< from either view what its own score explains: both sides alike
  regression  ///< from both views what the score of the first one explains: the first view predicts the second
};

/// Partial least squares: pairs of directions along which two views covary most, one after the other.
///
/// w_j, c_j = arg max w' X_j'Y_j c / (n - 1) over unit vectors,  t = X_j w_j,  u = Y_j c_j
/// canonical    X_j+1 = X_j - t t'X_j / t't,  Y_j+1 = Y_j - u u'Y_j / u'u
/// regression   X_j+1 = X_j - t t'X_j / t't,  Y_j+1 = Y_j - t t'Y_j / t't
///
/// The projection gives the scores t and u of new rows: with P the loadings X_j't / t't as columns, first(x) =
/// (x - mean) W (P'W)^-1. Of the second view in canonical mode likewise; in regression mode, where y is about D t with
/// the loadings D = Y_j't / t't, the t that fits y best: second(y) = (y - mean) D (D'D)^+. Directions end where nothing
/// covaries (1e-10 of the first covariance), whatever was asked for; both effective ranks are the number found.
/// correlations() are the covariances of the pairs of scores, each of what was left; mostly, not always, descending.
/// The directions without any deflation are those of `cfa`. Compare projected items by cosine.
///
/// Complexity   n (p + q)^2 operations for covariances on the device, then a few tens of p q and (p + q)^2 for each
///              pair on the host; with fewer rows than columns n in place of p or q, and n^3.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error when the views differ in rows, have fewer than two, or no columns; argument_error for NaN
///              or infinity (row and column are named), views that do not covary, negative dimensions.
/// Reference    Wold 1966; Wegelin 2000 (mode A). The scores of scikit-learn's PLSCanonical and PLSRegression with
///              scale=True, whose iterations these formulas are the limit of.
struct pls {
  index_t dimensions = 0;  ///< at most; 0: until nothing covaries
  pls_deflation deflation = pls_deflation::canonical;
  bool standardize = true;  ///< give every column unit variance first
  double power = 0;         ///< t: coordinate j of both views is multiplied by the j-th covariance^t

  /// x: n x p, y: n x q; row i of y belongs to row i of x.
  template <class X, class Y, Device D>
  linear_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y) const {
    using T = typename X::value_type;
    static_assert(MatrixArgument<X, D> && MatrixArgument<Y, D> && std::is_same_v<T, typename Y::value_type>,
                  "pls::fit takes two matrices of one number type on the device of its context");
    detail::expect_pairs(x.rows(), y.rows(), dimensions, who);
    detail::host_of<D> host(ctx);
    const matrix_view<const T, D> views[] = {x.view(), y.view()};
    return made<T>(ctx, host, detail::training_of<T, D>(host, ctx, views, standardize ? 2 : 0, who));
  }

  /// From moments of two views; the same bytes as from the rows, where those have no view with more columns than rows.
  template <Scalar T, Device D>
  linear_projection<T, D> fit(context<D>& ctx, const linalg::covariance_accumulator<T, D>& sums) const {
    detail::expect_pairs(0, 0, dimensions, who);
    detail::host_of<D> host(ctx);
    return made<T>(ctx, host, detail::training_of(host, ctx, sums, 2, standardize ? 2 : 0, who));
  }

 private:
  static constexpr const char* who = "projection::pls::fit";

  template <class T, Device D>
  linear_projection<T, D> made(context<D>& ctx, context<cpu>& host, const detail::training_set& set) const {
    auto weights = detail::deflated_pairs(host, set, dimensions, deflation == pls_deflation::regression);
    expects<argument_error>(!weights.values.empty(), "{}: the views do not covary", who);
    weights.first = detail::lifted(host, set, 0, std::move(weights.first));
    weights.second = detail::lifted(host, set, 1, std::move(weights.second));
    return detail::projection_of<T>(ctx, set.views, std::move(weights), power);
  }
};

}  // namespace kindred::projection
