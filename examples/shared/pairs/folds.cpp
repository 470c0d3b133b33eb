// SPDX-License-Identifier: Apache-2.0
#include "folds.hpp"

#include <algorithm>
#include <kindred/core/permutation.hpp>
#include <map>

namespace pairs {

namespace {

using kindred::index_t;
using kindred::label_t;

/// All positions, class after class in ascending order of labels, shuffled within each class.
std::vector<index_t> by_class(std::span<const label_t> labels, std::uint64_t seed) {
  std::map<label_t, std::vector<index_t>> members;
  for (std::size_t i = 0; i < labels.size(); ++i) members[labels[i]].push_back(static_cast<index_t>(i));
  std::vector<index_t> order;
  order.reserve(labels.size());
  std::uint64_t stream = 0;
  for (const auto& [label, items] : members)
    for (const index_t i : kindred::random::permutation(static_cast<index_t>(items.size()), seed, stream++))
      order.push_back(items[static_cast<std::size_t>(i)]);
  return order;
}

}  // namespace

std::vector<int> stratified_folds(std::span<const label_t> labels, int folds, std::uint64_t seed) {
  std::vector<int> fold(labels.size());
  int next = 0;
  for (const index_t i : by_class(labels, seed)) {
    fold[static_cast<std::size_t>(i)] = next;
    next = (next + 1) % folds;
  }
  return fold;
}

std::vector<index_t> stratified_sample(std::span<const label_t> labels, index_t most, std::uint64_t seed) {
  const auto order = by_class(labels, seed);
  const auto n = static_cast<index_t>(order.size());
  if (most <= 0 || most >= n) most = n;
  std::vector<index_t> chosen;
  // evenly spread over the list of classes, so that each gives its share
  for (index_t i = 0; i < most; ++i) chosen.push_back(order[static_cast<std::size_t>(i * n / most)]);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace pairs
