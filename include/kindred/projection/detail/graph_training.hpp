// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the learners on neighbour graphs do on the host, in double: views with unlabelled rows behind the labelled
/// ones, graphs of nearest neighbours as lists, and sums that never need a graph as a full matrix.
#pragma once

#include <kindred/linalg/sparse_matrix.hpp>
#include <kindred/projection/class_projection.hpp>
#include <kindred/projection/detail/training.hpp>
#include <kindred/projection/logistic_regression.hpp>

namespace kindred::projection::detail {

/// One view: the labelled rows, then those without a label, less the means and times the factors of the labelled ones.
struct graph_view {
  view_columns columns;
  matrix<double, cpu> rows;
};
/// Two views and the class of each labelled pair.
struct graph_set {
  graph_view first, second;
  labelled_rows labels;
  index_t labelled() const { return static_cast<index_t>(labels.targets.size()); }
  index_t classes() const { return static_cast<index_t>(labels.classes.size()); }
};

template <class T, Device D>
graph_view graph_rows(context<cpu>& host, context<D>& ctx, matrix_view<const T, D> x, matrix_view<const T, D> more,
                      bool standardize, const char* who, const char* view) {
  const training_rows<T, D> rows = prepared_rows<T, D>(ctx, x, standardize, who, view);
  if (more.rows() == 0) return {rows, centred_rows(host, ctx, rows)};
  expects(more.cols() == x.cols(), "{}: unlabelled rows of {} numbers in the {} view of {}", who, more.cols(), view,
          x.cols());
  linalg::expect_finite_view(ctx, more, linalg::column_means(ctx, more), who,
                             view[0] == 'f' ? "unlabelled first" : "unlabelled second");
  matrix<double, cpu> all(host, x.rows() + more.rows(), x.cols(), uninitialized);
  const auto put = [&](const matrix<double, cpu>& part, index_t begin) {
    for (index_t r = 0; r < part.rows(); ++r)
      for (index_t c = 0; c < part.cols(); ++c) all.view()(begin + r, c) = part.view()(r, c);
  };
  put(centred_rows(host, ctx, rows), 0);
  put(centred_rows<T, D>(host, ctx, {{rows.means, rows.factors}, more}), x.rows());
  return {rows, std::move(all)};
}
template <class T, Device D>
graph_set graph_rows(context<cpu>& host, context<D>& ctx, matrix_view<const T, D> x, matrix_view<const T, D> y,
                     std::span<const label_t> labels, matrix_view<const T, D> more_x, matrix_view<const T, D> more_y,
                     bool standardize, const char* who) {
  expect_pairs(x.rows(), y.rows(), 0, who);
  graph_view first = graph_rows<T, D>(host, ctx, x, more_x, standardize, who, "first");
  return {std::move(first), graph_rows<T, D>(host, ctx, y, more_y, standardize, who, "second"),
          labelled(labels, x.rows(), who)};
}

/// The k nearest other rows of each row, nearest first, of equally far ones the lower position; k at most rows - 1.
struct neighbour_lists {
  matrix<index_t, cpu> ids;
  matrix<double, cpu> scores;  // -distance^2
};
neighbour_lists nearest_others(context<cpu>& host, const_matrix<double, cpu> rows, index_t k, const char* who);

/// 1 / (1 + exp(d)) of -d^2.
double neighbour_weight(double score);

/// The symmetric graph of the lists: (A + A') / 2 with A(i, j) the neighbour_weight of j where j is near i, or 1 where
/// either is near the other.
linalg::sparse_matrix<double> symmetric_graph(const neighbour_lists& lists, bool weighted);

/// into := into + factor a' b for rows of two matrices.
void add_products(context<cpu>& host, double factor, const_matrix<double, cpu> a, const_matrix<double, cpu> b,
                  matrix_view<double, cpu> into);

/// rows' (I - D^-1/2 A D^-1/2) rows; without a degree a row has no neighbours, and only the I of it counts.
matrix<double, cpu> laplacian_products(context<cpu>& host, const_matrix<double, cpu> rows,
                                       const linalg::sparse_matrix<double>& graph);

/// rows' (I - D^-1/2 K D^-1/2) rows with K(i, j) the neighbour_weight of all pairs, D the degrees of `graph`; bands of
/// K.
matrix<double, cpu> full_similarity_products(context<cpu>& host, const_matrix<double, cpu> rows,
                                             const linalg::sparse_matrix<double>& graph);

/// n x C: 1 at the class of each labelled row.
matrix<double, cpu> indicators(context<cpu>& host, const labelled_rows& labels);

/// a^-1 b for a symmetric positive definite `a`, which is used up. Errors: argument_error when it is none.
template <std::same_as<double> T = double>
void solve_definite(context<cpu>& host, matrix<T, cpu> a, matrix_view<T, cpu> b, const char* who);

/// Weights of both views, one column per class.
struct class_weights {
  matrix<double, cpu> first, second;
  std::vector<double> objectives;
};
template <class T, Device D>
class_projection<T, D> class_projection_of(context<D>& ctx, const graph_set& set, class_weights weights) {
  unscale(weights.first, set.first.columns);
  unscale(weights.second, set.second.columns);
  return {linear_map<T, D>(ctx, set.first.columns.means, weights.first.to_host(), set.classes()),
          linear_map<T, D>(ctx, set.second.columns.means, weights.second.to_host(), set.classes()), set.labels.classes,
          std::move(weights.objectives)};
}

}  // namespace kindred::projection::detail

#if !defined(KINDRED_COMPILED)
#include <kindred/projection/detail/graph_training_impl.hpp>
#endif
