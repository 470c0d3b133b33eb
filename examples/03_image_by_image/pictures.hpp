// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <kindred/core/types.hpp>
#include <string>
#include <utility>
#include <vector>

namespace image {

using kindred::index_t;
using kindred::label_t;

/// One half of a set: picture i has class labels[i].
struct half {
  std::vector<float> pixels;             ///< pictures one after the other, rows from the top, channels last, in [0, 1]
  std::vector<label_t> labels;           ///< 0, 1, ...: a class of this half
  std::vector<std::string> class_names;  ///< by label
  std::vector<std::string> names;        ///< of each picture, or empty
  std::vector<std::string> words;        ///< what a keyword search reads of each picture, or empty

  index_t size() const { return static_cast<index_t>(labels.size()); }
  index_t classes() const { return static_cast<index_t>(class_names.size()); }
};

struct picture_set {
  std::string source;  ///< the folder, or "embedded"
  index_t height = 0, width = 0, channels = 0;
  half train, test;
  float background = 0;                              ///< what lies outside of a picture that is moved
  std::vector<std::string> broken;                   ///< pictures that could not be read
  std::vector<std::pair<index_t, index_t>> links{};  ///< of the graph: positions in train

  index_t numbers() const { return height * width * channels; }
};

/// A picture with its class, before there are halves.
struct labelled_picture {
  std::vector<float> pixels;
  std::string class_name, name, words;
};

/// Reads train_ and test_ images.npy (uint8, n x height x width or n x height x width x channels) and labels.npy, and
/// test_words.txt, a line for each picture of the test half, where there is one.
/// Errors  kindred::io_error naming the file.
picture_set load_arrays(const std::string& folder);

/// Reads the PNG and JPEG pictures in the subfolders of `folder`, each a class, as size x size colour pictures. What
/// cannot be read is named on stderr and left out. Words are those of the file's name.
/// Errors  kindred::io_error for a folder without two classes of two pictures.
picture_set load_class_folders(const std::string& folder, index_t size, std::uint64_t seed);

/// The embedded default: emoji, their subgroups as classes, their English and Korean names and keywords as words.
/// Errors  kindred::io_error when a Debian package is missing, which it names.
picture_set embedded(index_t size, std::uint64_t seed);

/// Half of the classes, drawn by the seed, to train and the others to test; within a half in drawn order, since
/// pictures of equal score rank by position.
void divide_by_class(std::vector<labelled_picture> all, std::uint64_t seed, picture_set& set);

/// Puts a quarter of the training classes in the place of the test half: to choose options by.
void validation_only(picture_set& set, std::uint64_t seed);

/// Quarter turns of every training picture as pictures of classes of their own.
/// Errors  kindred::argument_error for pictures that are not square.
void add_turned_classes(picture_set& set);

/// Reads links between training pictures, two positions a line.
/// Errors  kindred::io_error for a file that is not understood; kindred::argument_error for positions outside.
void load_links(const std::string& path, picture_set& set);

/// Refuses a set that nothing can be learned from or measured on, in one sentence.
void check(const picture_set& set);

}  // namespace image
