// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/concept.hpp>
#include <kindred/projection/linear_map.hpp>
#include <string>

namespace kindred::projection {

/// One linear map into a common space for each of several views: what multiview_cca gives. Views are numbered from 0.
/// first() and second() are views 0 and 1, so it is a Projection between those.
///
/// project(i, x) = (x - mean_i) W_i
template <class T, Device D>
class multiview_projection {
 public:
  using value_type = T;
  using device = D;

  /// `eigenvalues`, one per dimension, and one effective rank per view.
  /// Errors  shape_error when the parts differ in dimensions or there are fewer than two views.
  multiview_projection(std::vector<linear_map<T, D>> maps, std::vector<double> eigenvalues, std::vector<index_t> ranks)
      : maps_(std::move(maps)), eigenvalues_(std::move(eigenvalues)), ranks_(std::move(ranks)) {
    expects(maps_.size() >= 2 && ranks_.size() == maps_.size(), "multiview_projection: {} views, {} ranks",
            maps_.size(), ranks_.size());
    for (const auto& m : maps_)
      expects(m.dimensions() == static_cast<index_t>(eigenvalues_.size()),
              "multiview_projection: a view of {} dimensions, {} eigenvalues", m.dimensions(), eigenvalues_.size());
  }

  index_t dimensions() const { return maps_[0].dimensions(); }
  index_t views() const { return static_cast<index_t>(maps_.size()); }
  /// Descending, one per dimension: see multiview_cca.
  const std::vector<double>& eigenvalues() const { return eigenvalues_; }
  /// Directions of the training rows that were told from noise. Errors, here and below: argument_error for a view that
  /// does not exist.
  index_t rank(index_t view) const { return ranks_[checked(view)]; }
  const linear_map<T, D>& map(index_t view) const { return maps_[checked(view)]; }

  /// out: rows(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  void project(context<D>& ctx, index_t view, const_matrix<T, D> x, matrix_view<T, D> out) const {
    map(view).apply(ctx, x, out);
  }
  matrix<T, D> project(context<D>& ctx, index_t view, const_matrix<T, D> x) const { return map(view).apply(ctx, x); }
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { project(ctx, 0, x, out); }
  void second(context<D>& ctx, const_matrix<T, D> y, matrix_view<T, D> out) const { project(ctx, 1, y, out); }
  matrix<T, D> first(context<D>& ctx, const_matrix<T, D> x) const { return project(ctx, 0, x); }
  matrix<T, D> second(context<D>& ctx, const_matrix<T, D> y) const { return project(ctx, 1, y); }

  /// Adds everything to a file under `prefix`. This projection must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    for (std::size_t i = 0; i < maps_.size(); ++i) maps_[i].save(file, prefix + "view" + std::to_string(i) + ".");
    file.add(prefix + "eigenvalues", eigenvalues_);
    file.add(prefix + "ranks", ranks_);
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`: it projects to the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type, a missing tensor or shapes that do not fit.
  template <class File>
  static multiview_projection load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto ranks = file.template load_vector<index_t>(ctx, prefix + "ranks").to_host();
    expects<io_error>(ranks.size() >= 2, "{}: tensor {}ranks: {} views, 2 are needed", file.name(), prefix,
                      ranks.size());
    std::vector<linear_map<T, D>> maps;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      const std::string view = prefix + "view" + std::to_string(i) + ".";
      maps.push_back(linear_map<T, D>::load(ctx, file, view));
      io::in_range(file, prefix + "ranks", ranks[i], 0, maps[i].columns());
      expects<io_error>(maps[i].dimensions() == maps[0].dimensions(), "{}: {} dimensions in {}, {} in {}view0.",
                        file.name(), maps[i].dimensions(), view, maps[0].dimensions(), prefix);
    }
    auto values = io::stored_list<double>(ctx, file, prefix + "eigenvalues", maps[0].dimensions());
    return {std::move(maps), std::move(values), std::move(ranks)};
  }
  template <class File = io::safetensors>
  static multiview_projection load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "multiview_projection 1";
  std::size_t checked(index_t view) const {
    expects<argument_error>(view >= 0 && view < views(), "multiview_projection: view {} of {}", view, views());
    return static_cast<std::size_t>(view);
  }
  std::vector<linear_map<T, D>> maps_;
  std::vector<double> eigenvalues_;
  std::vector<index_t> ranks_;
};

}  // namespace kindred::projection
