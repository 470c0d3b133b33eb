// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/io/stored.hpp>
#include <kindred/projection/kernel.hpp>
#include <vector>

namespace kindred::projection {

namespace detail {

/// Element (r, c) of `out` = (x - mean) factor.
template <class T, class D>
struct standardize_at {
  matrix_view<const T, D> x;
  vector_view<const double, D> means, factors;
  matrix_view<double, D> out;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    out(r, c) = (static_cast<double>(x(r, c)) - means(c)) * factors(c);
  }
};

/// Element r of `out` = x_r . x_r, columns ascending.
template <class D>
struct square_length_at {
  matrix_view<const double, D> x;
  vector_view<double, D> out;
  KINDRED_HD void operator()(index_t r) const {
    double sum = 0;
    for (index_t c = 0; c < x.cols(); ++c) sum += x(r, c) * x(r, c);
    out(r) = sum;
  }
};

/// Inner products to kernel values, in place.
template <class K, class D>
struct kernel_at {
  K kernel;
  matrix_view<double, D> values;
  vector_view<const double, D> rows, columns;
  KINDRED_HD void operator()(index_t r, index_t c) const { values(r, c) = kernel(values(r, c), rows(r), columns(c)); }
};

/// Element (r, c) of `out` = sum - offset.
template <class T, class D>
struct subtract_offset_at {
  matrix_view<const double, D> sums;
  vector_view<const double, D> offsets;
  matrix_view<T, D> out;
  KINDRED_HD void operator()(index_t r, index_t c) const { out(r, c) = static_cast<T>(sums(r, c) - offsets(c)); }
};

/// What a kernel learner finds for one view, on the host.
struct kernel_weights {
  std::vector<double> means, factors;  // per column of the view
  std::vector<double> landmarks;       // m x p, standardized
  std::vector<double> coefficients;    // m x k
  std::vector<double> offsets;         // k
};

}  // namespace detail

/// One kernel map on device D: what a fitted kernel learner does to one kind of things. Computes in double.
///
/// out = k((x - mean) factor, landmarks) coefficients - offset
///
/// The centring of the kernel in feature space is part of coefficients and offset.
///
/// Complexity   2 n m (p + k) operations and n m kernel values for m landmarks; scratch 2^22 numbers at a time.
/// Determinism  on cpu a row's bits do not depend on the rows around it.
template <class T, Device D, Kernel K>
class kernel_map {
 public:
  using value_type = T;
  using device = D;

  /// Errors  shape_error when the parts do not fit.
  kernel_map(context<D>& ctx, const detail::kernel_weights& weights, K kernel)
      : kernel_(kernel),
        means_(ctx, weights.means),
        factors_(ctx, weights.factors),
        offsets_(ctx, weights.offsets),
        landmarks_(ctx, rows_of(weights.landmarks, weights.means), static_cast<index_t>(weights.means.size()),
                   weights.landmarks),
        coefficients_(ctx, landmarks_.rows(), static_cast<index_t>(weights.offsets.size()), weights.coefficients),
        squares_(ctx, landmarks_.rows(), uninitialized) {
    ctx.for_each(landmarks_.rows(), detail::square_length_at<D>{landmarks_.view(), squares_.view()});
  }

  /// Columns it takes and columns it gives.
  index_t columns() const { return means_.size(); }
  index_t dimensions() const { return offsets_.size(); }
  /// The kernel with the width that was used.
  const K& kernel() const { return kernel_; }
  /// m x p training rows, standardized if the learner did so.
  matrix_view<const double, D> landmarks() const KINDRED_LIFETIMEBOUND { return landmarks_.view(); }

