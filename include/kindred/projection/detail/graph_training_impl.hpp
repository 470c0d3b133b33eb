// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/linalg/cholesky.hpp>
#include <kindred/op/nearest.hpp>
#include <kindred/projection/detail/graph_training.hpp>

namespace kindred::projection::detail {

/// Rows that are looked at together, so that what is made of them stays small.
inline constexpr index_t graph_band = 512;

KINDRED_INLINE neighbour_lists nearest_others(context<cpu>& host, const_matrix<double, cpu> rows, index_t k,
                                              const char* who) {
  expect_at_least(who, "neighbours", k, 1);
  const index_t n = rows.rows(), count = std::min(k, n - 1);
  vector<double, cpu> squares(host, n, uninitialized);
  op::square_norms<double, cpu>(host, rows, squares.view());
  std::vector<index_t> own(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < own.size(); ++i) own[i] = static_cast<index_t>(i);
  neighbour_lists lists{matrix<index_t, cpu>(host, n, count, uninitialized),
                        matrix<double, cpu>(host, n, count, uninitialized)};
  const op::comparable<double, cpu> all{rows, squares.view()};
  op::nearest<double, cpu>(host, all, all, op::scoring::negative_square_distance, count,
                           {.excluded = vector_view<const index_t, cpu>(own.data(), n)}, lists.ids.view(),
                           lists.scores.view());
  for (index_t r = 0; r < n; ++r)
    expects<argument_error>(count == 0 || lists.ids.view()(r, count - 1) >= 0,
                            "{}: row {} of the graph is not finite or too far from others", who, r);
  return lists;
}

KINDRED_INLINE double neighbour_weight(double score) { return 1 / (1 + std::exp(std::sqrt(-score))); }

KINDRED_INLINE linalg::sparse_matrix<double> symmetric_graph(const neighbour_lists& lists, bool weighted) {
  const index_t n = lists.ids.rows(), k = lists.ids.cols();
  const auto at = [](index_t i) { return static_cast<std::size_t>(i); };
  // who names whom, from the other side
  std::vector<index_t> begins(at(n + 1), 0), from(at(n * k));
  for (index_t i = 0; i < n * k; ++i) ++begins[at(lists.ids.data()[i] + 1)];
  for (index_t r = 0; r < n; ++r) begins[at(r + 1)] += begins[at(r)];
  std::vector<index_t> next(begins.begin(), begins.end() - 1);
  for (index_t r = 0; r < n; ++r)
    for (index_t j = 0; j < k; ++j) from[at(next[at(lists.ids.view()(r, j))]++)] = r * k + j;
  std::vector<index_t> offsets{0}, columns;
  std::vector<double> values;
  std::vector<std::pair<index_t, double>> row;
  for (index_t r = 0; r < n; ++r) {
    row.clear();
    const auto add = [&](index_t column, double score) {
      row.emplace_back(column, weighted ? neighbour_weight(score) / 2 : 1.0);
    };
    for (index_t j = 0; j < k; ++j) add(lists.ids.view()(r, j), lists.scores.view()(r, j));
    for (index_t i = begins[at(r)]; i < begins[at(r + 1)]; ++i) add(from[at(i)] / k, lists.scores.data()[from[at(i)]]);
    std::sort(row.begin(), row.end());
    for (const auto& [column, value] : row)
      if (static_cast<index_t>(columns.size()) == offsets.back() || columns.back() != column) {
        columns.push_back(column);
        values.push_back(value);
      } else if (weighted) {
        values.back() += value;
      }
    offsets.push_back(static_cast<index_t>(columns.size()));
  }
  return {n, std::move(offsets), std::move(columns), std::move(values)};
}

KINDRED_INLINE void add_products(context<cpu>& host, double factor, const_matrix<double, cpu> a,
                                 const_matrix<double, cpu> b, matrix_view<double, cpu> into) {
  host.gemm<double>(factor, a, transpose::yes, b, transpose::no, 1, into);
}

/// d^-1/2, 0 where there is no degree.
KINDRED_INLINE std::vector<double> inverse_roots(std::vector<double> degrees) {
  for (double& d : degrees) d = d > 0 ? 1 / std::sqrt(d) : 0;
  return degrees;
}

KINDRED_INLINE matrix<double, cpu> scaled_rows(context<cpu>& host, const_matrix<double, cpu> rows,
                                               const std::vector<double>& factors) {
  matrix<double, cpu> out(host, rows.rows(), rows.cols(), uninitialized);
  for (index_t r = 0; r < rows.rows(); ++r)
    for (index_t c = 0; c < rows.cols(); ++c) out.view()(r, c) = factors[static_cast<std::size_t>(r)] * rows(r, c);
  return out;
}

KINDRED_INLINE matrix<double, cpu> laplacian_products(context<cpu>& host, const_matrix<double, cpu> rows,
                                                      const linalg::sparse_matrix<double>& graph) {
  const auto scaled = scaled_rows(host, rows, inverse_roots(graph.row_sums()));
  matrix<double, cpu> near(host, rows.rows(), rows.cols(), uninitialized), out(host, rows.cols(), rows.cols());
  graph.multiply(host, scaled.view(), near.view());
  add_products(host, 1, rows, rows, out.view());
  add_products(host, -1, scaled, near, out.view());
  return out;
}

KINDRED_INLINE matrix<double, cpu> full_similarity_products(context<cpu>& host, const_matrix<double, cpu> rows,
                                                            const linalg::sparse_matrix<double>& graph) {
  const index_t n = rows.rows();
  const auto scaled = scaled_rows(host, rows, inverse_roots(graph.row_sums()));
  vector<double, cpu> squares(host, n, uninitialized);
  op::square_norms<double, cpu>(host, rows, squares.view());
  const op::comparable<double, cpu> all{rows, squares.view()};
  matrix<double, cpu> out(host, rows.cols(), rows.cols());
  matrix<double, cpu> part(host, std::min(n, graph_band), n, uninitialized);
  matrix<double, cpu> near(host, part.rows(), rows.cols(), uninitialized);
  add_products(host, 1, rows, rows, out.view());
  for (index_t begin = 0; begin < n; begin += graph_band) {
    const index_t here = std::min(graph_band, n - begin);
    const matrix_view<double, cpu> k = part.view().middle_rows(0, here), sums = near.view().middle_rows(0, here);
    op::scores<double, cpu>(host, all.segment(begin, here), all, op::scoring::negative_square_distance, k);
    host.for_each_row(here, n, [k](const auto&, index_t r) {
      for (index_t c = 0; c < k.cols(); ++c) k(r, c) = neighbour_weight(k(r, c));
    });
    host.gemm<double>(1, k, transpose::no, scaled, transpose::no, 0, sums);
    add_products(host, -1, scaled.view().middle_rows(begin, here), sums, out.view());
  }
  return out;
}

KINDRED_INLINE matrix<double, cpu> indicators(context<cpu>& host, const labelled_rows& labels) {
  matrix<double, cpu> out(host, static_cast<index_t>(labels.targets.size()),
                          static_cast<index_t>(labels.classes.size()));
  for (index_t r = 0; r < out.rows(); ++r) out.view()(r, labels.targets[static_cast<std::size_t>(r)]) = 1;
  return out;
}

template <std::same_as<double> T>
void solve_definite(context<cpu>& host, matrix<T, cpu> a, matrix_view<T, cpu> b, const char* who) {
  const linalg::cholesky<T> factor(host, std::move(a));
  expects<argument_error>(factor.positive_definite(), "{}: the system of column {} is singular; regularize more", who,
                          factor.failed_at());
  factor.solve(host, b);
}

}  // namespace kindred::projection::detail
