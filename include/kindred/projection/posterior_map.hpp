// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/op/bias.hpp>
#include <kindred/op/softmax.hpp>
#include <kindred/projection/linear_map.hpp>

namespace kindred::projection {

/// Class posteriors of a linear classifier on device D: what logistic_regression gives.
///
/// out = softmax((x - mean) weights + intercepts)
///
/// Column j of `out` is the probability of label classes()[j]; rows sum to 1. Divisors of columns (standardizing) are
/// already part of the weights.
///
/// Complexity   2 n p k operations and n k exponentials for k classes; scratch as linear_map.
/// Determinism  on cpu a row's bits do not depend on the rows around it.
template <class T, Device D>
class posterior_map {
 public:
  using value_type = T;
  using device = D;

  /// `classes` holds the label of each dimension, ascending. Errors: shape_error when the parts do not fit;
  /// argument_error when labels do not ascend.
  posterior_map(linear_map<T, D> scores, vector<T, D> intercepts, std::vector<label_t> classes)
      : scores_(std::move(scores)), intercepts_(std::move(intercepts)), classes_(std::move(classes)) {
    expects(intercepts_.size() == scores_.dimensions() && static_cast<index_t>(classes_.size()) == scores_.dimensions(),
            "posterior_map: {} dimensions, {} intercepts, {} classes", scores_.dimensions(), intercepts_.size(),
            classes_.size());
    expects<argument_error>(ascending(classes_), "posterior_map: the labels of the classes do not ascend");
  }

  /// Columns it takes and columns it gives: one per class.
  index_t columns() const { return scores_.columns(); }
  index_t dimensions() const { return scores_.dimensions(); }
  /// The label of each dimension, ascending.
  const std::vector<label_t>& classes() const { return classes_; }
  vector_view<const double, D> means() const KINDRED_LIFETIMEBOUND { return scores_.means(); }
  /// p x k; of each row the sum over the classes is 0
  matrix_view<const T, D> weights() const KINDRED_LIFETIMEBOUND { return scores_.weights(); }
  /// k, for rows from which means() were subtracted; their sum is 0
  vector_view<const T, D> intercepts() const KINDRED_LIFETIMEBOUND { return intercepts_.view(); }

  /// out: rows(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  void apply(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const {
    scores_.apply(ctx, x, out);
    op::add_bias(ctx, out, intercepts_.view(), out);
    op::softmax(ctx, out, out);
  }
  matrix<T, D> apply(context<D>& ctx, const_matrix<T, D> x) const {
    matrix<T, D> out(ctx, x.rows(), dimensions(), uninitialized);
    apply(ctx, x, out.view());
    return out;
  }

  /// Adds everything to a file under `prefix`. This map must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    scores_.save(file, prefix + "scores.");
    file.add(prefix + "intercepts", intercepts_);
    file.add(prefix + "classes", classes_);
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`: it gives the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type, a missing tensor, shapes that do not fit or labels that do
  ///         not ascend.
  template <class File>
  static posterior_map load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto scores = linear_map<T, D>::load(ctx, file, prefix + "scores.");
    const std::vector<T> intercepts = io::stored_list<T>(ctx, file, prefix + "intercepts", scores.dimensions());
    auto classes = io::ascending(file, prefix + "classes",
                                 io::stored_list<label_t>(ctx, file, prefix + "classes", scores.dimensions()));
    return {std::move(scores), vector<T, D>(ctx, intercepts), std::move(classes)};
  }
  template <class File = io::safetensors>
  static posterior_map load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "posterior_map 1";
  static bool ascending(const std::vector<label_t>& labels) {
    for (std::size_t i = 1; i < labels.size(); ++i)
      if (labels[i - 1] >= labels[i]) return false;
    return true;
  }
  linear_map<T, D> scores_;
  vector<T, D> intercepts_;
  std::vector<label_t> classes_;
};

}  // namespace kindred::projection
