// SPDX-License-Identifier: Apache-2.0
/// @file
/// What the learners share: checked training rows or their moments, the directions in which they vary, and the singular
/// value decomposition between two sets of directions.
#pragma once

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/option.hpp>
#include <kindred/linalg/covariance_accumulator.hpp>
#include <kindred/projection/linear_projection.hpp>
#include <limits>
#include <optional>
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

/// What is subtracted from each column of a view and what the column is multiplied by afterwards.
struct view_columns {
  std::vector<double> means, factors;
};

/// Training rows of one view.
template <class T, Device D>
struct training_rows : view_columns {
  matrix_view<const T, D> x;
};

inline void expect_pairs(index_t first, index_t second, index_t dimensions, const char* who) {
  expects(first == second, "{}: {} rows in the first view, {} in the second", who, first, second);
  expect_at_least(who, "dimensions", dimensions, 0);
}

inline void expect_rows(index_t rows, index_t cols, const char* who, const char* view) {
  expects(rows >= 2, "{}: {} view has {} rows, 2 are needed", who, view, rows);
  expects(cols >= 1, "{}: {} view has no columns", who, view);
}

/// What gives a column unit variance; 1 for a column whose variance is rounding of its mean.
inline double factor_of(double variance, double mean) {
  const double rounding = 1e-15 * mean;
  return variance > rounding * rounding ? 1 / std::sqrt(variance) : 1;
}

