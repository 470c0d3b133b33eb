// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/detail/map_pair.hpp>
#include <kindred/projection/posterior_map.hpp>

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

}  // namespace kindred::projection
