// SPDX-License-Identifier: Apache-2.0
/// @file
/// Keys of (score, id) whose unsigned order is the order of rankings.
#pragma once

#include <algorithm>
#include <compare>
#include <functional>
#include <kindred/core/limits.hpp>
#include <kindred/core/math.hpp>
#include <limits>

namespace kindred {

/// An unsigned number that grows with the score: NaN is 0, below -infinity; -0 and 0 are one.
template <class T>
KINDRED_HD constexpr math::bits_of<T> order_key(T score) {
  using bits = math::bits_of<T>;
  constexpr bits sign = bits(1) << (8 * sizeof(T) - 1);
  if (score != score) return 0;
  const bits b = score == T(0) ? bits(0) : math::to_bits(score);
  return b & sign ? ~b : b | sign;
}
template <class T>
KINDRED_HD constexpr T score_of_order_key(math::bits_of<T> key) {
  using bits = math::bits_of<T>;
  constexpr bits sign = bits(1) << (8 * sizeof(T) - 1);
  if (key == 0) return not_a_number<T>;
  return math::from_bits<T>(key & sign ? key ^ sign : ~key);
}

/// Score and id as one number; the larger one stands ahead. Ids are below 2^31.
template <class T>
struct selection_key;

template <>
struct selection_key<float> {
  std::uint64_t value;
  static selection_key of(float score, index_t id) {
    return {static_cast<std::uint64_t>(order_key(score)) << 32 | (0xffffffffu - static_cast<std::uint32_t>(id))};
  }
  float score() const { return score_of_order_key<float>(static_cast<std::uint32_t>(value >> 32)); }
  index_t id() const { return static_cast<index_t>(0xffffffffu - static_cast<std::uint32_t>(value)); }
  auto operator<=>(const selection_key&) const = default;
};
template <>
struct selection_key<double> {
  std::uint64_t order;
  std::uint64_t not_id;
  static selection_key of(double score, index_t id) { return {order_key(score), ~static_cast<std::uint64_t>(id)}; }
  double score() const { return score_of_order_key<double>(order); }
  index_t id() const { return static_cast<index_t>(~not_id); }
  auto operator<=>(const selection_key&) const = default;
};

/// How long a list is before it is cut to the k best: a longer one is cut less often but learns its threshold later.
constexpr index_t selection_capacity(index_t k, index_t items) { return std::min(2 * k + 64, items + 1); }

/// Sorts the k best of `count` keys to the front and returns how many there are.
template <class T>
index_t finish_selection(selection_key<T>* keys, index_t count, index_t k) {
  if (count > k) {
    std::nth_element(keys, keys + k, keys + count, std::greater<>());
    count = k;
  }
  std::sort(keys, keys + count, std::greater<>());
  return count;
}

}  // namespace kindred
