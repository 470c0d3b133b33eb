// SPDX-License-Identifier: Apache-2.0
// Rows of two views with classes, and results to compare, for suites of models on a GPU.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <kindred/core/random.hpp>
#include <vector>

/// Rows from `begin` on: three hidden numbers, the same for every stream, one of them near the number of the class.
template <class T>
std::vector<T> view_rows(kindred::index_t begin, kindred::index_t rows, kindred::index_t cols, std::uint64_t stream) {
  std::vector<T> values;
  for (kindred::index_t r = begin; r < begin + rows; ++r)
    for (kindred::index_t c = 0; c < cols; ++c) {
      double sum = 0.3 * kindred::random::normal(1, stream, static_cast<std::uint64_t>(r * cols + c));
      for (std::uint64_t h = 0; h < 3; ++h)
        sum += (kindred::random::normal(2, h, static_cast<std::uint64_t>(r)) +
                (h == 0 ? static_cast<double>(r % 3) : 0.0)) *
               kindred::random::normal(3 + stream, h, static_cast<std::uint64_t>(c));
      values.push_back(static_cast<T>(sum));
    }
  return values;
}
inline std::vector<kindred::label_t> labels_of(kindred::index_t rows) {
  std::vector<kindred::label_t> labels;
  for (kindred::index_t r = 0; r < rows; ++r) labels.push_back(static_cast<kindred::label_t>(r % 3));
  return labels;
}

template <class M>
void append(std::vector<double>& all, const M& rows) {
  const auto values = rows.to_host();
  all.insert(all.end(), values.begin(), values.end());
}

inline void agree(const std::vector<double>& want, const std::vector<double>& got, double tolerance) {
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    CHECK(std::fabs(got[i] - want[i]) < tolerance * (1 + std::fabs(want[i])));
}
