// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/concept.hpp>
#include <kindred/projection/posterior_map.hpp>

namespace kindred::projection {

/// Two classifiers over the same classes: what semantic gives. Satisfies Projection; coordinates are class posteriors.
///
/// first(x) = softmax((x - mean_x) W_x + b_x)        second(y) = softmax((y - mean_y) W_y + b_y)
template <class T, Device D>
class semantic_projection {
 public:
  using value_type = T;
  using device = D;

  /// Errors  argument_error when the maps have other classes.
  semantic_projection(posterior_map<T, D> first, posterior_map<T, D> second)
      : first_(std::move(first)), second_(std::move(second)) {
    expects<argument_error>(first_.classes() == second_.classes(),
                            "semantic_projection: the first map has {} classes, the second {}, or others",
                            first_.dimensions(), second_.dimensions());
  }

  /// The number of classes.
  index_t dimensions() const { return first_.dimensions(); }
  /// The label of each dimension, ascending.
  const std::vector<label_t>& classes() const { return first_.classes(); }
  const posterior_map<T, D>& first_map() const { return first_; }
  const posterior_map<T, D>& second_map() const { return second_; }

  /// out: rows(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { first_.apply(ctx, x, out); }
  void second(context<D>& ctx, const_matrix<T, D> y, matrix_view<T, D> out) const { second_.apply(ctx, y, out); }
  matrix<T, D> first(context<D>& ctx, const_matrix<T, D> x) const { return first_.apply(ctx, x); }
  matrix<T, D> second(context<D>& ctx, const_matrix<T, D> y) const { return second_.apply(ctx, y); }

  /// Adds everything to a file under `prefix`. This projection must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    first_.save(file, prefix + "first.");
    second_.save(file, prefix + "second.");
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    detail::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`: it projects to the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type, a missing tensor or parts that do not fit.
  template <class File>
  static semantic_projection load(context<D>& ctx, const File& file, const std::string& prefix) {
    detail::expect_type(file, prefix, file_type);
    auto first = posterior_map<T, D>::load(ctx, file, prefix + "first.");
    auto second = posterior_map<T, D>::load(ctx, file, prefix + "second.");
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
  posterior_map<T, D> first_, second_;
};

}  // namespace kindred::projection
