// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/linalg/conjugate_gradient.hpp>
#include <kindred/projection/detail/graph_training_impl.hpp>
#include <kindred/projection/detail/training_impl.hpp>
#include <kindred/projection/jgrhml.hpp>

namespace kindred::projection::detail {

/// x' L x for the graph that joins all items of a class with each other: of a class with m members the sums of its
/// rows, over m - 1, are all that it takes.
KINDRED_INLINE matrix<double, cpu> same_class_products(context<cpu>& host, const_matrix<double, cpu> x,
                                                       const labelled_rows& labels) {
  const auto classes = static_cast<index_t>(labels.classes.size());
  const auto target = [&](index_t r) { return labels.targets[static_cast<std::size_t>(r)]; };
  std::vector<double> others(static_cast<std::size_t>(classes), -1), factors(static_cast<std::size_t>(x.rows()));
  for (const index_t c : labels.targets) others[static_cast<std::size_t>(c)] += 1;
  matrix<double, cpu> sums(host, classes, x.cols()), out(host, x.cols(), x.cols());
  for (index_t r = 0; r < x.rows(); ++r) {
    const double m = others[static_cast<std::size_t>(target(r))];
    factors[static_cast<std::size_t>(r)] = std::sqrt(m > 0 ? 1 + 1 / m : 1);
    if (m > 0)
      for (index_t c = 0; c < x.cols(); ++c) sums.view()(target(r), c) += x(r, c) / std::sqrt(m);
  }
  const auto rows = scaled_rows(host, x, factors);
  add_products(host, 1, rows, rows, out.view());
  add_products(host, -1, sums, sums, out.view());
  return out;
}

/// Scales a column to unit variance over all rows; returns the factor.
KINDRED_INLINE double unit_variance(matrix_view<double, cpu> rows, index_t column) {
  const index_t n = rows.rows();
  double mean = 0, square = 0;
  for (index_t r = 0; r < n; ++r) mean += rows(r, column);
  mean /= static_cast<double>(n);
  for (index_t r = 0; r < n; ++r) square += (rows(r, column) - mean) * (rows(r, column) - mean);
  const double factor = square > 0 ? std::sqrt(static_cast<double>(n - 1) / square) : 1;
  for (index_t r = 0; r < n; ++r) rows(r, column) *= factor;
  return factor;
}

template <std::same_as<double> T>
graph_weights jgrhml_weights(context<cpu>& host, const graph_set& set, const jgrhml& options, const char* who) {
  expect_share(who, "alpha", options.alpha);
  expect_positive(who, "gamma_1", options.gamma_1);
  expect_positive(who, "gamma_2", options.gamma_2);
  expect_not_negative(who, "lambda_1", options.lambda_1);
  expect_not_negative(who, "lambda_2", options.lambda_2);
  expect_at_least(who, "updates", options.updates, 0);
  expect_at_least(who, "neighbours", options.neighbours, 1);
  const index_t n = set.labelled(), classes = set.classes();

  // ---- the metric
  const matrix_view<const double, cpu> x[] = {set.first.rows.view().middle_rows(0, n),
                                              set.second.rows.view().middle_rows(0, n)};
  const auto across = product(host, x[0], transpose::yes, x[1], transpose::no);
  paired_weights found = singular_pairs<T>(host, across, 0);
  expects<argument_error>(!found.values.empty() && found.values[0] > 0, "{}: the views do not covary", who);
  keep_above_noise(host, found, 0);
  if (options.updates > 0) {
    const double gammas[] = {options.gamma_1, options.gamma_2}, lambdas[] = {options.lambda_1, options.lambda_2};
    std::vector<linalg::cholesky<T>> systems;
    for (const int v : {0, 1}) {
      matrix<double, cpu> system = same_class_products(host, x[v], set.labels);
      for (index_t i = 0; i < system.rows() * system.cols(); ++i) system.data()[i] *= lambdas[v];
      add_products(host, 1, x[v], x[v], system.view());
      for (index_t i = 0; i < system.rows(); ++i) system.view()(i, i) += gammas[v];
      systems.emplace_back(host, std::move(system));
      expects<argument_error>(systems.back().positive_definite(),
                              "{}: the metric of the {} view is singular at column {}; a larger gamma helps", who,
                              v == 0 ? "first" : "second", systems.back().failed_at());
    }
    for (index_t update = 0; update < options.updates; ++update) {
      auto first = product(host, across, transpose::no, found.second, transpose::no);
      auto second = product(host, across, transpose::yes, found.first, transpose::no);
      systems[0].solve(host, first.view());
      systems[1].solve(host, second.view());
      found.first = std::move(first);
      found.second = std::move(second);
    }
  }

  // ---- the graph
  const index_t r = found.first.cols(), count = set.first.rows.rows(), all = count + set.second.rows.rows();
  matrix<double, cpu> nodes(host, all, r, uninitialized);
  const matrix_view<double, cpu> halves[] = {nodes.view().middle_rows(0, count),
                                             nodes.view().middle_rows(count, all - count)};
  host.gemm<double>(1, set.first.rows, transpose::no, found.first, transpose::no, 0, halves[0]);
  host.gemm<double>(1, set.second.rows, transpose::no, found.second, transpose::no, 0, halves[1]);
  matrix<double, cpu>* const weights[] = {&found.first, &found.second};
  for (const int v : {0, 1})
    for (index_t j = 0; j < r; ++j) {
      const double factor = unit_variance(halves[v], j);
      for (index_t i = 0; i < weights[v]->rows(); ++i) weights[v]->view()(i, j) *= factor;
    }
  auto graph = symmetric_graph(nearest_others(host, nodes, options.neighbours, who), true);
  std::vector<double> degrees = graph.row_sums();
  const std::vector<double> roots = inverse_roots(degrees);
  graph.scale(roots, roots);

  // ---- the propagation
  std::vector<double> sizes(static_cast<std::size_t>(classes), 0);
  for (const index_t c : set.labels.targets) sizes[static_cast<std::size_t>(c)] += 1;
  matrix<double, cpu> start(host, all, classes), scores(host, all, classes);
  for (index_t i = 0; i < n; ++i)
    for (index_t c = 0; c < classes; ++c) {
      const double size = sizes[static_cast<std::size_t>(c)];
      const bool own = set.labels.targets[static_cast<std::size_t>(i)] == c;
      const double value = (1 - options.alpha) * (own ? 1 / size : -1 / (static_cast<double>(n) - size));
      for (const index_t node : {i, count + i}) start.view()(node, c) = scores.view()(node, c) = value;
    }
  const auto reached = linalg::conjugate_gradient(host,
                                                  [&](matrix_view<const double, cpu> u, matrix_view<double, cpu> v) {
                                                    graph.multiply(host, u, v);
                                                    for (index_t i = 0; i < u.rows(); ++i)
                                                      for (index_t c = 0; c < u.cols(); ++c)
                                                        v(i, c) = u(i, c) - options.alpha * v(i, c);
                                                  },
                                                  start.view(), scores.view(), {.tolerance = 1e-12});
  expects<argument_error>(reached.converged, "{}: labels have not spread to {} after {} steps; alpha {} is too near 1",
                          who, reached.residual, reached.iterations, options.alpha);

  unscale(found.first, set.first.columns);
  unscale(found.second, set.second.columns);
  return {set.first.columns.means,
          set.second.columns.means,
          found.first.to_host(),
          found.second.to_host(),
          nodes.to_host(),
          scores.to_host(),
          std::move(degrees),
          set.labels.classes,
          count,
          options.neighbours,
          options.alpha};
}

}  // namespace kindred::projection::detail
