// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/detail/label_groups.hpp>
#include <kindred/projection/detail/training.hpp>
#include <kindred/projection/label_similarity.hpp>
#include <kindred/projection/linear_projection.hpp>
#include <kindred/projection/ridge.hpp>

namespace kindred::projection {

/// What length ml_cca gives its directions.
enum class ml_cca_normalization {
  covariance,  ///< W' R(C) W = I, as cca
  unit         ///< columns of W of length 1 in the (standardized) columns of the view, as the authors' code
};

/// Multi-label canonical correlation analysis: every image is paired with every text, weighted by how alike their
/// labels are, so items that do not belong together as pairs help too.
///
/// C_xy = sum f_ij x_i y_j' / N,  C_xx = sum f_ij x_i x_i' / N,  C_yy = sum f_ij y_j y_j' / N,  N = sum f_ij, all over
/// i, j; f_ij = f(labels of i, labels of j); x, y less their means. Then cca with these in place of covariances.
///
/// Pairs whose correlation is at most 1e-10 of the first are noise and left out: C classes give C - 1 pairs at most.
/// Rows with equal labels are put together first, so f is asked for pairs of distinct label vectors only. With
/// shared_label and class labels this is cluster CCA. Compare projected items by cosine.
///
///   projection::ml_cca<>{.dimensions = 9, .power = 1}.fit(ctx, images, texts, labels);
///   projection::ml_cca<projection::label_cosine>{}.fit(ctx, images, texts, tags);    // tags: n x C of 0 and 1
///
/// @tparam Similarity  a LabelSimilarity
///
/// Complexity   n (p + q) C to group, twice g^2 calls of f, of C numbers each, for g distinct label vectors, g^2 times
///              the smaller number of directions, n (p^2 + q^2) on the host, then as cca.
/// Determinism  the same bytes for any number of threads.
/// Errors       as cca; shape_error when there is not one label (row) per row; argument_error for labels that are NaN
///              or infinite, an f that is negative, NaN or infinite, and where f is 0 for all pairs.
/// Reference    Ranjan, Rasiwasia and Jawahar 2015. Their fast version takes a few nearest label vectors of each item
///              and an f that falls off with their distance (label_decay); here all pairs count.
template <LabelSimilarity Similarity = shared_label>
struct ml_cca {
  index_t dimensions = 0;          ///< at most; 0: as many as C_xy has rank
  projection::ridge ridge = 0.25;  ///< a plain number is a share of the mean variance
  bool standardize = true;         ///< give every column unit variance first
  ml_cca_normalization normalization = ml_cca_normalization::covariance;
  double power = 0;               ///< t: coordinate j of both views is multiplied by correlations()[j]^t
  Similarity label_similarity{};  ///< f

  /// x: n x p, y: n x q, one class label per row.
  template <class X, class Y, Device D>
  linear_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y,
                                                   std::span<const label_t> labels) const {
    detail::host_of<D> host(ctx);
    return made(ctx, host, x, y, detail::label_groups(labels));
  }