template <class T, Device D>
training_rows<T, D> prepared_rows(context<D>& ctx, matrix_view<const T, D> x, bool standardize, const char* who,
                                  const char* view) {
  expect_rows(x.rows(), x.cols(), who, view);
  training_rows<T, D> rows{{linalg::column_means(ctx, x), std::vector<double>(static_cast<std::size_t>(x.cols()), 1)},
                           x};
  linalg::expect_finite_view(ctx, x, rows.means, who, view);
  if (standardize) {
    rows.factors = linalg::column_variances(ctx, x, rows.means);
    for (std::size_t j = 0; j < rows.factors.size(); ++j) {
      double& f = rows.factors[j];
      expects<argument_error>(f <= std::numeric_limits<double>::max(),
                              "{}: {} view, column {}: the values are too large, their variance is {}", who, view, j,
                              f);
      f = factor_of(f, rows.means[j]);
    }
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

/// From the p x p covariance.
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

/// Gives every column length 1; zeros stay.
void unit_columns(matrix_view<double, cpu> a);

/// Keeps at most `dimensions` pairs (0: all), none whose value is at most rank_tolerance of the largest one; both ranks
/// become the number of the latter.
void keep_above_noise(context<cpu>& host, paired_weights& weights, index_t dimensions);

/// The first `count` directions with fixed signs, their scores of unit variance if asked for.
directions leading_directions(context<cpu>& host, const directions& all, index_t count, bool whiten);

/// value^power, what coordinate `j` is multiplied by. Errors: argument_error for a power that is not finite, and where
/// the result is beyond 1e30 or, of the first coordinate, below 1e-30.
double power_of(double value, double power, std::size_t j);

/// Gives every column of the first matrix the sign that makes its entry of largest magnitude positive (of several, the
/// one in the lowest row) and the other matrices the same, and multiplies column j of all by values[j]^power.
void finish(std::span<matrix<double, cpu>* const> weights, const std::vector<double>& values, double power);
void finish(std::vector<matrix<double, cpu>>& weights, const std::vector<double>& values, double power);
void finish(paired_weights& weights, double power);

// ---- together

/// What a learner sees of its training rows: the covariances of all columns of all views, centred and multiplied. Of a
/// view that came with fewer rows than columns they are those of the coordinates of its rows in an orthonormal basis of
/// the space which they span.
struct training_set {
  std::vector<view_columns> views;
  std::vector<double> mean_variances;                     // of each view, over its columns
  std::vector<std::optional<matrix<double, cpu>>> bases;  // p x r, or absent: the columns themselves
  linalg::joint_moments moments;                          // in coordinates
};

/// From moments; the first `standardized` views get columns of unit variance.
training_set training_of(linalg::joint_moments moments, index_t standardized, const char* who);

/// From centred and multiplied rows on the host.
template <std::same_as<double> T = double>
training_set training_of(context<cpu>& host, std::vector<view_columns> views, std::vector<matrix<T, cpu>> rows,
                         const char* who);

/// From the rows themselves: through an accumulator, or row by row where a view has fewer rows than columns.
template <class T, Device D>
training_set training_of_rows(context<cpu>& host, context<D>& ctx, std::span<const matrix_view<const T, D>> views,
                              index_t standardized, const char* who) {
  const auto count = static_cast<index_t>(views.size());
  std::vector<index_t> columns;
  bool few_rows = false;
  for (const auto& v : views) {
    const char* const name = linalg::view_name(static_cast<index_t>(columns.size()), count);
    expects(v.rows() == views[0].rows(), "{}: {} rows in the first view, {} in the {} view", who, views[0].rows(),
            v.rows(), name);
    expect_rows(v.rows(), v.cols(), who, name);
    columns.push_back(v.cols());
    few_rows = few_rows || v.cols() > v.rows();
  }
  if (!few_rows) {
    linalg::covariance_accumulator<T, D> sums(std::move(columns));
    sums.add(ctx, views, who);
    return training_of(sums.moments(host, ctx), standardized, who);
  }
  std::vector<view_columns> parts;
  std::vector<matrix<double, cpu>> centred;
  for (index_t i = 0; i < count; ++i) {
    const auto rows = prepared_rows<T, D>(ctx, views[static_cast<std::size_t>(i)], i < standardized, who,
                                          linalg::view_name(i, count));
    centred.push_back(centred_rows(host, ctx, rows));
    parts.push_back({rows.means, rows.factors});
  }
  return training_of(host, std::move(parts), std::move(centred), who);
}

/// The same on the processor, which is compiled once.
template <Scalar T>
training_set training_of_host_rows(context<cpu>& host, context<cpu>& ctx,
                                   std::span<const matrix_view<const T, cpu>> views, index_t standardized,
                                   const char* who);
template <class T, Device D>
training_set training_of(context<cpu>& host, context<D>& ctx, std::span<const matrix_view<const T, D>> views,
                         index_t standardized, const char* who) {
  if constexpr (std::same_as<D, cpu>)
    return training_of_host_rows<T>(host, ctx, views, standardized, who);
  else
    return training_of_rows<T, D>(host, ctx, views, standardized, who);
}

/// From what an accumulator of `views` views holds.
template <class T, Device D>
training_set training_of(context<cpu>& host, context<D>& ctx, const linalg::covariance_accumulator<T, D>& sums,
                         index_t views, index_t standardized, const char* who) {
  expects(sums.views() == views, "{}: got moments of {} views, expected {}", who, sums.views(), views);
  return training_of(sums.moments(host, ctx), standardized, who);
}

/// The directions in which view `i` varies, in coordinates.
template <std::same_as<double> T = double>
directions directions_of(context<cpu>& host, const training_set& set, index_t i, const char* who);

/// Weights of coordinates of view `i` as weights of its columns.
template <std::same_as<double> T = double>
matrix<T, cpu> lifted(context<cpu>& host, const training_set& set, index_t i, matrix<T, cpu> weights);

/// The factor of each direction that `whiten(variance, mean variance)` gives.
template <class Whiten>
std::vector<double> factors_of(const directions& d, const Whiten& whiten) {
  std::vector<double> factors = d.variances;
  for (double& f : factors) f = whiten(f, d.mean_variance);
  return factors;
}

/// The pairs of directions of two views whose scores belong together most, in the metric that `whiten` states.
template <class Whiten>
paired_weights whitened_pairs(context<cpu>& host, const training_set& set, index_t dimensions, const char* who,
                              const Whiten& whiten) {
  const directions a = directions_of(host, set, 0, who), b = directions_of(host, set, 1, who);
  const auto half = product(host, a.basis, transpose::yes, set.moments.block(0, 1), transpose::no);
  paired_weights pairs = scaled_pairs(host, a, factors_of(a, whiten), b, factors_of(b, whiten),
                                      product(host, half, transpose::no, b.basis, transpose::no), dimensions);
  pairs.first = lifted(host, set, 0, std::move(pairs.first));
  pairs.second = lifted(host, set, 1, std::move(pairs.second));
  return pairs;
}

/// Weights of all views, one column per dimension, eigenvalues and the rank of each view.
struct joint_weights {
  std::vector<matrix<double, cpu>> weights;
  std::vector<double> values;
  std::vector<index_t> ranks;
};

/// The eigenvectors of the covariances of all views, each view white in its metric.
template <std::same_as<double> T = double>
joint_weights joint_directions(context<cpu>& host, const training_set& set, std::vector<directions> views,
                               const std::vector<std::vector<double>>& factors, index_t dimensions);
template <class Whiten>
joint_weights joint_directions(context<cpu>& host, const training_set& set, index_t dimensions, const char* who,
                               const Whiten& whiten) {
  std::vector<directions> views;
  std::vector<std::vector<double>> factors;
  for (index_t i = 0; i < set.moments.views(); ++i) {
    views.push_back(directions_of(host, set, i, who));
    factors.push_back(factors_of(views.back(), whiten));
  }
  return joint_directions(host, set, std::move(views), factors, dimensions);
}

/// Pairs of directions of greatest covariance, each of what the ones before have left; weights of coordinates that give
/// the scores.
template <std::same_as<double> T = double>
paired_weights deflated_pairs(context<cpu>& host, const training_set& set, index_t dimensions, bool regression);

/// Weights of centred and multiplied columns as weights of centred ones.
void unscale(matrix<double, cpu>& weights, const view_columns& columns);

/// Both views as a projection.
template <class T, Device D>
linear_projection<T, D> projection_of(context<D>& ctx, const std::vector<view_columns>& views, paired_weights weights,
                                      double power) {
  unscale(weights.first, views[0]);
  unscale(weights.second, views[1]);
  finish(weights, power);
  const index_t k = weights.first.cols();
  return linear_projection<T, D>(linear_map<T, D>(ctx, views[0].means, weights.first.to_host(), k),
                                 linear_map<T, D>(ctx, views[1].means, weights.second.to_host(), k),
                                 std::move(weights.values), weights.first_rank, weights.second_rank);
}

}  // namespace kindred::projection::detail

#if !defined(KINDRED_COMPILED)
#include <kindred/projection/detail/training_impl.hpp>
#endif
