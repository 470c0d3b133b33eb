// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/io/stored.hpp>
#include <utility>
#include <vector>

namespace kindred::projection {

namespace detail {

/// Element (r, c) of `out` = x - mean, subtracted in double.
template <class T, class D>
struct subtract_mean_at {
  matrix_view<const T, D> x;
  vector_view<const double, D> means;
  matrix_view<T, D> out;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    out(r, c) = static_cast<T>(static_cast<double>(x(r, c)) - means(c));
  }
};

}  // namespace detail

/// One linear map on device D: what a fitted learner does to one kind of things.
///
/// out = (x - mean) weights
///
/// Divisors of columns (standardizing) and powers of correlations are already part of the weights.
///
/// Complexity   2 n p k operations; scratch n p numbers, at most 2^22 at a time.
/// Determinism  on cpu a row's bits do not depend on the rows around it.
template <class T, Device D>
class linear_map {
 public:
  using value_type = T;
  using device = D;

  /// `means` holds p numbers, `weights` p x k in rows. Errors: shape_error when they do not fit.
  linear_map(context<D>& ctx, const std::vector<double>& means, const std::vector<double>& weights, index_t dimensions)
      : means_(ctx, means),
        weights_(ctx, static_cast<index_t>(means.size()), dimensions, std::vector<T>(weights.begin(), weights.end())) {}
  /// The same from arrays on the device.
  linear_map(vector<double, D> means, matrix<T, D> weights) : means_(std::move(means)), weights_(std::move(weights)) {
    expects(means_.size() == weights_.rows(), "linear_map: {} means but {} x {} weights", means_.size(),
            weights_.rows(), weights_.cols());
  }

  /// Columns it takes and columns it gives.
  index_t columns() const { return weights_.rows(); }
  index_t dimensions() const { return weights_.cols(); }
  vector_view<const double, D> means() const KINDRED_LIFETIMEBOUND { return means_.view(); }
  /// p x k
  matrix_view<const T, D> weights() const KINDRED_LIFETIMEBOUND { return weights_.view(); }

  /// out: rows(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  void apply(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const {
    expects(x.cols() == columns() && out.rows() == x.rows() && out.cols() == dimensions(),
            "projection: {} x {} into {} x {}, fitted on {} columns for {} dimensions", x.rows(), x.cols(), out.rows(),
            out.cols(), columns(), dimensions());
    const index_t most = (index_t(1) << 22) / (columns() > 0 ? columns() : 1) + 1;
    const index_t band = x.rows() < most ? x.rows() : most;
    const scratch_scope scope(ctx);
    const matrix_view<T, D> centred = scratch_matrix<T>(ctx, band, columns());
    for (index_t r = 0; r < x.rows(); r += band) {
      const index_t here = band < x.rows() - r ? band : x.rows() - r;
      ctx.for_each(here, columns(), detail::subtract_mean_at<T, D>{x.middle_rows(r, here), means_.view(), centred});
      ctx.template gemm<T>(T(1), centred.middle_rows(0, here), transpose::no, weights_.view(), transpose::no, T(0),
                           out.middle_rows(r, here));
    }
  }
  matrix<T, D> apply(context<D>& ctx, const_matrix<T, D> x) const {
    matrix<T, D> out(ctx, x.rows(), dimensions(), uninitialized);
    apply(ctx, x, out.view());
    return out;
  }

  /// Adds tensors `means` and `weights` to a file. This map must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    file.add(prefix + "means", means_);
    file.add(prefix + "weights", weights_);
  }
  /// What was saved under `prefix`: it projects to the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type, a missing tensor or shapes that do not fit.
  template <class File>
  static linear_map load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto means = file.template load_vector<double>(ctx, prefix + "means");
    auto weights = file.template load_matrix<T>(ctx, prefix + "weights");
    expects<io_error>(means.size() == weights.rows(), "{}: tensor {}means: {} numbers for weights of {} x {}",
                      file.name(), prefix, means.size(), weights.rows(), weights.cols());
    return {std::move(means), std::move(weights)};
  }

 private:
  static constexpr const char* file_type = "linear_map 1";
  vector<double, D> means_;
  matrix<T, D> weights_;
};

}  // namespace kindred::projection
