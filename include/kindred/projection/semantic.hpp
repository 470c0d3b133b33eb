// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/cca.hpp>
#include <kindred/projection/detail/map_pair.hpp>
#include <kindred/projection/logistic_regression.hpp>
#include <kindred/projection/posterior_map.hpp>
#include <optional>

namespace kindred::projection {

/// Two classifiers over the same classes: what semantic gives. Satisfies Projection; coordinates are class posteriors.
///
/// first(x) = softmax((x - mean_x) W_x + b_x)        second(y) = softmax((y - mean_y) W_y + b_y)
template <class T, Device D>
class semantic_projection : public detail::map_pair<T, D, posterior_map<T, D>> {
  using pair = detail::map_pair<T, D, posterior_map<T, D>>;
  using pair::first_, pair::second_;

 public:
  /// Errors  argument_error when the maps have other classes.
  semantic_projection(posterior_map<T, D> first, posterior_map<T, D> second)
      : pair(std::move(first), std::move(second)) {
    expects<argument_error>(first_.classes() == second_.classes(),
                            "semantic_projection: the first map has {} classes, the second {}, or others",
                            first_.dimensions(), second_.dimensions());
  }

  /// The label of each dimension, ascending.
  const std::vector<label_t>& classes() const { return first_.classes(); }

  /// Adds everything to a file under `prefix`. This projection must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    pair::save_maps(file, prefix, file_type);
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`: it projects to the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type, a missing tensor or parts that do not fit.
  template <class File>
  static semantic_projection load(context<D>& ctx, const File& file, const std::string& prefix) {
    auto [first, second] = pair::load_maps(ctx, file, prefix, file_type);
    expects<io_error>(first.classes() == second.classes(), "{}: {}first and {}second have other classes", file.name(),
                      prefix, prefix);
    return {std::move(first), std::move(second)};
  }
  template <class File = io::safetensors>
  static semantic_projection load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "semantic_projection 1";
};

namespace detail {

/// A classifier of what `before` gives, as one of what it takes.
template <class T, Device D>
posterior_map<T, D> chained(context<D>& ctx, context<cpu>& host, const linear_map<T, D>& before,
                            const posterior_map<T, D>& after) {
  const auto in_double = [&](matrix_view<const T, D> m) {
    const auto values = to_host(ctx, m);
    return matrix<double, cpu>(host, m.rows(), m.cols(), std::vector<double>(values.begin(), values.end()));
  };
  const auto list = [&](auto v) { return to_host(ctx, as_matrix(v, 1, v.size())); };
  const auto weights = in_double(after.weights());
  const auto whole = product(host, in_double(before.weights()), transpose::no, weights, transpose::no);
  // what `after` subtracts goes into the intercepts
  const std::vector<double> means = list(after.means());
  std::vector<T> intercepts = list(after.intercepts());
  for (index_t j = 0; j < after.dimensions(); ++j) {
    double shift = 0;
    for (index_t i = 0; i < after.columns(); ++i) shift += means[static_cast<std::size_t>(i)] * weights.view()(i, j);
    intercepts[static_cast<std::size_t>(j)] =
        static_cast<T>(static_cast<double>(intercepts[static_cast<std::size_t>(j)]) - shift);
  }
  return {linear_map<T, D>(ctx, list(before.means()), whole.to_host(), after.dimensions()),
          vector<T, D>(ctx, intercepts), after.classes()};
}

}  // namespace detail

/// Semantic matching: the class posteriors of each view as its coordinates, so that both views meet in the space of the
/// classes; with `correlation`, semantic correlation matching: the classifiers stand on canonical coordinates.
///
/// SM    first(x) = P(class | x) by logistic_regression on x            second(y) likewise on y
/// SCM   first(x) = P(class | (x - mean_x) W_x), W_x by cca             second(y) likewise
///
/// Coordinates are probabilities, not their logarithms: not centred, rows sum to 1. Compare by
/// similarity::normalized_correlation or cosine: posteriors of a weak classifier are nearly constant, and cosine
/// without centring sees little of what tells them apart.
///
/// Complexity, Determinism  those of logistic_regression for each view, and of cca.
/// Errors                   shape_error when views or labels differ in rows, for fewer than two rows or no columns;
///                          argument_error for NaN or infinity (view, row and column are named), fewer than two
///                          classes, options out of range, and what cca refuses.
/// Reference                Rasiwasia et al. 2010; Costa Pereira et al. 2014. Multinomial, where code of that time
///                          fitted one class against the rest.
struct semantic {
  double c = 1;                                  ///< > 0; see logistic_regression
  bool standardize = true;                       ///< SM: give every column unit variance first
  std::optional<projection::cca> correlation{};  ///< SCM: the options of its cca; absent: SM
  double tolerance = 1e-6;                       ///< see logistic_regression
  index_t max_iterations = 1000;                 ///< see logistic_regression

  /// x: n x p, y: n x q; row i of y belongs to row i of x, and label i, on the host, to both.
  template <class X, class Y, Device D>
  semantic_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y,
                                                     std::span<const label_t> labels) const {
    using T = typename X::value_type;
    static_assert(MatrixArgument<X, D> && MatrixArgument<Y, D> && std::is_same_v<T, typename Y::value_type>,
                  "semantic::fit takes two matrices of one number type on the device of its context");
    constexpr const char* who = "projection::semantic::fit";
    detail::expect_pairs(x.rows(), y.rows(), 0, who);
    const logistic_regression classifier{
        .c = c, .standardize = standardize && !correlation, .tolerance = tolerance, .max_iterations = max_iterations};
    const auto classify = [&](matrix_view<const T, D> rows, const char* view) {
      optimizer::lbfgs_result ignored;
      return detail::posteriors_of<T, D>(ctx, classifier, rows, labels, who, view, ignored);
    };
    if (!correlation) {
      auto first = classify(x.view(), "first");
      return {std::move(first), classify(y.view(), "second")};
    }
    expects(static_cast<index_t>(labels.size()) == x.rows(), "{}: {} labels for {} rows", who, labels.size(), x.rows());
    detail::host_of<D> host(ctx);
    const auto pairs = correlation->fit(ctx, x, y);
    const auto a = pairs.first(ctx, x.view()), b = pairs.second(ctx, y.view());
    return {detail::chained<T, D>(ctx, host, pairs.first_map(), classify(a.view(), "first")),
            detail::chained<T, D>(ctx, host, pairs.second_map(), classify(b.view(), "second"))};
  }
};

}  // namespace kindred::projection
