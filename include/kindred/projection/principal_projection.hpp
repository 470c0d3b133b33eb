// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/concept.hpp>
#include <kindred/projection/linear_map.hpp>

namespace kindred::projection {

/// One linear map with the variance that each of its coordinates holds: what pca gives. Its first() and second() are the
/// same, so it is a Projection where both views are of one kind.
template <class T, Device D>
class principal_projection {
 public:
  using value_type = T;
  using device = D;

  /// Errors  shape_error when there is not one variance per dimension.
  principal_projection(linear_map<T, D> map, std::vector<double> variances, double total_variance, index_t rank)
      : map_(std::move(map)), variances_(std::move(variances)), total_variance_(total_variance), rank_(rank) {
    expects(static_cast<index_t>(variances_.size()) == map_.dimensions(),
            "principal_projection: {} variances for {} dimensions", variances_.size(), map_.dimensions());
  }

  /// Never more than the effective rank, whatever was asked for.
  index_t dimensions() const { return map_.dimensions(); }
  /// Variance of the training rows along each dimension (divisor n - 1), descending.
  const std::vector<double>& variances() const { return variances_; }
  /// The sum over all directions, kept or not.
  double total_variance() const { return total_variance_; }
  /// Directions of the training rows that were told from noise.
  index_t rank() const { return rank_; }
  const linear_map<T, D>& map() const { return map_; }

  /// out: rows(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { map_.apply(ctx, x, out); }
  void second(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { map_.apply(ctx, x, out); }
  matrix<T, D> first(context<D>& ctx, const_matrix<T, D> x) const { return map_.apply(ctx, x); }
  matrix<T, D> second(context<D>& ctx, const_matrix<T, D> x) const { return map_.apply(ctx, x); }

  /// Adds everything to a file under `prefix`. This projection must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    map_.save(file, prefix + "map.");
    file.add(prefix + "variances", variances_);
    file.add(prefix + "total_variance", std::vector<double>{total_variance_});
    file.add(prefix + "rank", std::vector<index_t>{rank_});
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`: it projects to the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type, a missing tensor or shapes that do not fit.
  template <class File>
  static principal_projection load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto map = linear_map<T, D>::load(ctx, file, prefix + "map.");
    auto variances = io::stored_list<double>(ctx, file, prefix + "variances", map.dimensions());
    const auto total = io::stored_list<double>(ctx, file, prefix + "total_variance", 1);
    const auto rank = io::stored_list<index_t>(ctx, file, prefix + "rank", 1);
    io::in_range(file, prefix + "rank", rank[0], map.dimensions(), map.columns());
    return {std::move(map), std::move(variances), total[0], rank[0]};
  }
  template <class File = io::safetensors>
  static principal_projection load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "principal_projection 1";
  linear_map<T, D> map_;
  std::vector<double> variances_;
  double total_variance_;
  index_t rank_;
};

}  // namespace kindred::projection
