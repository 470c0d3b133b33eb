// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/detail/map_pair.hpp>
#include <kindred/projection/linear_map.hpp>

namespace kindred::projection {

/// Two linear maps into the space of the classes: what jrl and s2upg give. Satisfies Projection.
///
/// first(x)  = (x - mean_x) P_x        second(y) = (y - mean_y) P_y
///
/// Coordinate j of an item of label classes()[j] is near 1 less the share of that class. Compare by
/// similarity::knn_vote with the projected training rows as references, as the methods' authors do, or by cosine.
template <class T, Device D>
class class_projection : public detail::map_pair<T, D, linear_map<T, D>> {
  using pair = detail::map_pair<T, D, linear_map<T, D>>;
  using pair::first_, pair::second_;

 public:
  /// `objectives`: see there. Errors: shape_error when the parts differ in dimensions; argument_error when labels do
  /// not ascend.
  class_projection(linear_map<T, D> first, linear_map<T, D> second, std::vector<label_t> classes,
                   std::vector<double> objectives)
      : pair(std::move(first), std::move(second)), classes_(std::move(classes)), objectives_(std::move(objectives)) {
    expects(first_.dimensions() == second_.dimensions() && static_cast<index_t>(classes_.size()) == first_.dimensions(),
            "class_projection: {} and {} dimensions, {} classes", first_.dimensions(), second_.dimensions(),
            classes_.size());
    expects<argument_error>(ascending(classes_), "class_projection: the labels of the classes do not ascend");
  }

  /// The label of each dimension, ascending.
  const std::vector<label_t>& classes() const { return classes_; }
  /// What was minimized, after each iteration of the fit.
  const std::vector<double>& objectives() const { return objectives_; }

  /// Adds everything to a file under `prefix`. This projection must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    pair::save_maps(file, prefix, file_type);
    file.add(prefix + "classes", classes_);
    file.add(prefix + "objectives", objectives_);
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`: it projects to the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type, a missing tensor, shapes that do not fit or labels that do
  ///         not ascend.
  template <class File>
  static class_projection load(context<D>& ctx, const File& file, const std::string& prefix) {
    auto [first, second] = pair::load_maps(ctx, file, prefix, file_type);
    pair::expect_one_space(file, prefix, first, second);
    auto classes = io::ascending(file, prefix + "classes",
                                 io::stored_list<label_t>(ctx, file, prefix + "classes", first.dimensions()));
    return {std::move(first), std::move(second), std::move(classes),
            file.template load_vector<double>(ctx, prefix + "objectives").to_host()};
  }
  template <class File = io::safetensors>
  static class_projection load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "class_projection 1";
  static bool ascending(const std::vector<label_t>& labels) {
    for (std::size_t i = 1; i < labels.size(); ++i)
      if (labels[i - 1] >= labels[i]) return false;
    return true;
  }
  std::vector<label_t> classes_;
  std::vector<double> objectives_;
};

}  // namespace kindred::projection
