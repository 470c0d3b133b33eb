// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/core/device.hpp>
#include <kindred/core/types.hpp>
#include <kindred/core/view.hpp>
#include <string>
#include <vector>

namespace pairs {

using kindred::index_t;
using kindred::label_t;

/// The values named by `items`, in their order; of none, none.
template <class T>
std::vector<T> gathered(const std::vector<T>& values, const std::vector<index_t>& items) {
  std::vector<T> out;
  if (values.empty()) return out;
  out.reserve(items.size());
  for (const index_t i : items) out.push_back(values[static_cast<std::size_t>(i)]);
  return out;
}

/// Feature vectors on the host, one row per item.
struct features {
  index_t rows = 0, cols = 0;
  std::vector<float> values;

  kindred::matrix_view<const float, kindred::cpu> view() const { return {values.data(), rows, cols}; }
  /// The rows named by `items`, in their order.
  features gather(const std::vector<index_t>& items) const;
};

/// A matrix of a .npy file, with at least one row and one column.
/// Errors  kindred::io_error and others of kindred::error, naming the file.
features load_features(kindred::context<kindred::cpu>& ctx, const std::string& path);

/// The labels of `rows` items that `beside` holds: at least two different ones.
/// Errors  as load_features.
std::vector<label_t> load_labels(kindred::context<kindred::cpu>& ctx, const std::string& path,
                                 const std::string& beside, index_t rows);

/// The training half's and the test half's rows are equally wide. Errors  kindred::io_error, naming both files.
void expect_same_width(const std::string& test_path, const features& test, const std::string& train_path,
                       const features& train);

}  // namespace pairs
