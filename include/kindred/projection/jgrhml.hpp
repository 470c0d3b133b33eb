// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/graph_projection.hpp>
#include <kindred/projection/detail/graph_training.hpp>

namespace kindred::projection {

struct jgrhml;

namespace detail {
template <std::same_as<double> T = double>
graph_weights jgrhml_weights(context<cpu>& host, const graph_set& set, const jgrhml& options, const char* who);
}  // namespace detail

/// Heterogeneous metric learning with joint graph regularization: a metric in which items of two views can be near each
/// other, then labels that spread over one graph of neighbours of all items.
///
/// metric      P, Q from the singular vectors of X'Y; P := (gamma_1 I + lambda_1 X'LX + X'X)^-1 X'Y Q and
///             Q := (gamma_2 I + lambda_2 Y'LY + Y'Y)^-1 Y'X P, each from the values before; L = I - D^-1/2 S D^-1/2,
///             S(i, j) = 1 where i and j are two items of one class
/// graph       nodes: XP and YQ, each column of unit variance over all rows of its view, labelled or not; w(i, j) the mean over
///             both directions of [j among the k nearest others of i] / (1 + e^distance); S = D^-1/2 w D^-1/2
/// propagation F = (1 - alpha) (I - alpha S)^-1 F_0;  F_0(i, c) = 1 / n_c where i is one of the n_c labelled items of class c,
///             -1 / (n - n_c) for the other labelled items, 0 without a label
///
/// X: n x p, Y: n x q, standardized. Directions of X'Y with a singular value of at most 1e-10 of the first are left out.
///
/// Compare by similarity::dot: the length of a row of F says how sure it is, and cosine loses that. Published figures are
/// transductive: they give the test items to the fit as unlabelled rows (more_x, more_y) and compare their rows of
/// first_scores() and second_scores(). first(x) and second(y) are the inductive form, for items that were not there: see
/// graph_projection. With few pairs and many columns the metric overfits, and projections of labelled rows vary more than those
/// of other rows; then the transductive form, whose variances are over both, is better.
///
/// Complexity   N^2 r multiply-adds for the neighbours of all N nodes, about N k C for each of some ten steps of conjugate
///              gradients, n (p^2 + q^2) and p^3 + q^3 for the metric. Memory N (r + 4 k + C) numbers; no N x N matrix.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error when views or labels differ in rows, for fewer than two rows or no columns; argument_error for
///              NaN or infinity (view, row and column are named), fewer than two classes, views that do not covary, options
///              out of range.
/// Reference    Zhai, Peng and Xiao 2013. Their code inverts a full N x N matrix. It loops twice but reads P and Q where the
///              loop begins, so one update takes effect, which is the default here.
struct jgrhml {
  double alpha = 0.1;       ///< in [0, 1); how far labels spread
  index_t neighbours = 90;  ///< k, at least 1
  double gamma_1 = 1e4;     ///< > 0; of the first view
  double gamma_2 = 10;      ///< > 0
  double lambda_1 = 10;     ///< at least 0; smoothness within classes of the first view
  double lambda_2 = 10;     ///< at least 0
  index_t updates = 1;      ///< of P and Q, at least 0
  bool standardize = true;  ///< give every column unit variance first

  /// x: n x p, y: n x q; row i of y belongs to row i of x, and label i, on the host, to both.
  template <class X, class Y, Device D>
  graph_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y,
                                                  std::span<const label_t> labels) const {
    return fit(ctx, x, y, labels, x.view().middle_rows(0, 0), y.view().middle_rows(0, 0));
  }
  /// Transductive: more_x, m x p, and more_y, l x q, are nodes without labels and need not be pairs.
  template <class X, class Y, class MoreX, class MoreY, Device D>
  graph_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y,
                                                  std::span<const label_t> labels, const MoreX& more_x,
                                                  const MoreY& more_y) const {
    using T = typename X::value_type;
    static_assert(MatrixArgument<X, D> && MatrixArgument<Y, D> && std::is_same_v<T, typename Y::value_type>,
                  "jgrhml::fit takes two matrices of one number type on the device of its context");
    constexpr const char* who = "projection::jgrhml::fit";
    detail::host_of<D> host(ctx);
    const auto set = detail::graph_rows<T, D>(host, ctx, as_const(x), as_const(y), labels, as_const(more_x),
                                              as_const(more_y), standardize, who);
    return graph_projection<T, D>(ctx, detail::jgrhml_weights(host, set, *this, who));
  }
};

}  // namespace kindred::projection

#if !defined(KINDRED_COMPILED)
#include <kindred/projection/detail/jgrhml_impl.hpp>
#endif
