// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/principal_projection.hpp>
#include <kindred/projection/detail/training.hpp>

namespace kindred::projection {

/// Principal component analysis of one view: the orthonormal directions along which it varies most.
///
/// C_xx = W diag(variances) W',  out = (x - mean) W_k  (divided by the square roots of the variances to whiten)
///
/// Directions whose variance is at most 1e-10 of the largest one are noise and left out. With fewer rows than columns
/// the problem is solved in the space of the rows.
///
/// Complexity   n p^2 operations on the device, then O(p^3) on the host; n^2 p and n^3 with fewer rows than columns.
/// Determinism  the same bytes for any number of threads; of each direction the entry of largest magnitude is positive.
/// Errors       shape_error for fewer than two rows or no columns; argument_error for NaN or infinity (row and column
///              are named), rows that do not vary, negative dimensions.
/// Reference    Pearson 1901, Hotelling 1933.
struct pca {
  index_t dimensions = 0;    ///< at most; 0: as many as the effective rank
  bool standardize = false;  ///< give every column unit variance first
  bool whiten = false;       ///< give every coordinate unit variance over the training rows

  /// x: n x p.
  template <class X, Device D>
  principal_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x) const {
    using T = typename X::value_type;
    static_assert(MatrixArgument<X, D>, "pca::fit takes a matrix on the device of its context");
    detail::expect_pairs(x.rows(), x.rows(), dimensions, who);
    detail::host_of<D> host(ctx);
    const matrix_view<const T, D> views[] = {x.view()};
    return made<T>(ctx, host, detail::training_of<T, D>(host, ctx, views, standardize ? 1 : 0, who));
  }

  /// From moments of one view; the same bytes as from the rows, where there are at least as many as columns.
  template <Scalar T, Device D>
  principal_projection<T, D> fit(context<D>& ctx, const linalg::covariance_accumulator<T, D>& sums) const {
    detail::expect_pairs(0, 0, dimensions, who);
    detail::host_of<D> host(ctx);
    return made<T>(ctx, host, detail::training_of(host, ctx, sums, 1, standardize ? 1 : 0, who));
  }

 private:
  static constexpr const char* who = "projection::pca::fit";

  template <class T, Device D>
  principal_projection<T, D> made(context<D>& ctx, context<cpu>& host, const detail::training_set& set) const {
    detail::directions found = detail::directions_of(host, set, 0, who);
    const index_t rank = found.basis.cols(), k = dimensions > 0 && dimensions < rank ? dimensions : rank;
    found.basis = detail::lifted(host, set, 0, std::move(found.basis));
    detail::unscale(found.basis, set.views[0]);
    const double total = found.mean_variance * static_cast<double>(found.basis.rows());
    detail::directions kept = detail::leading_directions(host, found, k, whiten);
    return {linear_map<T, D>(ctx, set.views[0].means, kept.basis.to_host(), k), std::move(kept.variances), total, rank};
  }
};

}  // namespace kindred::projection
