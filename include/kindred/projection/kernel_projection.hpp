// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/concept.hpp>
#include <kindred/projection/kernel_map.hpp>
#include <utility>

namespace kindred::projection {

/// Two kernel maps into one space: what kcca gives. Satisfies Projection.
template <class T, Device D, Kernel First, Kernel Second = First>
class kernel_projection {
 public:
  using value_type = T;
  using device = D;

  /// Errors  shape_error when the parts differ in dimensions.
  kernel_projection(kernel_map<T, D, First> first, kernel_map<T, D, Second> second, std::vector<double> correlations)
      : first_(std::move(first)), second_(std::move(second)), correlations_(std::move(correlations)) {
    expects(first_.dimensions() == second_.dimensions() &&
                static_cast<index_t>(correlations_.size()) == first_.dimensions(),
            "kernel_projection: {} and {} dimensions, {} correlations", first_.dimensions(), second_.dimensions(),
            correlations_.size());
  }

  index_t dimensions() const { return first_.dimensions(); }
  /// Regularized correlations, descending, one per dimension.
  const std::vector<double>& correlations() const { return correlations_; }
  const kernel_map<T, D, First>& first_map() const { return first_; }
  const kernel_map<T, D, Second>& second_map() const { return second_; }

  /// out: rows(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { first_.apply(ctx, x, out); }
  void second(context<D>& ctx, const_matrix<T, D> y, matrix_view<T, D> out) const { second_.apply(ctx, y, out); }
  matrix<T, D> first(context<D>& ctx, const_matrix<T, D> x) const { return first_.apply(ctx, x); }
  matrix<T, D> second(context<D>& ctx, const_matrix<T, D> y) const { return second_.apply(ctx, y); }

  /// Adds everything to a file under `prefix`. This projection must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const requires StoredKernel<First> && StoredKernel<Second> {
    file.metadata(prefix + "type", file_type);
    first_.save(file, prefix + "first.");
    second_.save(file, prefix + "second.");
    file.add(prefix + "correlations", correlations_);
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const requires StoredKernel<First> && StoredKernel<Second> {
    detail::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`: it projects to the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type or other kernels, a missing tensor or shapes that do not fit.
  template <class File>
  static kernel_projection load(context<D>& ctx, const File& file,
                                const std::string& prefix) requires StoredKernel<First> && StoredKernel<Second> {
    detail::expect_type(file, prefix, file_type);
    auto first = kernel_map<T, D, First>::load(ctx, file, prefix + "first.");
    auto second = kernel_map<T, D, Second>::load(ctx, file, prefix + "second.");
    const index_t k = first.dimensions();
    expects<io_error>(second.dimensions() == k, "{}: {} dimensions in {}first, {} in {}second", file.name(), k, prefix,
                      second.dimensions(), prefix);
    auto correlations = detail::stored_list<double>(ctx, file, prefix + "correlations", k);
    return {std::move(first), std::move(second), std::move(correlations)};
  }
  template <class File = io::safetensors>
  static kernel_projection load(context<D>& ctx,
                                const std::string& path) requires StoredKernel<First> && StoredKernel<Second> {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "kernel_projection 1";
  kernel_map<T, D, First> first_;
  kernel_map<T, D, Second> second_;
  std::vector<double> correlations_;
};

}  // namespace kindred::projection
