// SPDX-License-Identifier: Apache-2.0
#include "data.hpp"

#include <algorithm>
#include <filesystem>
#include <kindred/backend/cpu.hpp>
#include <kindred/io/npy.hpp>

#include "folds.hpp"

namespace study {

namespace {

using kindred::expects;
using kindred::io_error;

/// The files of one half.
struct half_files {
  std::string images, texts, labels;
  half_files(const std::string& folder, const std::string& name)
      : images(folder + "/" + name + "_images.npy"),
        texts(folder + "/" + name + "_texts.npy"),
        labels(folder + "/" + name + "_labels.npy") {}
};

features load_features(kindred::context<kindred::cpu>& ctx, const std::string& path) {
  const auto m = kindred::io::load_matrix<float>(ctx, path);
  expects<io_error>(m.rows() > 0 && m.cols() > 0, "{}: empty, {} x {} numbers", path, m.rows(), m.cols());
  return {m.rows(), m.cols(), m.to_host()};
}

half load_half(kindred::context<kindred::cpu>& ctx, const half_files& files) {
  half h;
  h.images = load_features(ctx, files.images);
  h.texts = load_features(ctx, files.texts);
  h.labels = kindred::io::load_vector<label_t>(ctx, files.labels).to_host();
  expects<io_error>(h.texts.rows == h.images.rows, "{}: {} rows, but {} has {}", files.texts, h.texts.rows,
                    files.images, h.images.rows);
  expects<io_error>(h.size() == h.images.rows, "{}: {} labels, but {} has {} rows", files.labels, h.size(),
                    files.images, h.images.rows);
  const bool one_class = std::all_of(h.labels.begin(), h.labels.end(), [&](label_t l) { return l == h.labels[0]; });
  expects<io_error>(!one_class, "{}: all {} labels are {}; at least two classes are needed", files.labels, h.size(),
                    h.labels[0]);
  return h;
}

void expect_same_width(const std::string& test_path, const features& test, const std::string& train_path,
                       const features& train) {
  expects<io_error>(test.cols == train.cols, "{}: {} columns, but {} has {}", test_path, test.cols, train_path,
                    train.cols);
}

template <class T>
std::vector<T> gathered(const std::vector<T>& values, const std::vector<index_t>& items) {
  std::vector<T> out;
  if (values.empty()) return out;
  out.reserve(items.size());
  for (const index_t i : items) out.push_back(values[static_cast<std::size_t>(i)]);
  return out;
}

}  // namespace

features features::gather(const std::vector<index_t>& items) const {
  features out{static_cast<index_t>(items.size()), cols, {}};
  out.values.reserve(items.size() * static_cast<std::size_t>(cols));
  for (const index_t i : items) {
    const auto row = values.begin() + i * cols;
    out.values.insert(out.values.end(), row, row + cols);
  }
  return out;
}

half half::gather(const std::vector<index_t>& items) const {
  return {images.gather(items), texts.gather(items), gathered(labels, items), gathered(fine_labels, items)};
}

std::string study_data::class_name(label_t label) const {
  if (label >= 0 && static_cast<std::size_t>(label) < class_names.size())
    return class_names[static_cast<std::size_t>(label)];
  return class_word + " " + std::to_string(label);
}

study_data load_folder(const std::string& folder) {
  std::error_code ignored;
  expects<io_error>(std::filesystem::is_directory(folder, ignored), "{}: is not a folder", folder);
  kindred::context<kindred::cpu> ctx;
  const half_files train(folder, "train"), test(folder, "test");
  study_data data;
  data.source = folder;
  data.train = load_half(ctx, train);
  data.test = load_half(ctx, test);
  expect_same_width(test.images, data.test.images, train.images, data.train.images);
  expect_same_width(test.texts, data.test.texts, train.texts, data.train.texts);
  return data;
}

void reduce(study_data& data, index_t most, std::uint64_t seed) {
  if (most <= 0) return;
  const auto train = stratified_sample(data.train.labels, most, seed);
  const auto test = stratified_sample(data.test.labels, most, seed);
  data.train = data.train.gather(train);
  data.test = data.test.gather(test);
  data.test_exhibits = gathered(data.test_exhibits, test);
}

}  // namespace study
