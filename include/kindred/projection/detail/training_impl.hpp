// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/linalg/leading_eigen.hpp>
#include <kindred/linalg/svd.hpp>
#include <kindred/linalg/symmetric_eigen.hpp>
#include <kindred/projection/detail/training.hpp>

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

KINDRED_INLINE void unscale(matrix<double, cpu>& weights, const view_columns& columns) {
  scale_both(weights.view(), columns.factors, std::vector<double>(static_cast<std::size_t>(weights.cols()), 1));
}

KINDRED_INLINE void unit_columns(matrix_view<double, cpu> a) {
  for (index_t j = 0; j < a.cols(); ++j) {
    double square = 0;
    for (index_t i = 0; i < a.rows(); ++i) square += a(i, j) * a(i, j);
    for (index_t i = 0; i < a.rows() && square > 0; ++i) a(i, j) /= std::sqrt(square);
  }
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

KINDRED_INLINE double power_of(double value, double power, std::size_t j) {
  expect_finite("projection", "power", power);
  const double factor = power == 0 ? 1 : std::pow(value, power);
  expects<argument_error>(factor <= 1e30 && (j > 0 || factor >= 1e-30),
                          "projection: expected power to keep coordinates in range, got {}^{} = {} for coordinate {}",
                          value, power, factor, j);
  return factor;
}

KINDRED_INLINE void finish(std::span<matrix<double, cpu>* const> weights, const std::vector<double>& values,
                           double power) {
  for (std::size_t j = 0; j < values.size(); ++j) {
    const auto column = static_cast<index_t>(j);
    const double f = sign_of_column(*weights[0], column) * power_of(values[j], power, j);
    for (matrix<double, cpu>* w : weights)
      for (index_t i = 0; i < w->rows(); ++i) w->view()(i, column) *= f;
  }
}
KINDRED_INLINE void finish(std::vector<matrix<double, cpu>>& weights, const std::vector<double>& values, double power) {
  std::vector<matrix<double, cpu>*> all;
  for (auto& w : weights) all.push_back(&w);
  finish(all, values, power);
}
KINDRED_INLINE void finish(paired_weights& weights, double power) {
  matrix<double, cpu>* const both[] = {&weights.first, &weights.second};
  finish(both, weights.values, power);
}

KINDRED_INLINE training_set training_of(linalg::joint_moments moments, index_t standardized, const char* who) {
  std::vector<double> all;
  training_set set{{}, {}, {}, std::move(moments)};
  for (index_t i = 0; i < set.moments.views(); ++i) {
    const index_t p = set.moments.columns(i);
    expect_rows(set.moments.rows, p, who, linalg::view_name(i, set.moments.views()));
    const matrix_view<const double, cpu> c = set.moments.block(i, i);
    std::vector<double> factors(static_cast<std::size_t>(p), 1), means = set.moments.means_of(i);
    double trace = 0;
    for (index_t j = 0; j < p; ++j) {
      double& f = factors[static_cast<std::size_t>(j)];
      if (i < standardized) f = factor_of(c(j, j), means[static_cast<std::size_t>(j)]);
      trace += c(j, j) * f * f;
    }
    all.insert(all.end(), factors.begin(), factors.end());
    set.views.push_back({std::move(means), std::move(factors)});
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
      directions found = directions_of_rows(host, x, who, linalg::view_name(i, count));
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
      directions_of_covariance(host, set.moments.block(i, i), who, linalg::view_name(i, set.moments.views()));
  found.mean_variance = set.mean_variances[static_cast<std::size_t>(i)];
  return found;
}

template <std::same_as<double> T>
matrix<T, cpu> lifted(context<cpu>& host, const training_set& set, index_t i, matrix<T, cpu> weights) {
  const auto& basis = set.bases[static_cast<std::size_t>(i)];
  return basis ? product(host, *basis, transpose::no, weights, transpose::no) : std::move(weights);
}

template <std::same_as<double> T>
joint_weights joint_directions(context<cpu>& host, const training_set& set, std::vector<directions> views,
                               const std::vector<std::vector<double>>& factors, index_t dimensions) {
  joint_weights found;
  std::vector<index_t> begins{0};
  for (std::size_t i = 0; i < views.size(); ++i) {
    const index_t rank = views[i].basis.cols();
    found.ranks.push_back(rank);
    begins.push_back(begins.back() + rank);
    const std::vector<double> ones(static_cast<std::size_t>(views[i].basis.rows()), 1);
    scale_both(views[i].basis.view(), ones, factors[i]);
  }
  const index_t total = begins.back();
  matrix<T, cpu> joint(host, total, total), vectors(host, total, total, uninitialized);
  vector<T, cpu> values(host, total);
  for (index_t i = 0; i < total; ++i) joint.view()(i, i) = 1;
  // symmetric_eigen reads the lower triangle only
  for (std::size_t i = 1; i < views.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const auto half = product(host, views[i].basis, transpose::yes,
                                set.moments.block(static_cast<index_t>(i), static_cast<index_t>(j)), transpose::no);
      host.template gemm<T>(1, half, transpose::no, views[j].basis, transpose::no, 0,
                            joint.view().middle_rows(begins[i], found.ranks[i]).middle_cols(begins[j], found.ranks[j]));
    }
  linalg::symmetric_eigen(host, joint, values.view(), vectors.view());
  index_t k = dimensions > 0 ? std::min(dimensions, total) : total;
  if (dimensions == 0)
    for (const index_t rank : found.ranks) k = std::min(k, rank);
  for (index_t j = 0; j < k; ++j) found.values.push_back(std::max(values.view()(j), 0.0));
  for (std::size_t i = 0; i < views.size(); ++i)
    found.weights.push_back(
        lifted(host, set, static_cast<index_t>(i),
               product(host, views[i].basis, transpose::no,
                       vectors.view().middle_rows(begins[i], found.ranks[i]).middle_cols(0, k), transpose::no)));
  return found;
}

/// The leading singular triplet of `a`, up to the sign of both vectors; value 0 for zeros.
template <std::same_as<double> T>
T leading_singular(context<cpu>& host, const_matrix<T, cpu> a, matrix_view<T, cpu> left, matrix_view<T, cpu> right) {
  const bool tall = a.rows() > a.cols();
  const matrix_view<T, cpu> small = tall ? right : left, large = tall ? left : right;
  const auto up = tall ? transpose::no : transpose::yes, down = tall ? transpose::yes : transpose::no;
  vector<T, cpu> square(host, 1);
  const auto apply = [&](matrix_view<const T, cpu> in, matrix_view<T, cpu> out) {
    const auto half = product(host, a, up, in, transpose::no);
    host.template gemm<T>(1, a, down, half, transpose::no, 0, out);
  };
  linalg::leading_eigen(host, small.rows(), apply, square.view(), small, {.block = 1, .tolerance = 1e-14});
  host.template gemm<T>(1, a, up, small, transpose::no, 0, large);
  double sum = 0;
  for (index_t i = 0; i < large.rows(); ++i) sum += large(i, 0) * large(i, 0);
  const double value = std::sqrt(sum);
  for (index_t i = 0; i < large.rows(); ++i) large(i, 0) /= value > 0 ? value : 1;
  return value;
}

/// into := into + factor a b'
template <std::same_as<double> T>
void add_outer(context<cpu>& host, T factor, const_matrix<T, cpu> a, const_matrix<T, cpu> b, matrix_view<T, cpu> into) {
  host.for_each_row(into.rows(), into.cols(), [=](const auto&, index_t i) {
    for (index_t j = 0; j < into.cols(); ++j) into(i, j) += factor * a(i, 0) * b(j, 0);
  });
}

/// What one view keeps of its directions: the weights that give scores of rows that were not deflated.
template <std::same_as<double> T>
struct deflation {
  matrix<T, cpu> within;    // covariances of what is left
  matrix<T, cpu> loadings;  // one column per direction
  matrix<T, cpu> rotations;

  deflation(context<cpu>& host, const_matrix<T, cpu> c, index_t most)
      : within(host, c.rows(), c.rows(), uninitialized),
        loadings(host, c.rows(), most),
        rotations(host, c.rows(), most) {
    for (index_t i = 0; i < c.rows(); ++i)
      for (index_t j = 0; j < c.rows(); ++j) within.view()(i, j) = c(i, j);
  }
  /// Takes away the score along w; returns its variance, 0 when there is none left.
  T take(context<cpu>& host, index_t j, const_matrix<T, cpu> w, T least) {
    const auto image = product(host, within, transpose::no, w, transpose::no);
    T variance = 0;
    for (index_t i = 0; i < w.rows(); ++i) variance += w(i, 0) * image.view()(i, 0);
    if (!(variance > least)) return 0;
    const matrix_view<T, cpu> p = loadings.view().middle_cols(j, 1), r = rotations.view().middle_cols(j, 1);
    for (index_t i = 0; i < w.rows(); ++i) {
      p(i, 0) = image.view()(i, 0) / variance;
      r(i, 0) = w(i, 0);
    }
    // P'W is upper triangular with ones: W (P'W)^-1 column by column
    for (index_t before = 0; before < j; ++before) {
      T dot = 0;
      for (index_t i = 0; i < w.rows(); ++i) dot += loadings.view()(i, before) * w(i, 0);
      for (index_t i = 0; i < w.rows(); ++i) r(i, 0) -= dot * rotations.view()(i, before);
    }
    add_outer<T>(host, -variance, p, p, within.view());
    return variance;
  }
};

template <std::same_as<double> T>
paired_weights deflated_pairs(context<cpu>& host, const training_set& set, index_t dimensions, bool regression) {
  const index_t p = set.moments.columns(0), q = set.moments.columns(1), all = regression ? p : std::min(p, q);
  const index_t most = dimensions > 0 ? std::min(dimensions, all) : all;
  deflation<T> x(host, set.moments.block(0, 0), most), y(host, set.moments.block(1, 1), regression ? 0 : most);
  matrix<T, cpu> between(host, p, q, uninitialized), targets(host, q, most), w(host, p, 1), c(host, q, 1);
  for (index_t i = 0; i < p; ++i)
    for (index_t j = 0; j < q; ++j) between.view()(i, j) = set.moments.block(0, 1)(i, j);
  const auto noise = [](const_matrix<T, cpu> a) {
    T trace = 0;
    for (index_t i = 0; i < a.rows(); ++i) trace += a(i, i);
    return rank_tolerance * trace / static_cast<T>(a.rows());
  };
  const T least_x = noise(set.moments.block(0, 0)), least_y = noise(set.moments.block(1, 1));
  std::vector<double> values;
  for (index_t j = 0; j < most; ++j) {
    const T value = leading_singular<T>(host, between, w.view(), c.view());
    if (!(value > (values.empty() ? 0 : rank_tolerance * values[0]))) break;
    const T variance = x.take(host, j, w, least_x);
    if (variance == 0 || (!regression && y.take(host, j, c, least_y) == 0)) break;
    const matrix_view<const T, cpu> loading = x.loadings.view().middle_cols(j, 1);
    add_outer<T>(host, -value, loading, c, between.view());
    if (regression) {
      for (index_t i = 0; i < q; ++i) targets.view()(i, j) = value / variance * c.view()(i, 0);
    } else {
      const matrix_view<const T, cpu> other = y.loadings.view().middle_cols(j, 1);
      add_outer<T>(host, -value, w, other, between.view());
      add_outer<T>(host, value, loading, other, between.view());
    }
    values.push_back(value);
  }
  const auto found = static_cast<index_t>(values.size());
  matrix<T, cpu> second = regression ? matrix<T, cpu>(host, q, found) : leading_columns(host, y.rotations, found);
  if (regression && found > 0) {
    // D (D'D)^+ = U diag(1 / s) V' for D = U diag(s) V'
    const paired_weights d = singular_pairs(host, leading_columns(host, targets, found), 0);
    std::vector<double> inverse;
    for (const double s : d.values) inverse.push_back(s > rank_tolerance * d.values[0] ? 1 / s : 0);
    matrix<T, cpu> scaled = d.first.clone();
    scale_both(scaled.view(), std::vector<double>(static_cast<std::size_t>(q), 1), inverse);
    second = product(host, scaled, transpose::no, d.second, transpose::yes);
  }
  return {leading_columns(host, x.rotations, found), std::move(second), std::move(values), found, found};
}

template <Scalar T>
training_set training_of_host_rows(context<cpu>& host, context<cpu>& ctx,
                                   std::span<const matrix_view<const T, cpu>> views, index_t standardized,
                                   const char* who) {
  return training_of_rows<T, cpu>(host, ctx, views, standardized, who);
}

}  // namespace kindred::projection::detail
