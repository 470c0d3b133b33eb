// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/io/stored.hpp>
#include <kindred/linalg/column_moments.hpp>
#include <limits>

namespace kindred::generative::detail {

template <class T, class D>
struct scale_columns_at {
  matrix_view<const T, D> x;
  vector_view<const double, D> means, deviations;
  matrix_view<T, D> out;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    out(r, c) = static_cast<T>((static_cast<double>(x(r, c)) - means(c)) / deviations(c));
  }
};
template <class T, class D>
struct unscale_columns_at {
  vector_view<const double, D> means, deviations;
  matrix_view<T, D> x;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    x(r, c) = static_cast<T>(static_cast<double>(x(r, c)) * deviations(c) + means(c));
  }
};

/// Columns with the means and deviations that rows to learn from had: out = (x - mean) / deviation.
template <class T, Device D>
class column_scaling {
 public:
  /// Leaves `columns` columns as they are.
  column_scaling(context<D>& ctx, index_t columns)
      : means_(ctx, columns), deviations_(ctx, std::vector<double>(static_cast<std::size_t>(columns), 1.0)) {}
  /// Standardizes as `rows` ask for it, by their n - 1; constant columns become 0. Errors: argument_error for NaN or
  /// infinity.
  column_scaling(context<D>& ctx, matrix_view<const T, D> rows) : means_(ctx, 0), deviations_(ctx, 0) {
    const auto means = linalg::column_means(ctx, rows);
    auto deviations = linalg::column_variances(ctx, rows, means);
    for (std::size_t c = 0; c < deviations.size(); ++c) {
      double& v = deviations[c];
      expects<argument_error>(v - v == 0, "model: column {} of the rows to learn from holds NaN or infinity", c);
      v = v > 0 ? std::sqrt(v) : 1.0;
    }
    means_ = vector<double, D>(ctx, means);
    deviations_ = vector<double, D>(ctx, deviations);
  }

  index_t columns() const { return means_.size(); }
  /// out may be x.
  void apply(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const {
    ctx.for_each(x.rows(), x.cols(), scale_columns_at<T, D>{x, means_.view(), deviations_.view(), out});
  }
  /// x deviation + mean, in place.
  void undo(context<D>& ctx, matrix_view<T, D> x) const {
    ctx.for_each(x.rows(), x.cols(), unscale_columns_at<T, D>{means_.view(), deviations_.view(), x});
  }

  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.add(prefix + "means", means_);
    file.add(prefix + "deviations", deviations_);
  }
  template <class File>
  static column_scaling load(context<D>& ctx, const File& file, const std::string& prefix, index_t columns) {
    const auto means = io::stored_list<double>(ctx, file, prefix + "means", columns);
    const auto deviations = io::stored_list<double>(ctx, file, prefix + "deviations", columns);
    constexpr double most = std::numeric_limits<double>::max();
    for (const double m : means) io::in_range(file, prefix + "means", m, -most, most);
    for (const double d : deviations)
      io::in_range(file, prefix + "deviations", d, std::numeric_limits<double>::denorm_min(), most);
    column_scaling out(ctx, columns);
    out.means_ = vector<double, D>(ctx, means);
    out.deviations_ = vector<double, D>(ctx, deviations);
    return out;
  }

 private:
  vector<double, D> means_, deviations_;
};

}  // namespace kindred::generative::detail
