// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/linalg/svd.hpp>
#include <kindred/linalg/symmetric_eigen.hpp>
#include <kindred/projection/training.hpp>

namespace kindred::projection::detail {

KINDRED_INLINE void scale_both(matrix_view<double, cpu> c, const std::vector<double>& x, const std::vector<double>& y) {
  for (index_t i = 0; i < c.rows(); ++i)
    for (index_t j = 0; j < c.cols(); ++j) c(i, j) *= x[static_cast<std::size_t>(i)] * y[static_cast<std::size_t>(j)];
}

template <std::same_as<double> T>
matrix<T, cpu> product(context<cpu>& host, const_matrix<T, cpu> a, transpose ta, const_matrix<T, cpu> b, transpose tb) {
  matrix<T, cpu> c(host, ta == transpose::yes ? a.cols() : a.rows(), tb == transpose::yes ? b.rows() : b.cols(),
                   uninitialized);
  host.gemm<T>(1, a, ta, b, tb, 0, c.view());
  return c;
}

/// The first `count` columns.
KINDRED_INLINE matrix<double, cpu> leading_columns(context<cpu>& host, const_matrix<double, cpu> a, index_t count) {
  matrix<double, cpu> out(host, a.rows(), count, uninitialized);
  for (index_t i = 0; i < a.rows(); ++i)
    for (index_t j = 0; j < count; ++j) out.view()(i, j) = a(i, j);
  return out;
}

/// The sign that makes the entry of largest magnitude in column j positive.
KINDRED_INLINE double sign_of_column(const_matrix<double, cpu> a, index_t j) {
  index_t peak = 0;
  for (index_t i = 1; i < a.rows(); ++i)
    if (std::abs(a(i, j)) > std::abs(a(peak, j))) peak = i;
  return a(peak, j) < 0 ? -1 : 1;
}

template <std::same_as<double> T>
directions directions_of_covariance(context<cpu>& host, const_matrix<T, cpu> c, const char* who, const char* view) {
  const index_t p = c.rows();
  matrix<T, cpu> vectors(host, p, p, uninitialized);
  vector<T, cpu> values(host, p);
  linalg::symmetric_eigen(host, c, values.view(), vectors.view());
  double trace = 0;
  for (index_t i = 0; i < p; ++i) trace += c(i, i);
  index_t rank = 0;
  while (rank < p && values.view()(rank) > std::max(rank_tolerance * values.view()(0), 0.0)) ++rank;
  expects<argument_error>(rank > 0, "{}: {} view does not vary", who, view);
  return {leading_columns(host, vectors, rank), {values.data(), values.data() + rank}, trace / static_cast<double>(p)};
}

template <std::same_as<double> T>
directions directions_of_rows(context<cpu>& host, const_matrix<T, cpu> rows, const char* who, const char* view) {
  const double n = static_cast<double>(rows.rows()), p = static_cast<double>(rows.cols());
  directions found =
      directions_of_covariance(host, product(host, rows, transpose::no, rows, transpose::yes), who, view);
  // x' u / s for every left singular vector u of the rows
  found.basis = product(host, rows, transpose::yes, found.basis, transpose::no);
  for (index_t i = 0; i < found.basis.rows(); ++i)
    for (index_t j = 0; j < found.basis.cols(); ++j)
      found.basis.view()(i, j) /= std::sqrt(found.variances[static_cast<std::size_t>(j)]);
  for (double& v : found.variances) v /= n - 1;
  found.mean_variance *= n / ((n - 1) * p);
  return found;
}

template <std::same_as<double> T>
paired_weights singular_pairs(context<cpu>& host, const_matrix<T, cpu> between, index_t dimensions) {
  const index_t m = between.rows(), n = between.cols(), r = std::min(m, n);
  matrix<T, cpu> u(host, m, r, uninitialized), v(host, n, r, uninitialized);
  vector<T, cpu> values(host, r);
  linalg::svd(host, between, u.view(), values.view(), v.view());
  const index_t k = dimensions > 0 ? std::min(dimensions, r) : r;
  return {leading_columns(host, u, k), leading_columns(host, v, k), {values.data(), values.data() + k}, m, n};
}

template <std::same_as<double> T>
paired_weights scaled_pairs(context<cpu>& host, const directions& x, const std::vector<double>& scale_x,
                            const directions& y, const std::vector<double>& scale_y, matrix<T, cpu> raw,
                            index_t dimensions) {
  scale_both(raw.view(), scale_x, scale_y);
  paired_weights found = singular_pairs(host, raw, dimensions);
  const std::vector<double> ones(found.values.size(), 1);
  scale_both(found.first.view(), scale_x, ones);
  scale_both(found.second.view(), scale_y, ones);
  found.first = product(host, x.basis, transpose::no, found.first, transpose::no);
  found.second = product(host, y.basis, transpose::no, found.second, transpose::no);
  return found;
}

KINDRED_INLINE void keep_above_noise(context<cpu>& host, paired_weights& weights, index_t dimensions) {
  const auto& values = weights.values;
  std::size_t rank = 0;
  while (rank < values.size() && values[rank] > rank_tolerance * values[0]) ++rank;
  const auto most = static_cast<std::size_t>(dimensions);
  const std::size_t k = dimensions > 0 ? std::min(most, rank) : rank;
  weights.first_rank = weights.second_rank = static_cast<index_t>(rank);
  weights.first = leading_columns(host, weights.first, static_cast<index_t>(k));
  weights.second = leading_columns(host, weights.second, static_cast<index_t>(k));
  weights.values.resize(k);
}

KINDRED_INLINE directions leading_directions(context<cpu>& host, const directions& all, index_t count, bool whiten) {
  directions kept{leading_columns(host, all.basis, count),
                  {all.variances.begin(), all.variances.begin() + count},
                  all.mean_variance};
  for (index_t j = 0; j < count; ++j) {
    const double deviation = std::sqrt(kept.variances[static_cast<std::size_t>(j)]);
    const double f = sign_of_column(kept.basis, j) / (whiten ? deviation : 1);
    for (index_t i = 0; i < kept.basis.rows(); ++i) kept.basis.view()(i, j) *= f;
  }
  return kept;
}

KINDRED_INLINE void finish(paired_weights& weights, double power) {
  const matrix_view<double, cpu> a = weights.first.view(), b = weights.second.view();
  for (index_t j = 0; j < a.cols(); ++j) {
    const double value = weights.values[static_cast<std::size_t>(j)];
    const double f = sign_of_column(a, j) * (power == 0 ? 1 : std::pow(value, power));
    for (index_t i = 0; i < a.rows(); ++i) a(i, j) *= f;
    for (index_t i = 0; i < b.rows(); ++i) b(i, j) *= f;
  }
}

KINDRED_INLINE training_set training_of(linalg::joint_moments moments, index_t standardized, const char* who) {
  std::vector<double> all;
  training_set set{{}, {}, {}, std::move(moments)};
  for (index_t i = 0; i < set.moments.views(); ++i) {
    const index_t p = set.moments.columns(i);
    expect_rows(set.moments.rows, p, who, linalg::detail::view_name(i, set.moments.views()));
    const matrix_view<const double, cpu> c = set.moments.block(i, i);
    std::vector<double> factors(static_cast<std::size_t>(p), 1);
    double trace = 0;
    for (index_t j = 0; j < p; ++j) {
      double& f = factors[static_cast<std::size_t>(j)];
      if (i < standardized && c(j, j) > 0) f = 1 / std::sqrt(c(j, j));
      trace += c(j, j) * f * f;
    }
    all.insert(all.end(), factors.begin(), factors.end());
    set.views.push_back({set.moments.means_of(i), std::move(factors)});
    set.mean_variances.push_back(trace / static_cast<double>(p));
    set.bases.emplace_back();
  }
  if (standardized > 0) scale_both(set.moments.covariance.view(), all, all);
  return set;
}

template <std::same_as<double> T>
training_set training_of(context<cpu>& host, std::vector<view_columns> views, std::vector<matrix<T, cpu>> rows,
                         const char* who) {
  const auto count = static_cast<index_t>(views.size());
  const index_t n = rows[0].rows();
  training_set set{std::move(views), {}, {}, {n, {0}, {}, matrix<T, cpu>(host, 0, 0)}};
  for (index_t i = 0; i < count; ++i) {
    matrix<T, cpu>& x = rows[static_cast<std::size_t>(i)];
    set.bases.emplace_back();
    if (x.cols() > n) {
      directions found = directions_of_rows(host, x, who, linalg::detail::view_name(i, count));
      set.mean_variances.push_back(found.mean_variance);
      x = product(host, x, transpose::no, found.basis, transpose::no);
      set.bases.back() = std::move(found.basis);
    } else {
      double sum = 0;
      for (const double v : vector_view<const double, cpu>(x.data(), n * x.cols())) sum += v * v;
      set.mean_variances.push_back(sum / static_cast<double>((n - 1) * x.cols()));
    }
    set.moments.begins.push_back(set.moments.begins.back() + x.cols());
  }
  const index_t p = set.moments.begins.back();
  set.moments.covariance = matrix<T, cpu>(host, p, p, uninitialized);
  for (index_t i = 0; i < count; ++i)
    for (index_t j = 0; j < count; ++j) {
      const matrix_view<T, cpu> block = set.moments.block(i, j);
      host.template gemm<T>(1 / static_cast<T>(n - 1), rows[static_cast<std::size_t>(i)], transpose::yes,
                            rows[static_cast<std::size_t>(j)], transpose::no, 0, block);
    }
  return set;
}

template <std::same_as<double> T>
directions directions_of(context<cpu>& host, const training_set& set, index_t i, const char* who) {
  directions found =
      directions_of_covariance(host, set.moments.block(i, i), who, linalg::detail::view_name(i, set.moments.views()));
  found.mean_variance = set.mean_variances[static_cast<std::size_t>(i)];
  return found;
}

template <std::same_as<double> T>
matrix<T, cpu> lifted(context<cpu>& host, const training_set& set, index_t i, matrix<T, cpu> weights) {
  const auto& basis = set.bases[static_cast<std::size_t>(i)];
  return basis ? product(host, *basis, transpose::no, weights, transpose::no) : std::move(weights);
}

}  // namespace kindred::projection::detail
