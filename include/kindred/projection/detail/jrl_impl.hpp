// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/random.hpp>
#include <kindred/projection/detail/class_training_impl.hpp>
#include <kindred/projection/jrl.hpp>

namespace kindred::projection::detail {

KINDRED_INLINE class_weights jrl_weights(context<cpu>& host, const graph_set& set, const jrl& options,
                                         const char* who) {
  expect_positive(who, "gamma", options.gamma);
  expect_not_negative(who, "sigma", options.sigma);
  expect_not_negative(who, "lambda", options.lambda);
  expect_not_negative(who, "mu", options.mu);
  expect_not_negative(who, "tolerance", options.tolerance);
  expect_at_least(who, "iterations", options.iterations, 1);
  expect_at_least(who, "neighbours", options.neighbours, 1);
  expect_variation(set, who);
  const index_t n = set.labelled();
  const double sigma = options.sigma, lambda = options.lambda, mu = options.mu;
  const matrix<double, cpu> y = indicators(host, set.labels);
  const auto smoothness = [&](const graph_view& view) {
    if (sigma == 0) return matrix<double, cpu>(host, view.rows.cols(), view.rows.cols());
    const auto graph = symmetric_graph(nearest_others(host, view.rows, options.neighbours, who), false);
    return options.graph == jrl_graph::full_similarity ? full_similarity_products(host, view.rows, graph)
                                                       : laplacian_products(host, view.rows, graph);
  };
  const matrix_view<const double, cpu> x[] = {set.first.rows.view().middle_rows(0, n),
                                              set.second.rows.view().middle_rows(0, n)};
  const matrix<double, cpu> smooth[] = {smoothness(set.first), smoothness(set.second)};
  const matrix<double, cpu> square[] = {product(host, x[0], transpose::yes, x[0], transpose::no),
                                        product(host, x[1], transpose::yes, x[1], transpose::no)};
  const matrix<double, cpu> wanted[] = {product(host, x[0], transpose::yes, y, transpose::no),
                                        product(host, x[1], transpose::yes, y, transpose::no)};
  const matrix<double, cpu> across = product(host, x[0], transpose::yes, x[1], transpose::no);

  matrix<double, cpu> p[] = {uniform_start(host, x[0].cols(), y.cols(), options.seed),
                             uniform_start(host, x[1].cols(), y.cols(), options.seed)};
  std::vector<double> objectives;
  for (index_t iteration = 0; iteration < options.iterations; ++iteration) {
    matrix<double, cpu> next[] = {wanted[0].clone(), wanted[1].clone()};
    for (const int v : {0, 1}) {
      const auto other = product(host, across, v == 0 ? transpose::no : transpose::yes, p[1 - v], transpose::no);
      for (index_t i = 0; i < other.rows() * other.cols(); ++i)
        next[v].data()[i] = mu * next[v].data()[i] + lambda * other.data()[i];
      matrix<double, cpu> system = square[v].clone();
      for (index_t i = 0; i < system.rows() * system.cols(); ++i)
        system.data()[i] = (lambda + mu) * system.data()[i] + sigma * smooth[v].data()[i];
      add_row_ridge(system.view(), options.gamma, p[v]);
      solve_definite(host, std::move(system), next[v].view(), who);
    }
    for (const int v : {0, 1}) p[v] = std::move(next[v]);
    double value = 0;
    for (const int v : {0, 1}) {
      const double fitted = quadratic(host, p[v], square[v]);
      value += sigma * quadratic(host, p[v], smooth[v]) + options.gamma * row_lengths(p[v]) + lambda * fitted +
               mu * (fitted - 2 * inner(p[v], wanted[v]) + static_cast<double>(n));
    }
    value -= 2 * lambda * inner(p[0], product(host, across, transpose::no, p[1], transpose::no));
    objectives.push_back(value);
    if (iteration > 0) {
      const double before = objectives[objectives.size() - 2];
      if (before - value < options.tolerance * before) break;
    }
  }
  return {std::move(p[0]), std::move(p[1]), std::move(objectives)};
}

}  // namespace kindred::projection::detail
