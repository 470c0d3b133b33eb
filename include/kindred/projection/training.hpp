// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the linear learners share: checked training rows, a basis of the directions in which they vary, and the
/// singular value decomposition between two such bases.
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/linalg/covariance.hpp>
#include <kindred/linalg/svd.hpp>
#include <kindred/linalg/symmetric_eigen.hpp>
#include <kindred/projection/linear_projection.hpp>
#include <type_traits>

namespace kindred::projection::detail {

/// Eigenvalues of a covariance below this share of the largest one count as noise.
inline constexpr double rank_tolerance = 1e-10;

/// The host that decompositions run on: the context itself where it is one, else a context of its own.
template <Device D>
class host_of {
 public:
  explicit host_of(context<D>& ctx) : host_(choose(ctx)) {}
  operator context<cpu>&() { return host_; }

 private:
  using kept = std::conditional_t<std::is_same_v<D, cpu>, context<cpu>&, context<cpu>>;
  static kept choose([[maybe_unused]] context<D>& ctx) {
    if constexpr (std::is_same_v<D, cpu>)
      return ctx;
    else
      return context<cpu>();
  }
  kept host_;
};

/// Training rows of one view with what is subtracted from each column and what it is multiplied by afterwards.
template <class T, Device D>
struct training_rows {
  matrix_view<const T, D> x;
  std::vector<double> means, factors;
};

/// Refuses NaN and infinity by the place of the first one. `means` tell whether there are any.
template <class T, Device D>
void expect_finite(context<D>& ctx, matrix_view<const T, D> x, const std::vector<double>& means, const char* who,
                   const char* view) {
  if (std::all_of(means.begin(), means.end(), [](double m) { return std::isfinite(m); })) return;
  const auto host = to_host(ctx, x);
  for (index_t i = 0; i < x.size(); ++i) {
    const double v = static_cast<double>(host[static_cast<std::size_t>(i)]);
    expects<argument_error>(std::isfinite(v), "{}: {} view, row {}, column {} is {}", who, view, i / x.cols(),
                            i % x.cols(), v);
  }
  expects<argument_error>(false, "{}: {} view, the sum of a column exceeds the range of double", who, view);
}

template <class T, Device D>
training_rows<T, D> prepared_rows(context<D>& ctx, matrix_view<const T, D> x, bool standardize, const char* who,
                                  const char* view) {
  expects(x.rows() >= 2, "{}: {} view has {} rows, 2 are needed", who, view, x.rows());
  expects(x.cols() >= 1, "{}: {} view has no columns", who, view);
  training_rows<T, D> rows{x, linalg::column_means(ctx, x), std::vector<double>(static_cast<std::size_t>(x.cols()), 1)};
  expect_finite(ctx, x, rows.means, who, view);
  if (standardize) {
    rows.factors = linalg::column_variances(ctx, x, rows.means);
    for (double& f : rows.factors) f = f > 0 ? 1 / std::sqrt(f) : 1;
  }
  return rows;
}

/// The centred and multiplied rows in double on the host.
template <class T, Device D>
matrix<double, cpu> centred_rows(context<cpu>& host, context<D>& ctx, const training_rows<T, D>& rows) {
  const auto values = to_host(ctx, rows.x);
  matrix<double, cpu> out(host, rows.x.rows(), rows.x.cols(), uninitialized);
  for (index_t r = 0; r < out.rows(); ++r)
    for (index_t c = 0; c < out.cols(); ++c) {
      const auto i = static_cast<std::size_t>(r * out.cols() + c), j = static_cast<std::size_t>(c);
      out.view()(r, c) = (static_cast<double>(values[i]) - rows.means[j]) * rows.factors[j];
    }
  return out;
}

template <class T, Device D>
matrix<double, cpu> scaled_covariance(context<cpu>& host, context<D>& ctx, const training_rows<T, D>& x) {
  matrix<double, cpu> c = linalg::covariance(host, ctx, x.x, x.means);
  for (index_t i = 0; i < c.rows(); ++i)
    for (index_t j = 0; j < c.cols(); ++j)
      c.view()(i, j) *= x.factors[static_cast<std::size_t>(i)] * x.factors[static_cast<std::size_t>(j)];
  return c;
}
template <class T, Device D>
matrix<double, cpu> scaled_covariance(context<cpu>& host, context<D>& ctx, const training_rows<T, D>& x,
                                      const training_rows<T, D>& y) {
  matrix<double, cpu> c = linalg::covariance(host, ctx, x.x, x.means, y.x, y.means);
  for (index_t i = 0; i < c.rows(); ++i)
    for (index_t j = 0; j < c.cols(); ++j)
      c.view()(i, j) *= x.factors[static_cast<std::size_t>(i)] * y.factors[static_cast<std::size_t>(j)];
  return c;
}

/// c = op(a) op(b)
inline matrix<double, cpu> product(context<cpu>& host, const_matrix<double, cpu> a, transpose ta,
                                   const_matrix<double, cpu> b, transpose tb) {
  matrix<double, cpu> c(host, ta == transpose::yes ? a.cols() : a.rows(), tb == transpose::yes ? b.rows() : b.cols(),
                        uninitialized);
  host.gemm<double>(1, a, ta, b, tb, 0, c.view());
  return c;
}

/// Column j of `a` times factor(j).
template <class F>
void scale_columns(matrix_view<double, cpu> a, F factor) {
  for (index_t j = 0; j < a.cols(); ++j) {
    const double f = factor(j);
    for (index_t i = 0; i < a.rows(); ++i) a(i, j) *= f;
  }
}

/// The directions in which centred rows vary: orthonormal columns with the variance along each, descending.
struct directions {
  matrix<double, cpu> basis;      // p x rank
  std::vector<double> variances;  // rank
  double mean_variance;           // over all p columns
  index_t rank() const { return basis.cols(); }
};

inline index_t effective_rank(vector_view<const double, cpu> values) {
  index_t rank = 0;
  while (rank < values.size() && values(rank) > rank_tolerance * values(0)) ++rank;
  return rank;
}

/// From the p x p covariance, for views with at least as many rows as columns.
inline directions directions_of_covariance(context<cpu>& host, const_matrix<double, cpu> c, const char* who,
                                           const char* view) {
  const index_t p = c.rows();
  matrix<double, cpu> vectors(host, p, p, uninitialized);
  vector<double, cpu> values(host, p);
  linalg::symmetric_eigen(host, c, values.view(), vectors.view());
  double trace = 0;
  for (index_t i = 0; i < p; ++i) trace += c(i, i);
  const index_t rank = values.view()(0) > 0 ? effective_rank(values.view()) : 0;
  expects<argument_error>(rank > 0, "{}: {} view does not vary", who, view);
  matrix<double, cpu> basis(host, p, rank, uninitialized);
  for (index_t i = 0; i < p; ++i)
    for (index_t j = 0; j < rank; ++j) basis.view()(i, j) = vectors.view()(i, j);
  return {std::move(basis), {values.data(), values.data() + rank}, trace / static_cast<double>(p)};
}

/// From the n x n inner products of centred rows, for views with fewer rows than columns.
inline directions directions_of_rows(context<cpu>& host, const_matrix<double, cpu> rows, const char* who,
                                     const char* view) {
  const index_t n = rows.rows(), p = rows.cols();
  const double divisor = static_cast<double>(n - 1);
  const matrix<double, cpu> gram = product(host, rows, transpose::no, rows, transpose::yes);
  directions found = directions_of_covariance(host, gram, who, view);
  found.basis = product(host, rows, transpose::yes, found.basis, transpose::no);
  scale_columns(found.basis.view(),
                [&](index_t j) { return 1 / std::sqrt(found.variances[static_cast<std::size_t>(j)]); });
  for (double& v : found.variances) v /= divisor;
  found.mean_variance *= static_cast<double>(n) / (divisor * static_cast<double>(p));
  return found;
}

/// Weights of both views, one column per dimension, and the singular value of each.
struct paired_weights {
  matrix<double, cpu> first, second;
  std::vector<double> values;
  index_t first_rank, second_rank;
};

/// U and V of between = U diag(values) V', cut to `dimensions` columns (0: all) and to the values above noise.
inline paired_weights singular_pairs(context<cpu>& host, const_matrix<double, cpu> between, index_t dimensions) {
  const index_t m = between.rows(), n = between.cols(), r = std::min(m, n);
  matrix<double, cpu> u(host, m, r, uninitialized), v(host, n, r, uninitialized);
  vector<double, cpu> values(host, r);
  linalg::svd(host, between, u.view(), values.view(), v.view());
  const index_t k = dimensions > 0 ? std::min(dimensions, r) : r;
  matrix<double, cpu> first(host, m, k, uninitialized), second(host, n, k, uninitialized);
  for (index_t j = 0; j < k; ++j) {
    for (index_t i = 0; i < m; ++i) first.view()(i, j) = u.view()(i, j);
    for (index_t i = 0; i < n; ++i) second.view()(i, j) = v.view()(i, j);
  }
  return {std::move(first), std::move(second), {values.data(), values.data() + k}, m, n};
}

/// The pairs of directions whose scores belong together most, in the metric that `whiten` states.
///
/// between = G_x B_x' C_xy B_y G_y = U diag(values) V',  W_x = B_x G_x U,  W_y = B_y G_y V,
/// B the directions of a view, G = diag(whiten(variance, mean variance)).
template <class T, Device D, class Whiten>
paired_weights whitened_pairs(context<cpu>& host, context<D>& ctx, const training_rows<T, D>& x,
                              const training_rows<T, D>& y, index_t dimensions, const char* who, const Whiten& whiten) {
  const index_t n = x.x.rows();
  const auto pairs = [&](const directions& a, const directions& b, matrix_view<double, cpu> between) {
    const auto factor = [&](const directions& d) {
      return [&](index_t j) { return whiten(d.variances[static_cast<std::size_t>(j)], d.mean_variance); };
    };
    scale_columns(between, factor(b));
    for (index_t i = 0; i < between.rows(); ++i) {
      const double f = factor(a)(i);
      for (index_t j = 0; j < between.cols(); ++j) between(i, j) *= f;
    }
    paired_weights found = singular_pairs(host, between, dimensions);
    for (index_t i = 0; i < a.rank(); ++i)
      for (index_t j = 0; j < found.first.cols(); ++j) found.first.view()(i, j) *= factor(a)(i);
    for (index_t i = 0; i < b.rank(); ++i)
      for (index_t j = 0; j < found.second.cols(); ++j) found.second.view()(i, j) *= factor(b)(i);
    found.first = product(host, a.basis, transpose::no, found.first, transpose::no);
    found.second = product(host, b.basis, transpose::no, found.second, transpose::no);
    return found;
  };
  if (x.x.cols() <= n && y.x.cols() <= n) {
    const directions a = directions_of_covariance(host, scaled_covariance(host, ctx, x), who, "first");
    const directions b = directions_of_covariance(host, scaled_covariance(host, ctx, y), who, "second");
    const matrix<double, cpu> cross = scaled_covariance(host, ctx, x, y);
    matrix<double, cpu> between = product(host, product(host, a.basis, transpose::yes, cross, transpose::no),
                                          transpose::no, b.basis, transpose::no);
    return pairs(a, b, between.view());
  }
  const auto of = [&](const training_rows<T, D>& rows, matrix_view<const double, cpu> centred, const char* view) {
    return rows.x.cols() > n ? directions_of_rows(host, centred, who, view)
                             : directions_of_covariance(host, scaled_covariance(host, ctx, rows), who, view);
  };
  const matrix<double, cpu> centred_x = centred_rows(host, ctx, x), centred_y = centred_rows(host, ctx, y);
  const directions a = of(x, centred_x.view(), "first"), b = of(y, centred_y.view(), "second");
  matrix<double, cpu> between =
      product(host, product(host, centred_x, transpose::no, a.basis, transpose::no), transpose::yes,
              product(host, centred_y, transpose::no, b.basis, transpose::no), transpose::no);
  scale_columns(between.view(), [&](index_t) { return 1 / static_cast<double>(n - 1); });
  return pairs(a, b, between.view());
}

/// Gives every pair the sign that makes the entry of largest magnitude in its first column positive (of several, the one
/// in the lowest row), and multiplies both columns by value^power.
inline void finish(paired_weights& weights, double power) {
  for (index_t j = 0; j < weights.first.cols(); ++j) {
    const matrix_view<double, cpu> a = weights.first.view(), b = weights.second.view();
    index_t peak = 0;
    for (index_t i = 1; i < a.rows(); ++i)
      if (std::abs(a(i, j)) > std::abs(a(peak, j))) peak = i;
    const double value = weights.values[static_cast<std::size_t>(j)];
    const double f = (a(peak, j) < 0 ? -1 : 1) * (power == 0 ? 1 : std::pow(value, power));
    for (index_t i = 0; i < a.rows(); ++i) a(i, j) *= f;
    for (index_t i = 0; i < b.rows(); ++i) b(i, j) *= f;
  }
}

/// The weights of one view as a map on the device.
template <class T, Device D>
linear_map<T, D> map_of(context<D>& ctx, const training_rows<T, D>& rows, const matrix<double, cpu>& weights) {
  std::vector<double> scaled = weights.to_host();
  for (index_t i = 0; i < weights.rows(); ++i)
    for (index_t j = 0; j < weights.cols(); ++j)
      scaled[static_cast<std::size_t>(i * weights.cols() + j)] *= rows.factors[static_cast<std::size_t>(i)];
  return linear_map<T, D>(ctx, rows.means, scaled, weights.cols());
}

/// Both views as a projection.
template <class T, Device D>
linear_projection<T, D> projection_of(context<D>& ctx, const training_rows<T, D>& x, const training_rows<T, D>& y,
                                      paired_weights weights, double power) {
  finish(weights, power);
  return linear_projection<T, D>(map_of(ctx, x, weights.first), map_of(ctx, y, weights.second),
                                 std::move(weights.values), weights.first_rank, weights.second_rank);
}

inline void expect_pairs(index_t first, index_t second, index_t dimensions, const char* who) {
  expects(first == second, "{}: {} rows in the first view, {} in the second", who, first, second);
  expects<argument_error>(dimensions >= 0, "{}: {} dimensions", who, dimensions);
}

}  // namespace kindred::projection::detail
