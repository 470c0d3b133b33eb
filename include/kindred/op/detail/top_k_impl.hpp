// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/op/top_k.hpp>

namespace kindred::op::detail {

template <class T>
void top_k_of(const T* scores, index_t n, index_t k, selection_key<T>* keys, index_t* ids, T* values) {
  using key = selection_key<T>;
  constexpr T nothing = -std::numeric_limits<T>::infinity();
  const index_t wanted = std::min(k, n), capacity = selection_capacity(wanted, n);
  index_t count = 0;
  T threshold = std::numeric_limits<T>::quiet_NaN();
  for (index_t i = 0; i < n; ++i) {
    if (scores[i] <= threshold) continue;  // false for NaN on either side
    keys[count++] = key::of(scores[i], i);
    if (count < capacity) continue;
    std::nth_element(keys, keys + wanted - 1, keys + count, std::greater<>());
    count = wanted;
    threshold = keys[wanted - 1].score();
  }
  count = finish_selection<T>(keys, count, wanted);
  for (index_t j = 0; j < k; ++j) {
    ids[j] = j < count ? keys[j].id() : -1;
    if (values != nullptr) values[j] = j < count ? scores[ids[j]] : nothing;
  }
}

}  // namespace kindred::op::detail
