// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/class_projection.hpp>
#include <kindred/projection/detail/graph_training.hpp>

namespace kindred::projection {

/// The Laplacian of s2upg's hypergraph: a hyperedge for each item, holding its k nearest others.
enum class s2upg_laplacian {
  symmetric,  ///< L = I - D^-1/2 H H' D^-1/2 / k, D: in how many hyperedges an item is
  released    ///< as the authors' code: L = I - (D + 1)^-1 H H' (D + 1)^-1 / 100, whatever k is
};

struct s2upg;

namespace detail {
class_weights s2upg_weights(context<cpu>& host, const graph_set& set, const s2upg& options, const char* who);
}  // namespace detail

/// Semi-supervised unified (patch) hypergraph regularization: both views into the space of the classes, smooth over one
/// hypergraph of all items of both views, from few columns.
///
/// min over P_1, P_2   sigma tr(O' L O) + sum over views v of  mu |X_v P_v + 1 b_v' - Y|^2 + gamma |P_v|_2,1
///
/// O = (Z_1 P_1; Z_2 P_2) stacked; X_v: n x p_v labelled rows, standardized; Z_v: those and the unlabelled ones; Y: n x
/// C indicators; the hypergraph is built anew in the projected space before each iteration, so neighbours come from
/// both views. Each iteration solves both views from the values before, with gamma / (2 |row of P|) as a ridge of each
/// column.
///
/// Patches: the authors train on the mean of an item's own features and the average of those of its regions or
/// paragraphs, after a cube root; give such rows. (Their code divides by 3 instead, which standardizing undoes.)
/// Inductive: the maps take items that were not there. Compare by similarity::knn_vote on the projected training rows.
///
/// Complexity   per iteration N^2 C multiply-adds for the neighbours of N items of both views, N k (p_1 + p_2 + C),
///              N (p_1^2 + p_2^2) and p_1^3 + p_2^3. Memory N (p_1 + p_2 + k) numbers; no N x N matrix.
/// Determinism  the same bytes for any number of threads; `seed` is the only source of chance.
/// Errors       shape_error when views or labels differ in rows, for fewer than two rows or no columns; argument_error
///              for NaN or infinity (view, row and column are named), fewer than two classes, options out of range.
/// Reference    Peng, Zhai, Zhao and Huang 2016. Their code: laplacian released, last_update false. It also multiplies
///              the similarity between a whole item and a patch by 0.85 when it votes and adds scores of patches to
///              those of items; without patches nothing of that is left.
struct s2upg {
  double gamma = 1000;       ///< > 0; sparsity of rows
  double sigma = 0.1;        ///< at least 0; smoothness over the hypergraph
  double mu = 10;            ///< at least 0; of labels
  index_t neighbours = 100;  ///< k of a hyperedge, at least 1
  index_t iterations = 3;    ///< at least 1
  s2upg_laplacian laplacian = s2upg_laplacian::symmetric;
  bool last_update = true;  ///< false: what went into the last iteration, not what came out
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
                  "s2upg::fit takes two matrices of one number type on the device of its context");
    constexpr const char* who = "projection::s2upg::fit";
    detail::host_of<D> host(ctx);
    const auto set = detail::graph_rows<T, D>(host, ctx, as_const(x), as_const(y), labels, as_const(more_x),
                                              as_const(more_y), standardize, who);
    return detail::class_projection_of<T>(ctx, set, detail::s2upg_weights(host, set, *this, who));
  }
};

}  // namespace kindred::projection

#if !defined(KINDRED_COMPILED)
#include <kindred/projection/detail/s2upg_impl.hpp>
#endif
