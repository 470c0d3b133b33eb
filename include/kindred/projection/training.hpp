// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the learners share: checked training rows, the directions in which they vary, and the singular value
/// decomposition between two sets of directions.
#pragma once

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/linalg/covariance.hpp>
#include <kindred/projection/linear_projection.hpp>
#include <type_traits>

namespace kindred::projection::detail {

/// Eigenvalues of a covariance up to this share of the largest one count as noise.
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

// ---- training rows

/// Training rows of one view with what is subtracted from each column and what it is multiplied by afterwards.
template <class T, Device D>
struct training_rows {
  matrix_view<const T, D> x;
  std::vector<double> means, factors;
};

inline void expect_pairs(index_t first, index_t second, index_t dimensions, const char* who) {
  expects(first == second, "{}: {} rows in the first view, {} in the second", who, first, second);
  expects<argument_error>(dimensions >= 0, "{}: {} dimensions", who, dimensions);
}

/// Refuses NaN and infinity by the place of the first one. `means` tell whether there are any.
template <class T, Device D>
void expect_finite(context<D>& ctx, matrix_view<const T, D> x, const std::vector<double>& means, const char* who,
                   const char* view) {
  bool finite = true;
  for (const double m : means) finite = finite && std::isfinite(m);
  if (finite) return;
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

/// Element (i, j) of `c` times x[i] y[j].
void scale_both(matrix_view<double, cpu> c, const std::vector<double>& x, const std::vector<double>& y);

template <class T, Device D>
matrix<double, cpu> covariance_of(context<cpu>& host, context<D>& ctx, const training_rows<T, D>& x) {
  matrix<double, cpu> c = linalg::covariance(host, ctx, x.x, x.means);
  scale_both(c.view(), x.factors, x.factors);
  return c;
}
template <class T, Device D>
matrix<double, cpu> covariance_of(context<cpu>& host, context<D>& ctx, const training_rows<T, D>& x,
                                  const training_rows<T, D>& y) {
  matrix<double, cpu> c = linalg::covariance(host, ctx, x.x, x.means, y.x, y.means);
  scale_both(c.view(), x.factors, y.factors);
  return c;
}

// ---- on the host, in double

/// op(a) op(b)
template <std::same_as<double> T = double>
matrix<T, cpu> product(context<cpu>& host, const_matrix<T, cpu> a, transpose ta, const_matrix<T, cpu> b, transpose tb);

/// The directions in which centred rows vary: orthonormal columns with the variance along each, descending.
struct directions {
  matrix<double, cpu> basis;      // p x rank
  std::vector<double> variances;  // rank
  double mean_variance;           // over all p columns
};

/// From the p x p covariance, for views with at least as many rows as columns.
template <std::same_as<double> T = double>
directions directions_of_covariance(context<cpu>& host, const_matrix<T, cpu> c, const char* who, const char* view);

/// From the n x n inner products of centred rows, for views with fewer rows than columns.
template <std::same_as<double> T = double>
directions directions_of_rows(context<cpu>& host, const_matrix<T, cpu> rows, const char* who, const char* view);

/// Weights of both views, one column per dimension, and the singular value of each.
struct paired_weights {
  matrix<double, cpu> first, second;
  std::vector<double> values;
  index_t first_rank, second_rank;
};

/// U and V of between = U diag(values) V', cut to `dimensions` columns (0: all).
template <std::same_as<double> T = double>
paired_weights singular_pairs(context<cpu>& host, const_matrix<T, cpu> between, index_t dimensions);

/// between = G_x B_x' C_xy B_y G_y = U diag(values) V',  W_x = B_x G_x U,  W_y = B_y G_y V
///
/// for bases B of both views, `raw` = B_x' C_xy B_y and the diagonals of G.
template <std::same_as<double> T = double>
paired_weights scaled_pairs(context<cpu>& host, const directions& x, const std::vector<double>& scale_x,
                            const directions& y, const std::vector<double>& scale_y, matrix<T, cpu> raw,
                            index_t dimensions);

/// Keeps at most `dimensions` pairs (0: all), none whose value is at most rank_tolerance of the largest one; both ranks
/// become the number of the latter.
void keep_above_noise(context<cpu>& host, paired_weights& weights, index_t dimensions);

/// The first `count` directions with fixed signs, their scores of unit variance if asked for.
directions leading_directions(context<cpu>& host, const directions& all, index_t count, bool whiten);

/// Gives every pair the sign that makes the entry of largest magnitude in its first column positive (of several, the one
/// in the lowest row), and multiplies both columns by value^power.
void finish(paired_weights& weights, double power);

// ---- together

/// The pairs of directions whose scores belong together most, in the metric that `whiten(variance, mean variance)`
/// states by the factor of each direction.
template <class T, Device D, class Whiten>
paired_weights whitened_pairs(context<cpu>& host, context<D>& ctx, const training_rows<T, D>& x,
                              const training_rows<T, D>& y, index_t dimensions, const char* who, const Whiten& whiten) {
  const index_t n = x.x.rows();
  const auto pairs = [&](const directions& a, const directions& b, matrix<double, cpu> raw) {
    const auto scale = [&](const directions& d) {
      std::vector<double> factors = d.variances;
      for (double& f : factors) f = whiten(f, d.mean_variance);
      return factors;
    };
    return scaled_pairs(host, a, scale(a), b, scale(b), std::move(raw), dimensions);
  };
  if (x.x.cols() <= n && y.x.cols() <= n) {
    const directions a = directions_of_covariance(host, covariance_of(host, ctx, x), who, "first");
    const directions b = directions_of_covariance(host, covariance_of(host, ctx, y), who, "second");
    const auto half = product(host, a.basis, transpose::yes, covariance_of(host, ctx, x, y), transpose::no);
    return pairs(a, b, product(host, half, transpose::no, b.basis, transpose::no));
  }
  const auto of = [&](const training_rows<T, D>& rows, const matrix<double, cpu>& centred, const char* view) {
    return rows.x.cols() > n ? directions_of_rows(host, centred, who, view)
                             : directions_of_covariance(host, covariance_of(host, ctx, rows), who, view);
  };
  const matrix<double, cpu> centred_x = centred_rows(host, ctx, x), centred_y = centred_rows(host, ctx, y);
  const directions a = of(x, centred_x, "first"), b = of(y, centred_y, "second");
  const auto scores_x = product(host, centred_x, transpose::no, a.basis, transpose::no);
  const auto scores_y = product(host, centred_y, transpose::no, b.basis, transpose::no);
  matrix<double, cpu> raw = product(host, scores_x, transpose::yes, scores_y, transpose::no);
  const double divisor = static_cast<double>(n - 1);
  for (index_t i = 0; i < raw.rows() * raw.cols(); ++i) raw.data()[i] /= divisor;
  return pairs(a, b, std::move(raw));
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

}  // namespace kindred::projection::detail

#if !defined(KINDRED_COMPILED)
#include <kindred/projection/training_impl.hpp>
#endif
