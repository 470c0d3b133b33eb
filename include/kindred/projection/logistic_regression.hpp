// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/optimizer/lbfgs.hpp>
#include <kindred/projection/detail/training.hpp>
#include <kindred/projection/kernel_map.hpp>
#include <kindred/projection/posterior_map.hpp>

namespace kindred::projection {

struct logistic_regression;

namespace detail {

/// Row r of `scores` becomes softmax(row + intercepts) less one at target(r); losses(r, 0) = -log softmax at the
/// target.
template <class D>
struct logistic_row {
  matrix_view<double, D> scores;
  vector_view<const double, D> intercepts;
  vector_view<const index_t, D> targets;
  matrix_view<double, D> losses;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t k = scores.cols(), target = targets(r);
    const auto self = *this;
    g.for_each(k, [self, r](index_t c) { self.scores(r, c) += self.intercepts(c); });
    const double own = scores(r, target);  // ahead of a group call, because the next but one overwrites it
    const double shift = op::softmax_shift<double>(g, k, scores.row(r));
    g.for_each(k, [self, r, shift](index_t c) { self.scores(r, c) = math::exp(self.scores(r, c) - shift); });
    const double sum = g.reduce(k, 0.0, plus{}, scores.row(r));
    g.for_each(k, [self, r, sum, target](index_t c) {
      self.scores(r, c) = self.scores(r, c) / sum - (c == target ? 1.0 : 0.0);
    });
    g.once([self, r, sum, own, shift] { self.losses(r, 0) = math::log(sum) - (own - shift); });
  }
};

/// Labels as the classes that occur, ascending, and the place of each row's label among them.
struct labelled_rows {
  std::vector<label_t> classes;
  std::vector<index_t> targets;
};
labelled_rows labelled(std::span<const label_t> labels, index_t rows, const char* who);

/// What logistic_regression finds: p x k weights of the columns as they are, intercepts for centred rows.
struct logistic_weights {
  std::vector<double> weights, intercepts;
};

template <class T, Device D>
logistic_weights minimized(context<D>& ctx, const training_rows<T, D>& rows, const labelled_rows& labels, double c,
                           const optimizer::lbfgs& method, optimizer::lbfgs_result& reached) {
  const index_t n = rows.x.rows(), p = rows.x.cols(), k = static_cast<index_t>(labels.classes.size());
  const auto count = static_cast<double>(n);
  const vector<double, D> means(ctx, rows.means), factors(ctx, rows.factors);
  const vector<index_t, D> targets(ctx, labels.targets);
  matrix<double, D> x(ctx, n, p, uninitialized), scores(ctx, n, k, uninitialized), losses(ctx, n, 1, uninitialized);
  matrix<double, D> weights(ctx, p, k, uninitialized), slopes(ctx, p, k, uninitialized);
  vector<double, D> intercepts(ctx, k, uninitialized), sums(ctx, k, uninitialized), total(ctx, 1, uninitialized);
  ctx.for_each(n, p, standardize_at<T, D>{rows.x, means.view(), factors.view(), x.view()});
  const auto bytes = [](index_t numbers) { return numbers * static_cast<index_t>(sizeof(double)); };
  // the mean of the losses and |W|^2 / (2 c n): of the same size for any number of rows
  const auto objective = [&](vector_view<const double, cpu> at, vector_view<double, cpu> gradient) {
    ctx.copy_from_host(weights.data(), at.data(), bytes(p * k));
    ctx.copy_from_host(intercepts.data(), at.data() + p * k, bytes(k));
    ctx.template gemm<double>(1.0, x, transpose::no, weights, transpose::no, 0.0, scores.view());
    ctx.for_each_row(n, k, logistic_row<D>{scores.view(), intercepts.view(), targets.view(), losses.view()});
    ctx.template gemm<double>(1.0, x, transpose::yes, scores, transpose::no, 0.0, slopes.view());
    op::column_sums(ctx, scores, sums.view());
    op::column_sums(ctx, losses, total.view());
    double loss = 0, square = 0;
    ctx.copy_to_host(gradient.data(), slopes.data(), bytes(p * k));
    ctx.copy_to_host(gradient.data() + p * k, sums.data(), bytes(k));
    ctx.copy_to_host(&loss, total.data(), bytes(1));
    ctx.synchronize();
    for (double& g : gradient) g /= count;
    for (index_t i = 0; i < p * k; ++i) {
      square += at(i) * at(i);
      gradient(i) += at(i) / (c * count);
    }
    return loss / count + square / (2 * c * count);
  };
  std::vector<double> found(static_cast<std::size_t>((p + 1) * k), 0);
  reached = method.minimize({found.data(), (p + 1) * k}, objective);
  logistic_weights out{{found.begin(), found.begin() + p * k}, {found.begin() + p * k, found.end()}};
  for (index_t i = 0; i < p; ++i)
    for (index_t j = 0; j < k; ++j)
      out.weights[static_cast<std::size_t>(i * k + j)] *= rows.factors[static_cast<std::size_t>(i)];
  return out;
}

/// What logistic_regression::fit does, for other learners too; `who` and `view` name the caller and the view in
/// messages.
template <class T, Device D>
posterior_map<T, D> posteriors_of(context<D>& ctx, const logistic_regression& options, matrix_view<const T, D> x,
                                  std::span<const label_t> labels, const char* who, const char* view,
                                  optimizer::lbfgs_result& reached);

}  // namespace detail

