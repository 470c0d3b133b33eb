// SPDX-License-Identifier: Apache-2.0
/// @file
/// Lists of the best so far on the host, which the search kernels fill.
#pragma once

#include <kindred/backend/selection.hpp>

namespace kindred::detail {

/// One list of the best so far per query. Ids must come in ascending order: then a score that equals the k-th best of
/// its list stands behind it and the comparison with the threshold is strict.
template <class T>
struct selection_lists {
  selection_key<T>* keys;  // list q at q * capacity
  index_t* count;
  T* threshold;  // a score at or below it is not wanted
  index_t k, capacity;
  const std::uint8_t* keep = nullptr;  // per id: 0 is left out
  const index_t* excluded = nullptr;   // per query: one id that is left out
};

/// Cuts a full list to its k best and raises its threshold.
template <class T>
void cut_selection(const selection_lists<T>& lists, index_t query) {
  selection_key<T>* const keys = lists.keys + query * lists.capacity;
  std::nth_element(keys, keys + lists.k - 1, keys + lists.count[query], std::greater<>());
  lists.count[query] = lists.k;
  const T last = keys[lists.k - 1].score();
  if (last > lists.threshold[query]) lists.threshold[query] = last;  // it may stand higher by what others found
}

template <class T>
void append(const selection_lists<T>& lists, index_t query, T score, index_t id) {
  if (lists.keep != nullptr && lists.keep[id] == 0) return;
  if (lists.excluded != nullptr && lists.excluded[query] == id) return;
  index_t& count = lists.count[query];
  lists.keys[query * lists.capacity + count] = selection_key<T>::of(score, id);
  if (++count == lists.capacity) cut_selection(lists, query);
}

}  // namespace kindred::detail
