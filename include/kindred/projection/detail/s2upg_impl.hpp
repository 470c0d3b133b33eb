// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/detail/class_training_impl.hpp>
#include <kindred/projection/s2upg.hpp>

namespace kindred::projection::detail {

/// What a hypergraph makes of the rows of both views: B' Z of each, for L = I - B B'.
struct hyperedge_products {
  matrix<double, cpu> first_square, second_square;  // Z_v' B_v B_v' Z_v
  matrix<double, cpu> first_across, second_across;  // Z_1' B_1 B_2' O_2 and Z_2' B_2 B_1' O_1
};

/// `projected`: Z_1 P_1 above Z_2 P_2. Hyperedges are gathered in bands, so that none of it grows with their number.
KINDRED_INLINE hyperedge_products hypergraph_products(context<cpu>& host, const graph_set& set,
                                                      const matrix<double, cpu>& projected, const s2upg& options,
                                                      const char* who) {
  const index_t first = set.first.rows.rows(), all = projected.rows(), classes = projected.cols();
  const neighbour_lists edges = nearest_others(host, projected, options.neighbours, who);
  const index_t k = edges.ids.cols();
  const bool released = options.laplacian == s2upg_laplacian::released;
  std::vector<double> factor(static_cast<std::size_t>(all), released ? 1 : 0);
  for (index_t i = 0; i < all * k; ++i) factor[static_cast<std::size_t>(edges.ids.data()[i])] += 1;
  const double size = released ? 100 : static_cast<double>(k);
  for (double& f : factor) f = (f > 0 ? 1 / (released ? f : std::sqrt(f)) : 0) / std::sqrt(size);

  const index_t p = set.first.rows.cols(), q = set.second.rows.cols(), band = std::min(all, graph_band);
  hyperedge_products out{matrix<double, cpu>(host, p, p), matrix<double, cpu>(host, q, q),
                         matrix<double, cpu>(host, p, classes), matrix<double, cpu>(host, q, classes)};
  matrix<double, cpu> x(host, band, p, uninitialized), y(host, band, q, uninitialized),
      x_coordinates(host, band, classes, uninitialized), y_coordinates(host, band, classes, uninitialized);
  for (index_t begin = 0; begin < all; begin += band) {
    const index_t here = std::min(band, all - begin);
    const matrix_view<double, cpu> sum_x = x.view().middle_rows(0, here), sum_y = y.view().middle_rows(0, here),
                                   o_x = x_coordinates.view().middle_rows(0, here),
                                   o_y = y_coordinates.view().middle_rows(0, here);
    host.for_each_row(here, k * (p + q), [&](const auto&, index_t e) {
      const auto add = [&](matrix_view<double, cpu> into, double f, const double* row) {
        for (index_t c = 0; c < into.cols(); ++c) into(e, c) += f * row[c];
      };
      for (const auto& into : {sum_x, sum_y, o_x, o_y})
        for (index_t c = 0; c < into.cols(); ++c) into(e, c) = 0;
      for (index_t j = 0; j < k; ++j) {
        const index_t member = edges.ids.view()(begin + e, j);
        const double f = factor[static_cast<std::size_t>(member)];
        if (member < first)
          add(sum_x, f, set.first.rows.data() + member * p);
        else
          add(sum_y, f, set.second.rows.data() + (member - first) * q);
        add(member < first ? o_x : o_y, f, projected.data() + member * classes);
      }
    });
    add_products(host, 1, sum_x, sum_x, out.first_square.view());
    add_products(host, 1, sum_y, sum_y, out.second_square.view());
    add_products(host, 1, sum_x, o_y, out.first_across.view());
    add_products(host, 1, sum_y, o_x, out.second_across.view());
  }
  return out;
}

KINDRED_INLINE class_weights s2upg_weights(context<cpu>& host, const graph_set& set, const s2upg& options,
                                           const char* who) {
  expect_positive(who, "gamma", options.gamma);
  expect_not_negative(who, "sigma", options.sigma);
  expect_not_negative(who, "mu", options.mu);
  expect_at_least(who, "iterations", options.iterations, 1);
  expect_at_least(who, "neighbours", options.neighbours, 1);
  expect_variation(set, who);
  const index_t n = set.labelled(), classes = set.classes();
  const double sigma = options.sigma, mu = options.mu;
  const matrix<double, cpu> y = indicators(host, set.labels);
  const matrix<double, cpu>* const all[] = {&set.first.rows, &set.second.rows};
  std::vector<matrix<double, cpu>> square, everywhere, wanted, p;
  for (const auto* rows : all) {
    const matrix_view<const double, cpu> x = rows->view().middle_rows(0, n);
    // labelled rows are centred, which takes b out of both products
    square.push_back(product(host, x, transpose::yes, x, transpose::no));
    wanted.push_back(product(host, x, transpose::yes, y, transpose::no));
    everywhere.push_back(product(host, *rows, transpose::yes, *rows, transpose::no));
    p.push_back(uniform_start(host, rows->cols(), classes, options.seed));
  }
  double spread = static_cast<double>(n);  // of the indicators about their means
  for (index_t c = 0; c < classes; ++c) {
    double count = 0;
    for (index_t r = 0; r < n; ++r) count += y.view()(r, c);
    spread -= count * count / static_cast<double>(n);
  }
  std::vector<double> objectives;
  for (index_t iteration = 0; iteration < options.iterations; ++iteration) {
    const index_t first = all[0]->rows();
    matrix<double, cpu> projected(host, first + all[1]->rows(), classes, uninitialized);
    host.gemm<double>(1, *all[0], transpose::no, p[0], transpose::no, 0, projected.view().middle_rows(0, first));
    host.gemm<double>(1, *all[1], transpose::no, p[1], transpose::no, 0,
                      projected.view().middle_rows(first, all[1]->rows()));
    const hyperedge_products edges = hypergraph_products(host, set, projected, options, who);
    const matrix<double, cpu>*const within[] = {&edges.first_square, &edges.second_square}, *const across[] = {
                                                                                                &edges.first_across,
                                                                                                &edges.second_across};
    double value = 0;
    std::vector<matrix<double, cpu>> next;
    for (const std::size_t v : {0u, 1u}) {
      value +=
          sigma * (quadratic(host, p[v], everywhere[v]) - quadratic(host, p[v], *within[v]) - inner(p[v], *across[v])) +
          mu * (quadratic(host, p[v], square[v]) - 2 * inner(p[v], wanted[v]) + spread) +
          options.gamma * row_lengths(p[v]);
      matrix<double, cpu> system = square[v].clone();
      for (index_t i = 0; i < system.rows() * system.cols(); ++i)
        system.data()[i] = mu * system.data()[i] + sigma * (everywhere[v].data()[i] - within[v]->data()[i]);
      add_row_ridge(system.view(), options.gamma, p[v]);
      next.push_back(wanted[v].clone());
      for (index_t i = 0; i < next[v].rows() * classes; ++i)
        next[v].data()[i] = mu * next[v].data()[i] + sigma * across[v]->data()[i];
      solve_definite(host, std::move(system), next[v].view(), who);
    }
    objectives.push_back(value);
    if (options.last_update || iteration + 1 < options.iterations) p = std::move(next);
  }
  return {std::move(p[0]), std::move(p[1]), std::move(objectives)};
}

}  // namespace kindred::projection::detail
