// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/class_projection.hpp>
#include <kindred/projection/detail/graph_training.hpp>

namespace kindred::projection {

/// What jrl's Laplacians are made of.
enum class jrl_graph {
  neighbours,  ///< L = I - D^-1/2 A D^-1/2, A(i, j) = 1 where i or j is among the nearest of the other, D its degrees
  full_similarity  ///< as the authors' code: D as above, but the similarities 1 / (1 + e^d) of all pairs in place of A
};

struct jrl;

namespace detail {
class_weights jrl_weights(context<cpu>& host, const graph_set& set, const jrl& options, const char* who);
}  // namespace detail

/// Joint representation learning: both views into the space of the classes, smooth over a graph of neighbours within
/// each view (in which rows without labels take part), alike for both items of a pair, from few columns.
///
/// min over P_1, P_2   sum over views v of  sigma tr(P_v' Z_v' L_v Z_v P_v) + mu |X_v P_v - Y|^2 + gamma |P_v|_2,1
///                     + lambda |X_1 P_1 - X_2 P_2|^2
///
/// X_v: n x p_v labelled rows, standardized; Z_v: those and the unlabelled ones; Y: n x C indicators; |P|_2,1: the sum
/// of the lengths of the rows of P. Each iteration solves both views from the values before, with gamma / (2 |row of
/// P|) as a ridge of each column. The problem is convex, so with enough iterations the start does not matter; few
/// iterations, as the authors take, stop before the end.
///
/// Inductive: the maps take items that were not there; so were they to the released code, except that it has the test
/// items among the unlabelled rows. Compare by similarity::knn_vote on the projected training rows.
///
/// Complexity   n^2 (p_1 + p_2) multiply-adds for the neighbours, n k (p_1 + p_2) and n (p_1^2 + p_2^2) for sums
///              (full_similarity: n^2 exponentials and products more), then p_1^3 + p_2^3 an iteration. Memory n (p_1 +
///              p_2 + k) numbers; no n x n matrix in either graph.
/// Determinism  the same bytes for any number of threads; `seed` is the only source of chance.
/// Errors       shape_error when views or labels differ in rows, for fewer than two rows or no columns; argument_error
///              for NaN or infinity (view, row and column are named), fewer than two classes, options out of range.
/// Reference    Zhai, Peng and Xiao 2014. Their code stops where an iteration gains less than 0.02 of the objective
///              (`tolerance`); sigma 1000 and full_similarity as there.
struct jrl {
  double gamma = 1000;       ///< > 0; sparsity of rows
  double sigma = 1000;       ///< at least 0; smoothness over the graphs
  double lambda = 1;         ///< at least 0; of pairs
  double mu = 1;             ///< at least 0; of labels
  index_t neighbours = 100;  ///< k of the graphs, at least 1
  index_t iterations = 5;    ///< at most; at least 1
  double tolerance = 0;      ///< stop when the objective falls by less than that share of it; 0: never before
  jrl_graph graph = jrl_graph::neighbours;
  bool standardize = true;  ///< give every column unit variance first
  std::uint64_t seed = 1;   ///< of the start, uniform in [0, 1), the same for both views

  /// x: n x p, y: n x q; row i of y belongs to row i of x, and label i, on the host, to both.
  template <class X, class Y, Device D>
  class_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y,
                                                  std::span<const label_t> labels) const {
    return fit(ctx, x, y, labels, x.view().middle_rows(0, 0), y.view().middle_rows(0, 0));
  }
  /// Semi-supervised: more_x, m x p, and more_y, l x q, have no labels and need not be pairs.
  template <class X, class Y, class MoreX, class MoreY, Device D>
  class_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y,
                                                  std::span<const label_t> labels, const MoreX& more_x,
                                                  const MoreY& more_y) const {
    using T = typename X::value_type;
    static_assert(MatrixArgument<X, D> && MatrixArgument<Y, D> && std::is_same_v<T, typename Y::value_type>,
                  "jrl::fit takes two matrices of one number type on the device of its context");
    constexpr const char* who = "projection::jrl::fit";
    detail::host_of<D> host(ctx);
    const auto set = detail::graph_rows<T, D>(host, ctx, as_const(x), as_const(y), labels, as_const(more_x),
                                              as_const(more_y), standardize, who);
    return detail::class_projection_of<T>(ctx, set, detail::jrl_weights(host, set, *this, who));
  }
};

}  // namespace kindred::projection

#if !defined(KINDRED_COMPILED)
#include <kindred/projection/detail/jrl_impl.hpp>
#endif
