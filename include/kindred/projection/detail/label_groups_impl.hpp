// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/detail/label_groups.hpp>
#include <map>

namespace kindred::projection::detail {

/// Fills groups, first rows and sizes by the ascending order of key(row); returns the distinct keys.
template <class Key>
auto group_rows(index_t rows, Key key, std::vector<index_t>& of, std::vector<index_t>& first,
                std::vector<double>& sizes) {
  std::map<decltype(key(0)), index_t> numbers;
  for (index_t i = 0; i < rows; ++i) numbers.emplace(key(i), 0);
  index_t next = 0;
  for (auto& entry : numbers) entry.second = next++;
  first.assign(numbers.size(), 0);
  sizes.assign(numbers.size(), 0);
  for (index_t i = 0; i < rows; ++i) {
    of.push_back(numbers.at(key(i)));
    const auto group = static_cast<std::size_t>(of.back());
    if (sizes[group]++ == 0) first[group] = i;
  }
  return numbers;
}

KINDRED_INLINE label_groups::label_groups(std::span<const label_t> labels) : classes_(true) {
  group_rows(
      static_cast<index_t>(labels.size()), [&](index_t i) { return labels[static_cast<std::size_t>(i)]; }, of_, rows_,
      sizes_);
  width_ = count();
  vectors_.assign(static_cast<std::size_t>(2 * width_), 0);
  if (width_ > 0) vectors_[static_cast<std::size_t>(width_ - 1)] = 1;
}

KINDRED_INLINE label_groups::label_groups(const std::vector<double>& values, index_t rows, index_t cols,
                                          const char* who)
    : width_(cols), classes_(false) {
  for (std::size_t i = 0; i < values.size(); ++i)
    expects<argument_error>(values[i] - values[i] == 0, "{}: labels, row {}, column {} is {}", who,
                            static_cast<index_t>(i) / cols, static_cast<index_t>(i) % cols, values[i]);
  const auto vector_of = [&](index_t i) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(i * cols);
    return std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(cols));
  };
  for (const auto& [vector, at] : group_rows(rows, vector_of, of_, rows_, sizes_))
    vectors_.insert(vectors_.end(), vector.begin(), vector.end());
}

}  // namespace kindred::projection::detail