  /// labels: n x C, on the device of ctx or in the memory of the host.
  template <class X, class Y, class Labels, Device D>
  requires MatrixArgument<Labels, typename Labels::device>
  linear_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y,
                                                   const Labels& labels) const {
    static_assert(MatrixArgument<Labels, D>, "ml_cca::fit takes labels on the device of its context");
    detail::host_of<D> host(ctx);
    const auto values = to_host(ctx, as_const(labels));
    return made(ctx, host, x, y,
                detail::label_groups(std::vector<double>(values.begin(), values.end()), as_const(labels).rows(),
                                     as_const(labels).cols(), who));
  }

 private:
  static constexpr const char* who = "projection::ml_cca::fit";

  template <class X, class Y, Device D>
  linear_projection<typename X::value_type, D> made(context<D>& ctx, context<cpu>& host, const X& x, const Y& y,
                                                    const detail::label_groups& groups) const {
    using T = typename X::value_type;
    static_assert(MatrixArgument<X, D> && MatrixArgument<Y, D> && std::is_same_v<T, typename Y::value_type>,
                  "ml_cca::fit takes two matrices of one number type on the device of its context");
    detail::expect_pairs(x.rows(), y.rows(), dimensions, who);
    expects(groups.rows() == x.rows(), "{}: {} rows but {} labels", who, x.rows(), groups.rows());
    const auto first = detail::prepared_rows<T, D>(ctx, x.view(), standardize, who, "first");
    const auto second = detail::prepared_rows<T, D>(ctx, y.view(), standardize, who, "second");
    const auto f = [&](index_t a, index_t b) { return label_similarity(groups.vector(a), groups.vector(b)); };

    const index_t g = groups.count();
    std::vector<double> of_first(static_cast<std::size_t>(g), 0), of_second = of_first;
    double total = 0;
    for (index_t a = 0; a < g; ++a)
      for (index_t b = 0; b < g; ++b) {
        const double v = f(a, b);
        expects<argument_error>(v >= 0 && v < 1e300, "{}: the similarity of the labels of rows {} and {} is {}", who,
                                groups.row(a), groups.row(b), v);
        of_first[static_cast<std::size_t>(a)] += v * groups.size(b);
        of_second[static_cast<std::size_t>(b)] += v * groups.size(a);
        total += v * groups.size(a) * groups.size(b);
      }
    expects<argument_error>(total > 0, "{}: no two items have labels alike", who);

    auto one = weighted(host, ctx, first, groups, of_first, total, "first");
    auto two = weighted(host, ctx, second, groups, of_second, total, "second");
    // B_x' C_xy B_y from the sums of scores of each group
    const auto scores_x = detail::product(host, one.sums, transpose::no, one.found.basis, transpose::no);
    const auto scores_y = detail::product(host, two.sums, transpose::no, two.found.basis, transpose::no);
    matrix<double, cpu> mixed(host, g, scores_y.cols(), uninitialized);
    for (index_t begin = 0; begin < g; begin += band) {
      const index_t here = g - begin < band ? g - begin : band;
      matrix<double, cpu> values(host, here, g, uninitialized);
      for (index_t a = 0; a < here; ++a)
        for (index_t b = 0; b < g; ++b) values.view()(a, b) = f(begin + a, b) / total;
      host.template gemm<double>(1, values, transpose::no, scores_y, transpose::no, 0,
                                 mixed.view().middle_rows(begin, here));
    }
    const auto whiten = [this](double variance, double mean) { return 1 / std::sqrt(ridge(variance, mean)); };
    auto weights = detail::scaled_pairs(
        host, one.found, detail::factors_of(one.found, whiten), two.found, detail::factors_of(two.found, whiten),
        detail::product(host, scores_x, transpose::yes, mixed, transpose::no), dimensions);
    const index_t first_rank = weights.first_rank, second_rank = weights.second_rank;
    detail::keep_above_noise(host, weights, dimensions);  // C classes give C - 1 pairs, the others are rounding
    weights.first_rank = first_rank;
    weights.second_rank = second_rank;
    for (double& rho : weights.values) rho = std::min(rho, ridge.largest_value());  // rounding
    if (normalization == ml_cca_normalization::unit) {
      detail::unit_columns(weights.first.view());
      detail::unit_columns(weights.second.view());
    }
    return detail::projection_of<T>(ctx, {first, second}, std::move(weights), power);
  }

  static constexpr index_t band = 1024;

  struct weighted_view {
    detail::directions found;
    matrix<double, cpu> sums;  // of the rows of each group
  };
  /// The directions of rows that count by the weights of their groups.
  template <class T, Device D>
  static weighted_view weighted(context<cpu>& host, context<D>& ctx, const detail::training_rows<T, D>& rows,
                                const detail::label_groups& groups, const std::vector<double>& weights, double total,
                                const char* view) {
    const index_t n = rows.x.rows(), p = rows.x.cols();
    const double divisor = static_cast<double>(n - 1);
    const bool few_rows = p > n;
    matrix<double, cpu> sums(host, groups.count(), p), square(host, few_rows ? n : p, p);
    for (index_t begin = 0; begin < n; begin += band) {
      const index_t here = n - begin < band ? n - begin : band;
      matrix<double, cpu> part =
          detail::centred_rows<T, D>(host, ctx, {{rows.means, rows.factors}, rows.x.middle_rows(begin, here)});
      for (index_t r = 0; r < here; ++r) {
        const index_t group = groups.of(begin + r);
        const double w = std::sqrt(weights[static_cast<std::size_t>(group)] * (divisor / total));
        for (index_t c = 0; c < p; ++c) {
          sums.view()(group, c) += part.view()(r, c);
          part.view()(r, c) *= w;
          if (few_rows) square.view()(begin + r, c) = part.view()(r, c);
        }
      }
      if (!few_rows)
        host.template gemm<double>(1 / divisor, part, transpose::yes, part, transpose::no, begin == 0 ? 0.0 : 1.0,
                                   square.view());
    }
    return {few_rows ? detail::directions_of_rows(host, square, who, view)
                     : detail::directions_of_covariance(host, square, who, view),
            std::move(sums)};
  }
};

}  // namespace kindred::projection