/// Multinomial logistic regression with an L2 penalty: class posteriors as coordinates of one view.
///
/// min over W, b   1/2 |W|^2 + c sum over i of -log softmax(W' x_i + b)_(label of i)
///
/// The intercepts b are not penalized, so adding a constant to a column changes nothing. Labels are names: any
/// integers, negative ones too; the classes are those that occur, ascending. Constant columns get the weight 0; views
/// that do not vary give the shares of the classes.
///
/// Complexity   4 n p k operations for k classes in each of some dozens to hundreds of evaluations, on the device, in
///              double; memory n (p + k) numbers there. Badly scaled columns take more: see standardize.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error for fewer than two rows, no columns or not one label per row; argument_error for NaN or
///              infinity (row and column are named), fewer than two classes, options out of range. Reaching
///              max_iterations is no error: `reached` tells.
/// Reference    scikit-learn's LogisticRegression(C = c, solver = "lbfgs"), whose objective over more than two classes
///              is this one. Differs: two classes have a weight each; its form for two classes with one weight is ours
///              with c halved.
struct logistic_regression {
  double c = 1;                   ///< > 0; what the losses weigh against the penalty
  bool standardize = false;       ///< give every column unit variance first
  double tolerance = 1e-6;        ///< of the largest component of the gradient, over c and the number of rows
  index_t max_iterations = 1000;  ///< of L-BFGS

  /// x: n x p; labels: n, on the host; reached: what the minimizer says, where wanted.
  template <class X, Device D>
  posterior_map<typename X::value_type, D> fit(context<D>& ctx, const X& x, std::span<const label_t> labels,
                                               optimizer::lbfgs_result* reached = nullptr) const {
    static_assert(MatrixArgument<X, D>, "logistic_regression::fit takes a matrix on the device of its context");
    optimizer::lbfgs_result ignored;
    return detail::posteriors_of<typename X::value_type, D>(
        ctx, *this, x.view(), labels, "projection::logistic_regression::fit", "only", reached ? *reached : ignored);
  }
};

namespace detail {
template <class T, Device D>
posterior_map<T, D> posteriors_of(context<D>& ctx, const logistic_regression& options, matrix_view<const T, D> x,
                                  std::span<const label_t> labels, const char* who, const char* view,
                                  optimizer::lbfgs_result& reached) {
  expect_positive(who, "c", options.c);
  expect_within(who, "c", options.c, 0, 1e300);
  expect_not_negative(who, "tolerance", options.tolerance);
  expect_at_least(who, "max_iterations", options.max_iterations, 0);
  const labelled_rows classes = labelled(labels, x.rows(), who);
  const auto rows = prepared_rows<T, D>(ctx, x, options.standardize, who, view);
  const auto found =
      minimized<T, D>(ctx, rows, classes, options.c,
                      {.max_iterations = options.max_iterations, .gradient_tolerance = options.tolerance}, reached);
  return {linear_map<T, D>(ctx, rows.means, found.weights, static_cast<index_t>(classes.classes.size())),
          vector<T, D>(ctx, std::vector<T>(found.intercepts.begin(), found.intercepts.end())), classes.classes};
}
}  // namespace detail

}  // namespace kindred::projection

#if !defined(KINDRED_COMPILED)
#include <kindred/projection/detail/logistic_regression_impl.hpp>
#endif
