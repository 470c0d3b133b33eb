// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/detail/map_pair.hpp>
#include <kindred/projection/kernel_map.hpp>
#include <utility>

namespace kindred::projection {

/// Two kernel maps into one space: what kcca gives. Satisfies Projection.
template <class T, Device D, Kernel First, Kernel Second = First>
class kernel_projection : public detail::map_pair<T, D, kernel_map<T, D, First>, kernel_map<T, D, Second>> {
  using pair = detail::map_pair<T, D, kernel_map<T, D, First>, kernel_map<T, D, Second>>;
  using pair::first_, pair::second_;

 public:
  /// Errors  shape_error when the parts differ in dimensions.
  kernel_projection(kernel_map<T, D, First> first, kernel_map<T, D, Second> second, std::vector<double> correlations)
      : pair(std::move(first), std::move(second)), correlations_(std::move(correlations)) {
    expects(first_.dimensions() == second_.dimensions() &&
                static_cast<index_t>(correlations_.size()) == first_.dimensions(),
            "kernel_projection: {} and {} dimensions, {} correlations", first_.dimensions(), second_.dimensions(),
            correlations_.size());
  }

  /// Regularized correlations, descending, one per dimension.
  const std::vector<double>& correlations() const { return correlations_; }

  /// Adds everything to a file under `prefix`. This projection must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const
  requires StoredKernel<First> && StoredKernel<Second>
  {
    pair::save_maps(file, prefix, file_type);
    file.add(prefix + "correlations", correlations_);
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const
  requires StoredKernel<First> && StoredKernel<Second>
  {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`: it projects to the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type or other kernels, a missing tensor or shapes that do not fit.
  template <class File>
  static kernel_projection load(context<D>& ctx, const File& file, const std::string& prefix)
  requires StoredKernel<First> && StoredKernel<Second>
  {
    auto [first, second] = pair::load_maps(ctx, file, prefix, file_type);
    pair::expect_one_space(file, prefix, first, second);
    auto correlations = io::stored_list<double>(ctx, file, prefix + "correlations", first.dimensions());
    return {std::move(first), std::move(second), std::move(correlations)};
  }
  template <class File = io::safetensors>
  static kernel_projection load(context<D>& ctx, const std::string& path)
  requires StoredKernel<First> && StoredKernel<Second>
  {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "kernel_projection 1";
  std::vector<double> correlations_;
};

}  // namespace kindred::projection
