// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "pair_results.hpp"

namespace pairs {

/// What a person can look at: a picture as a PNG file, a text and a title. All may be empty.
struct exhibit {
  std::string title, text;
  std::vector<std::uint8_t> png;
};

/// What the lists of first results say of an item of the test half.
struct exhibition {
  std::function<exhibit(kindred::index_t)> show;
  std::function<std::string(kindred::index_t)> class_name;
};

/// Mean average precision of every method as text.
std::string precision_table(const std::vector<table_row>& rows);
/// Share of queries with a right result among the first 1, 5 and 10 as text.
std::string recall_table(const std::vector<table_row>& rows);
/// A list of first results as text.
std::string ranking_list(const exhibition& of, const ranking& r);

/// The same as pieces of an HTML page. The row named `first` is shaded; the greatest number of a column is bold.
std::string html_precision_table(const std::vector<table_row>& rows, const std::string& first);
std::string html_recall_table(const std::vector<table_row>& rows, const std::string& first);
/// All lists of one direction, with its heading.
std::string html_ranking_lists(const exhibition& of, const std::vector<ranking>& rankings, bool image_queries);

/// Pieces of the head of a report.
std::string html_tile(const std::string& value, const std::string& caption);
std::string html_term(const std::string& name, const std::string& value);

/// "4 x 3".
std::string shape_text(kindred::index_t rows, kindred::index_t cols);

}  // namespace pairs
