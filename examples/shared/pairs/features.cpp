// SPDX-License-Identifier: Apache-2.0
#include "features.hpp"

#include <algorithm>
#include <kindred/io/npy.hpp>

namespace pairs {

using kindred::expects;
using kindred::io_error;

features features::gather(const std::vector<index_t>& items) const {
  features out{static_cast<index_t>(items.size()), cols, {}};
  out.values.reserve(items.size() * static_cast<std::size_t>(cols));
  for (const index_t i : items) {
    const auto row = values.begin() + i * cols;
    out.values.insert(out.values.end(), row, row + cols);
  }
  return out;
}

features load_features(kindred::context<kindred::cpu>& ctx, const std::string& path) {
  const auto m = kindred::io::load_matrix<float>(ctx, path);
  expects<io_error>(m.rows() > 0 && m.cols() > 0, "{}: empty, {} x {} numbers", path, m.rows(), m.cols());
  return {m.rows(), m.cols(), m.to_host()};
}

std::vector<label_t> load_labels(kindred::context<kindred::cpu>& ctx, const std::string& path,
                                 const std::string& beside, index_t rows) {
  const auto labels = kindred::io::load_vector<label_t>(ctx, path).to_host();
  expects<io_error>(static_cast<index_t>(labels.size()) == rows, "{}: {} labels, but {} has {} rows", path,
                    labels.size(), beside, rows);
  const bool one_class = std::all_of(labels.begin(), labels.end(), [&](label_t l) { return l == labels[0]; });
  expects<io_error>(!one_class, "{}: all {} labels are {}; at least two classes are needed", path, labels.size(),
                    labels[0]);
  return {labels.begin(), labels.end()};
}

void expect_same_width(const std::string& test_path, const features& test, const std::string& train_path,
                       const features& train) {
  expects<io_error>(test.cols == train.cols, "{}: {} columns, but {} has {}", test_path, test.cols, train_path,
                    train.cols);
}

}  // namespace pairs
