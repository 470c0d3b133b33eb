// SPDX-License-Identifier: Apache-2.0
#include "data.hpp"

#include <filesystem>
#include <folds.hpp>

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

half load_half(kindred::context<kindred::cpu>& ctx, const half_files& files) {
  half h;
  h.images = pairs::load_features(ctx, files.images);
  h.texts = pairs::load_features(ctx, files.texts);
  expects<io_error>(h.texts.rows == h.images.rows, "{}: {} rows, but {} has {}", files.texts, h.texts.rows,
                    files.images, h.images.rows);
  h.labels = pairs::load_labels(ctx, files.labels, files.images, h.images.rows);
  return h;
}

}  // namespace

half half::gather(const std::vector<index_t>& items) const {
  return {images.gather(items), texts.gather(items), pairs::gathered(labels, items),
          pairs::gathered(fine_labels, items)};
}

std::string study_data::class_name(label_t label) const {
  if (label >= 0 && static_cast<std::size_t>(label) < class_names.size())
    return class_names[static_cast<std::size_t>(label)];
  return class_word + " " + std::to_string(label);
}

pairs::exhibition exhibition(const study_data& data) {
  return {[&data](index_t item) {
            const auto at = static_cast<std::size_t>(item);
            return at < data.test_exhibits.size() ? data.test_exhibits[at] : exhibit{};
          },
          [&data](index_t item) { return data.class_name(data.test.labels[static_cast<std::size_t>(item)]); }};
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
  pairs::expect_same_width(test.images, data.test.images, train.images, data.train.images);
  pairs::expect_same_width(test.texts, data.test.texts, train.texts, data.train.texts);
  return data;
}

void reduce(study_data& data, index_t most, std::uint64_t seed) {
  if (most <= 0) return;
  const auto train = pairs::stratified_sample(data.train.labels, most, seed);
  const auto test = pairs::stratified_sample(data.test.labels, most, seed);
  data.train = data.train.gather(train);
  data.test = data.test.gather(test);
  data.test_exhibits = pairs::gathered(data.test_exhibits, test);
}

}  // namespace study
