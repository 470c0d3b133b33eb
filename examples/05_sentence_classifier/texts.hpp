// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "settings.hpp"

namespace sentence {

/// Texts with a class each.
struct labelled_texts {
  std::string source;                            ///< files, or "embedded"
  std::vector<std::string> ids, texts, classes;  ///< classes ascending by their bytes
  std::vector<label_t> labels;                   ///< into classes
  index_t given_tests = 0;                       ///< so many of the last texts came as a file of their own for tests
  index_t bad = 0;                               ///< lines left out
  std::vector<std::string> bad_lines;            ///< the first of them, and why

  index_t size() const { return static_cast<index_t>(texts.size()); }
};

/// What the columns of a file are called in its first line.
struct column_names {
  std::string id = "id", text = "document", label = "label";
};

/// The texts of a file of tab-separated lines, plain or packed with gzip, and of a second one for tests unless that is
/// "". Lines with another number of fields than the first one, with an empty text or label or with bytes that are not
/// UTF-8 are left out, or refused where `strict`. Without a column for ids lines are numbered.
/// Errors  kindred::io_error that names file and line.
labelled_texts load_tables(const std::string& path, const std::string& tests, const column_names& columns, bool strict);

/// Korean names and keywords of emoji with the group that they stand in.
labelled_texts embedded();

/// Positions of texts for training and tests.
struct parts {
  std::vector<index_t> train, test;
};
/// The tests that were given, or a stratified share, or the folds of a cross-validation.
/// Errors  kindred::argument_error where a part has no texts or the training part only one class.
std::vector<parts> parts_of(const labelled_texts& data, const settings& how);

/// Texts of `rows` to learn from, and the share that says when to stop, stratified.
struct learning_parts {
  std::vector<index_t> learn, validate;
};
learning_parts learning_parts_of(const labelled_texts& data, const std::vector<index_t>& rows, const settings& how);

}  // namespace sentence
