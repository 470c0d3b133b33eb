// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace presentation {

/// Columns that UTF-8 text takes in a terminal: Korean and other wide characters take two, combining marks none.
int display_width(std::string_view text);

/// Rows of cells as aligned text.
class text_table {
 public:
  /// `sides`: l or r for every column, the last letter for all further ones.
  explicit text_table(std::string sides = "lr") : sides_(std::move(sides)) {}

  /// Cells of one row; the rows need not be equally long.
  void row(std::vector<std::string> cells) { lines_.push_back({std::move(cells), false}); }
  /// A row of which every cell but the first stands above `columns` columns, centred.
  void heading(std::vector<std::string> cells, std::size_t columns);
  /// A line under what came so far.
  void rule() { lines_.push_back({{}, true}); }

  std::string text() const;

 private:
  struct line {
    std::vector<std::string> cells;
    bool is_rule;
    std::size_t span = 1;
  };
  std::string sides_;
  std::vector<line> lines_;
};

/// Four decimals; "-" for what is not a number.
std::string four_decimals(double value);

}  // namespace presentation
