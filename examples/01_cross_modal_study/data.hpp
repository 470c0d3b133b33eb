// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <features.hpp>
#include <pair_tables.hpp>
#include <string>
#include <vector>

namespace study {

using kindred::index_t;
using kindred::label_t;
using pairs::exhibit;
using pairs::features;

/// Pairs: row i of images and row i of texts belong together and have class labels[i].
struct half {
  features images, texts;
  std::vector<label_t> labels;
  std::vector<label_t> fine_labels;  ///< subclasses, or empty

  index_t size() const { return static_cast<index_t>(labels.size()); }
  half gather(const std::vector<index_t>& items) const;
};

struct study_data {
  std::string source;  ///< the folder, or "embedded"
  half train, test;
  std::vector<exhibit> test_exhibits;    ///< one per test pair, or empty
  std::vector<std::string> class_names;  ///< by label, or empty
  std::string class_word = "class";      ///< what labels and fine_labels stand for
  std::string fine_class_word{};

  /// The name of a class, or its number.
  std::string class_name(label_t label) const;
};

/// What the lists show of the test half.
pairs::exhibition exhibition(const study_data& data);

/// Reads train_ and test_ images.npy, texts.npy and labels.npy, which must fit together: finite numbers, as many labels
/// as rows, equal widths in both halves, at least two classes in each.
/// Errors  kindred::io_error and others of kindred::error, naming the file.
study_data load_folder(const std::string& folder);

/// The embedded default: pictures of emoji as patch descriptors, their Korean names and keywords as tf-idf of character
/// n-grams, groups and subgroups as classes.
/// Errors  kindred::io_error when a Debian package is missing, which it names.
study_data embedded(std::uint64_t seed);

/// A study of at most `most` pairs of each half, with the shares of the classes kept.
void reduce(study_data& data, index_t most, std::uint64_t seed);

}  // namespace study
