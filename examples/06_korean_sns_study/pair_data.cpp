// SPDX-License-Identifier: Apache-2.0
#include "pair_data.hpp"

#include <cmath>
#include <filesystem>
#include <kindred/data/split.hpp>
#include <kindred/io/npy.hpp>

namespace sns {

namespace {

namespace fs = std::filesystem;
using kindred::expects;
using kindred::io_error;

bool is_there(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

sequences load_regions(const std::string& path, index_t rows) {
  auto array = kindred::io::read_npy<float>(path);
  expects<io_error>(array.shape.size() == 3, "{}: expected 3 axes, pairs x regions x columns, got {}", path,
                    array.shape.size());
  expects<io_error>(array.shape[0] == rows, "{}: {} pairs, but there are {}", path, array.shape[0], rows);
  expects<io_error>(array.shape[1] > 0 && array.shape[2] > 0, "{}: {} regions of {} numbers", path, array.shape[1],
                    array.shape[2]);
  sequences out{array.shape[2], {}, std::move(array.values)};
  for (index_t i = 0; i <= rows; ++i) out.offsets.push_back(i * array.shape[1]);
  return out;
}

sequences load_words(const std::string& folder, index_t rows) {
  kindred::context<kindred::cpu> ctx;
  const auto found = kindred::io::load_sequences<float>(ctx, folder);
  const auto view = found.view();
  expects<io_error>(view.items == rows, "{}: {} texts, but there are {} pairs", folder, view.items, rows);
  sequences out{view.values.cols(), {}, {}};
  out.values.assign(view.values.data(), view.values.data() + view.values.size());
  for (index_t i = 0; i <= rows; ++i) out.offsets.push_back(view.offsets ? view.offsets(i) : i * view.longest);
  return out;
}

half load_half(const std::string& start) {
  kindred::context<kindred::cpu> ctx;
  half h;
  h.images = pairs::load_features(ctx, start + "images.npy");
  h.texts = pairs::load_features(ctx, start + "texts.npy");
  expects<io_error>(h.texts.rows == h.images.rows, "{}: {} rows, but {} has {}", start + "texts.npy", h.texts.rows,
                    start + "images.npy", h.images.rows);
  h.labels = pairs::load_labels(ctx, start + "labels.npy", start + "images.npy", h.images.rows);
  if (is_there(start + "regions.npy")) h.regions = load_regions(start + "regions.npy", h.size());
  if (is_there(start + "words")) h.words = load_words(start + "words", h.size());
  return h;
}

void expect_same(const std::string& folder, const char* what, const sequences& train, const sequences& test) {
  expects<io_error>(train.empty() == test.empty(), "{}: {} of one half without those of the other", folder, what);
  expects<io_error>(train.cols == test.cols, "{}: {} of {} and {} columns", folder, what, train.cols, test.cols);
}

/// Means and deviations of columns, and rows by them.
class scaling {
 public:
  scaling(const std::vector<float>& values, index_t cols)
      : means_(static_cast<std::size_t>(cols)), deviations_(static_cast<std::size_t>(cols)) {
    const std::size_t width = means_.size(), rows = width > 0 ? values.size() / width : 0;
    for (std::size_t i = 0; i < values.size(); ++i) means_[i % width] += static_cast<double>(values[i]);
    for (double& m : means_) m /= static_cast<double>(rows);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double d = static_cast<double>(values[i]) - means_[i % width];
      deviations_[i % width] += d * d;
    }
    for (double& d : deviations_) d = d > 0 ? std::sqrt(d / static_cast<double>(rows)) : 1;
  }
  void apply(std::vector<float>& values) const {
    const std::size_t width = means_.size();
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<float>((static_cast<double>(values[i]) - means_[i % width]) / deviations_[i % width]);
  }

 private:
  std::vector<double> means_, deviations_;
};

}  // namespace

sequences sequences::gather(const std::vector<index_t>& items) const {
  if (empty()) return {};
  sequences out{cols, {0}, {}};
  for (const index_t i : items) {
    const auto at = static_cast<std::size_t>(i);
    out.values.insert(out.values.end(), values.begin() + offsets[at] * cols, values.begin() + offsets[at + 1] * cols);
    out.offsets.push_back(out.offsets.back() + length(i));
  }
  return out;
}

half half::gather(const std::vector<index_t>& items) const {
  return {images.gather(items), texts.gather(items), regions.gather(items), words.gather(items),
          pairs::gathered(labels, items)};
}

std::string pair_data::class_name(label_t label) const {
  if (label >= 0 && static_cast<std::size_t>(label) < classes.size()) return classes[static_cast<std::size_t>(label)];
  return "class " + std::to_string(label);
}

pair_data pair_data::for_choosing() const {
  pair_data out{source, classes, train.gather(learn), train.gather(validation), {}, {}};
  // choices within a choice have a part of their own
  hold_validation(out, 0);
  return out;
}

pair_data load_folder(const std::string& folder, std::uint64_t seed) {
  expects<io_error>(fs::is_directory(folder), "{}: is not a folder", folder);
  const std::string train = folder + "/train_", test = folder + "/test_";
  pair_data data{folder, {}, load_half(train), load_half(test), {}, {}};
  pairs::expect_same_width(test + "images.npy", data.test.images, train + "images.npy", data.train.images);
  pairs::expect_same_width(test + "texts.npy", data.test.texts, train + "texts.npy", data.train.texts);
  expect_same(folder, "regions", data.train.regions, data.test.regions);
  expect_same(folder, "words", data.train.words, data.test.words);
  hold_validation(data, seed);
  return data;
}

void hold_validation(pair_data& data, std::uint64_t seed) {
  const auto parts = kindred::data::split::stratified(data.train.labels, {.validation = 0.1, .test = 0, .seed = seed});
  data.learn = parts.train;
  data.validation = parts.validation;
}

void standardize(std::vector<float>& train, std::vector<float>& test, index_t cols) {
  if (train.empty()) return;
  const scaling by(train, cols);
  by.apply(train);
  by.apply(test);
}

pair_data standardized(const pair_data& data) {
  pair_data out = data;
  standardize(out.train.images.values, out.test.images.values, out.train.images.cols);
  standardize(out.train.texts.values, out.test.texts.values, out.train.texts.cols);
  standardize(out.train.regions.values, out.test.regions.values, out.train.regions.cols);
  standardize(out.train.words.values, out.test.words.values, out.train.words.cols);
  return out;
}

}  // namespace sns
