// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/stored.hpp>
#include <kindred/linalg/column_moments.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/similarity/product_form.hpp>
#include <string>

namespace kindred::similarity {

namespace detail {

/// Rows less their mean, one after the other.
template <class T, class D>
struct rows_less_mean {
  matrix_view<const T, D> x;
  vector_view<const double, D> mean;

  struct one {
    vector_view<const T, D> x;
    vector_view<const double, D> mean;
    KINDRED_HD T operator()(index_t c) const { return static_cast<T>(static_cast<double>(x(c)) - mean(c)); }
  };
  KINDRED_HD one row(index_t r) const { return {x.row(r), mean}; }
};

/// Element (r, c) of `y` = x - mean, subtracted in double.
template <class T, class D>
struct less_mean_at {
  matrix_view<const T, D> x;
  vector_view<const double, D> mean;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    y(r, c) = static_cast<T>(static_cast<double>(x(r, c)) - mean(c));
  }
};

}  // namespace detail

/// Cosine after given means are taken away: normalized correlation with the means of training sets.
///
/// s(a, b) = (a - m_a) . (b - m_b) / (|a - m_a| |b - m_b|), in [-1, 1] up to rounding; 0 where a - m_a or b - m_b is
/// all
///           zeros
///
/// Unlike normalized_correlation, which takes the means of the very sets that it compares, the score of two items does
/// not depend on other items. Not symmetric: reversed() compares b to a.
///
/// Complexity   a copy of each side, O((n + m) d) to make.
/// Determinism  see product_form::score.
/// Errors       shape_error when means and rows differ in length; argument_error for NaN or infinity among means. NaN
///              or infinity in a row: all its scores are NaN.
/// Reference    Costa Pereira et al. 2014, "NC", with train means in place of theirs.
class centred_cosine : public product_form<centred_cosine> {
 public:
  static constexpr const char* name = "centred_cosine";  ///< in the files of what contains one
  static constexpr op::scoring scoring = op::scoring::inner_product;
  static constexpr bool rowwise = true;

  /// The mean on the side of a and on that of b, d numbers each.
  centred_cosine(std::vector<double> first_mean, std::vector<double> second_mean)
      : first_(std::move(first_mean)), second_(std::move(second_mean)) {
    expects(first_.size() == second_.size(), "similarity::centred_cosine: means of {} and {} numbers", first_.size(),
            second_.size());
    for (const auto* mean : {&first_, &second_})
      for (std::size_t i = 0; i < mean->size(); ++i)
        expects<argument_error>((*mean)[i] - (*mean)[i] == 0, "similarity::centred_cosine: {} mean, column {} is {}",
                                mean == &first_ ? "first" : "second", i, (*mean)[i]);
  }
  /// With the means of two sets of rows, usually the projected training rows. Errors: argument_error when one is empty
  /// or holds NaN or infinity (the column is named).
  template <Device D, MatrixArgument<D> A, MatrixArgument<D> B>
  static centred_cosine from_sets(context<D>& ctx, const A& first, const B& second) {
    expects<argument_error>(as_const(first).rows() > 0 && as_const(second).rows() > 0,
                            "similarity::centred_cosine: sets of {} and {} rows", as_const(first).rows(),
                            as_const(second).rows());
    return {linalg::column_means(ctx, as_const(first)), linalg::column_means(ctx, as_const(second))};
  }

  const std::vector<double>& first_mean() const { return first_; }
  const std::vector<double>& second_mean() const { return second_; }
  /// s(b, a): the means exchanged.
  centred_cosine reversed() const { return {second_, first_}; }

  /// Copies, centred by the mean of their side, with rows of length 1; rows of zeros stay.
  template <Device D, MatrixArgument<D> A>
  prepared<typename A::value_type, D> prepare_first(context<D>& ctx, const A& a) const {
    return centred(ctx, as_const(a), first_);
  }
  template <Device D, MatrixArgument<D> B>
  prepared<typename B::value_type, D> prepare_second(context<D>& ctx, const B& b) const {
    return centred(ctx, as_const(b), second_);
  }

  /// dx += (dy - y (y . dy)) / |x - m|, with y = (x - m) / |x - m|; nothing where x is the mean.
  template <Scalar T, Device D>
  void prepare_first_backward(context<D>& ctx, const_matrix<T, D> x, const_matrix<T, D> y, const_matrix<T, D> dy,
                              matrix_view<T, D> dx) const {
    centred_backward<T, D>(ctx, x, first_, y, dy, dx);
  }
  template <Scalar T, Device D>
  void prepare_second_backward(context<D>& ctx, const_matrix<T, D> x, const_matrix<T, D> y, const_matrix<T, D> dy,
                               matrix_view<T, D> dx) const {
    centred_backward<T, D>(ctx, x, second_, y, dy, dx);
  }

  /// Adds both means to a file (io::safetensors_writer).
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", "centred_cosine 1");
    file.add(prefix + "first_mean", first_);
    file.add(prefix + "second_mean", second_);
  }
  /// What was saved under `prefix` (io::safetensors). Errors: io_error for another type, means that do not fit, NaN or
  /// infinity.
  template <class File, Device D>
  static centred_cosine load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, "centred_cosine 1");
    auto first = file.template load_vector<double>(ctx, prefix + "first_mean").to_host();
    auto second = file.template load_vector<double>(ctx, prefix + "second_mean").to_host();
    return io::made_from(file, prefix, [&] { return centred_cosine(std::move(first), std::move(second)); });
  }

 private:
  template <class T, Device D>
  static prepared<T, D> centred(context<D>& ctx, matrix_view<const T, D> x, const std::vector<double>& mean) {
    expects(x.cols() == static_cast<index_t>(mean.size()),
            "similarity::centred_cosine: rows of {} numbers, means of {}", x.cols(), mean.size());
    const vector<double, D> origin(ctx, mean);
    matrix<T, D> unit(ctx, x.rows(), x.cols(), uninitialized);
    ctx.for_each(x.rows(), x.cols(), detail::less_mean_at<T, D>{x, origin.view(), unit.view()});
    op::normalize_rows(ctx, unit, unit.view());
    ctx.synchronize();  // `origin` goes
    const matrix_view<const T, D> rows = unit.view();
    return {.rows = rows, .changed = std::move(unit)};
  }
  template <class T, Device D>
  static void centred_backward(context<D>& ctx, matrix_view<const T, D> x, const std::vector<double>& mean,
                               matrix_view<const T, D> y, matrix_view<const T, D> dy, matrix_view<T, D> dx) {
    using rows = detail::rows_less_mean<T, D>;
    const vector<double, D> origin(ctx, mean);
    ctx.for_each_row(x.rows(), x.cols(), detail::unit_gradient_row<T, D, rows>{rows{x, origin.view()}, y, dy, dx});
    ctx.synchronize();  // `origin` goes
  }
  std::vector<double> first_, second_;
};

}  // namespace kindred::similarity
