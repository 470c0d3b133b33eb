// SPDX-License-Identifier: Apache-2.0
/// @file
/// Rows put together by equal labels, for ml_cca.
#pragma once

#include <kindred/core/array.hpp>
#include <map>

namespace kindred::projection::detail {

/// Groups are numbered in ascending order of their labels.
class label_groups {
 public:
  explicit label_groups(std::span<const label_t> labels) {
    std::map<label_t, index_t> numbers;
    for (const label_t l : labels) numbers.emplace(l, 0);
    number(numbers, labels.size(), [&](std::size_t i) { return labels[i]; });
    width_ = count();
    for (index_t g = 0; g < count(); ++g)
      for (index_t c = 0; c < width_; ++c) vectors_.push_back(c == g ? 1 : 0);
  }
  label_groups(const std::vector<double>& values, index_t rows, index_t cols, const char* who) : width_(cols) {
    const auto width = static_cast<std::size_t>(cols);
    for (std::size_t i = 0; i < values.size(); ++i)
      expects<argument_error>(values[i] - values[i] == 0, "{}: labels, row {}, column {} is {}", who, i / width,
                              i % width, values[i]);
    const auto vector_of = [&](std::size_t i) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(i * width);
      return std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(width));
    };
    std::map<std::vector<double>, index_t> numbers;
    for (index_t i = 0; i < rows; ++i) numbers.emplace(vector_of(static_cast<std::size_t>(i)), 0);
    number(numbers, static_cast<std::size_t>(rows), vector_of);
    for (const auto& [vector, at] : numbers) vectors_.insert(vectors_.end(), vector.begin(), vector.end());
  }

  index_t rows() const { return static_cast<index_t>(of_.size()); }
  index_t count() const { return static_cast<index_t>(sizes_.size()); }
  index_t of(index_t row) const { return of_[static_cast<std::size_t>(row)]; }
  /// The first row and the number of rows of a group.
  index_t row(index_t group) const { return rows_[static_cast<std::size_t>(group)]; }
  double size(index_t group) const { return sizes_[static_cast<std::size_t>(group)]; }
  std::span<const double> vector(index_t group) const {
    return {vectors_.data() + group * width_, static_cast<std::size_t>(width_)};
  }

 private:
  template <class Map, class Key>
  void number(Map& numbers, std::size_t rows, Key key) {
    index_t next = 0;
    for (auto& entry : numbers) entry.second = next++;
    sizes_.assign(numbers.size(), 0);
    rows_.assign(numbers.size(), 0);
    for (std::size_t i = 0; i < rows; ++i) {
      const auto group = static_cast<std::size_t>(numbers.at(key(i)));
      if (sizes_[group]++ == 0) rows_[group] = static_cast<index_t>(i);
      of_.push_back(static_cast<index_t>(group));
    }
  }
  std::vector<index_t> of_, rows_;
  std::vector<double> sizes_, vectors_;
  index_t width_ = 0;
};

}  // namespace kindred::projection::detail