  /// out: rows(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  void apply(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const {
    expects(x.cols() == columns() && out.rows() == x.rows() && out.cols() == dimensions(),
            "projection: {} x {} into {} x {}, fitted on {} columns for {} dimensions", x.rows(), x.cols(), out.rows(),
            out.cols(), columns(), dimensions());
    const index_t m = landmarks_.rows(), most = (index_t(1) << 22) / (m + columns() + dimensions()) + 1;
    const index_t band = x.rows() < most ? x.rows() : most;
    const scratch_scope scope(ctx);
    const matrix_view<double, D> rows = scratch_matrix<double>(ctx, band, columns());
    const matrix_view<double, D> values = scratch_matrix<double>(ctx, band, m);
    const matrix_view<double, D> sums = scratch_matrix<double>(ctx, band, dimensions());
    const vector_view<double, D> squares = scratch_vector<double>(ctx, band);
    for (index_t r = 0; r < x.rows(); r += band) {
      const index_t here = band < x.rows() - r ? band : x.rows() - r;
      ctx.for_each(here, columns(),
                   detail::standardize_at<T, D>{x.middle_rows(r, here), means_.view(), factors_.view(), rows});
      ctx.for_each(here, detail::square_length_at<D>{rows, squares});
      ctx.template gemm<double>(1.0, rows.middle_rows(0, here), transpose::no, landmarks_.view(), transpose::yes, 0.0,
                                values.middle_rows(0, here));
      ctx.for_each(here, m, detail::kernel_at<K, D>{kernel_, values, squares, squares_.view()});
      ctx.template gemm<double>(1.0, values.middle_rows(0, here), transpose::no, coefficients_.view(), transpose::no,
                                0.0, sums.middle_rows(0, here));
      ctx.for_each(here, dimensions(),
                   detail::subtract_offset_at<T, D>{sums, offsets_.view(), out.middle_rows(r, here)});
    }
  }
  matrix<T, D> apply(context<D>& ctx, const_matrix<T, D> x) const {
    matrix<T, D> out(ctx, x.rows(), dimensions(), uninitialized);
    apply(ctx, x, out.view());
    return out;
  }

  /// Adds its parts and the kernel with its parameters to a file. This map must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const
  requires StoredKernel<K>
  {
    file.metadata(prefix + "type", file_type);
    file.metadata(prefix + "kernel", K::name);
    file.add(prefix + "kernel_parameters", kernel_.parameters());
    file.add(prefix + "means", means_);
    file.add(prefix + "factors", factors_);
    file.add(prefix + "landmarks", landmarks_);
    file.add(prefix + "coefficients", coefficients_);
    file.add(prefix + "offsets", offsets_);
  }
  /// What was saved under `prefix`: it projects to the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type or kernel, parameters that the kernel does not take, a missing
  ///         tensor or shapes that do not fit.
  template <class File>
  static kernel_map load(context<D>& ctx, const File& file, const std::string& prefix)
  requires StoredKernel<K>
  {
    io::expect_type(file, prefix, file_type);
    const std::string& name = file.metadata(prefix + "kernel");
    expects<io_error>(name == K::name, "{}: metadata {}kernel: expected {}, got {}", file.name(), prefix, K::name,
                      name);
    const auto count = static_cast<index_t>(K{}.parameters().size());
    const auto parameters = io::stored_list<double>(ctx, file, prefix + "kernel_parameters", count);
    expects<io_error>(K::accepts(parameters), "{}: tensor {}kernel_parameters: not those of a {}", file.name(), prefix,
                      K::name);
    const auto landmarks = file.template load_matrix<double>(ctx, prefix + "landmarks");
    const auto coefficients = file.template load_matrix<double>(ctx, prefix + "coefficients");
    const index_t p = landmarks.cols(), k = coefficients.cols();
    expects<io_error>(p >= 1 && landmarks.rows() == coefficients.rows(),
                      "{}: {} x {} {}landmarks for {} {}coefficients", file.name(), landmarks.rows(), p, prefix,
                      coefficients.rows(), prefix);
    const detail::kernel_weights weights{io::stored_list<double>(ctx, file, prefix + "means", p),
                                         io::stored_list<double>(ctx, file, prefix + "factors", p), landmarks.to_host(),
                                         coefficients.to_host(),
                                         io::stored_list<double>(ctx, file, prefix + "offsets", k)};
    return kernel_map(ctx, weights, K::from_parameters(parameters));
  }

 private:
  static constexpr const char* file_type = "kernel_map 1";
  static index_t rows_of(const std::vector<double>& values, const std::vector<double>& columns) {
    return columns.empty() ? 0 : static_cast<index_t>(values.size() / columns.size());
  }
  K kernel_;
  vector<double, D> means_, factors_, offsets_;
  matrix<double, D> landmarks_, coefficients_;
  vector<double, D> squares_;
};

}  // namespace kindred::projection
