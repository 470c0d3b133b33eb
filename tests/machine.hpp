// SPDX-License-Identifier: Apache-2.0
// What tests of products and searches need: numbers to work on, and the instruction sets to work with.
#pragma once

#include <kindred/backend/products.hpp>
#include <kindred/core/random.hpp>
#include <vector>

/// n numbers in [-0.5, 0.5).
template <class T>
std::vector<T> noise(kindred::index_t n, std::uint64_t seed) {
  std::vector<T> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<T>(kindred::random::uniform(seed, 0, i) - 0.5);
  return v;
}

/// The instruction sets of this machine, narrow to wide.
inline std::vector<kindred::instruction_set> available() {
  using kindred::instruction_set;
  std::vector<instruction_set> sets;
  for (const auto s : {instruction_set::baseline, instruction_set::avx2, instruction_set::avx512})
    if (s <= kindred::best_instruction_set()) sets.push_back(s);
  return sets;
}
