// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/relation/concept.hpp>

namespace kindred::relation {

/// Items belong together by position.
///
/// relation(row, column) = positive where floor(row / rows_per_item) == floor(column / columns_per_item), else negative
///
/// With the defaults row i belongs to column i. Pictures that ask for their 5 captions, which stand one after the
/// other: `paired{.columns_per_item = 5}`; captions that ask for their picture: `paired{.rows_per_item = 5}`.
struct paired {
  index_t rows_per_item = 1;     ///< queries that stand for one item, at least 1
  index_t columns_per_item = 1;  ///< gallery items that stand for one item, at least 1

  KINDRED_HD constexpr kind operator()(index_t row, index_t column) const {
    const index_t first = row / rows_per_item * columns_per_item;
    return column >= first && column < first + columns_per_item ? kind::positive : kind::negative;
  }

  /// Ids from `first` on, to be gone through.
  struct run {
    struct iterator {
      index_t at;
      KINDRED_HD constexpr index_t operator*() const { return at; }
      KINDRED_HD constexpr iterator& operator++() {
        ++at;
        return *this;
      }
      KINDRED_HD constexpr bool operator!=(const iterator& other) const { return at != other.at; }
    };
    index_t first, count;
    KINDRED_HD constexpr iterator begin() const { return {first}; }
    KINDRED_HD constexpr iterator end() const { return {first + count}; }
    KINDRED_HD constexpr index_t size() const { return count; }
  };
  /// The gallery items of a query, and the queries of a gallery item; the gallery and the queries may end before.
  KINDRED_HD constexpr run candidates(index_t row) const {
    return {row / rows_per_item * columns_per_item, columns_per_item};
  }
  KINDRED_HD constexpr run askers(index_t column) const {
    return {column / columns_per_item * rows_per_item, rows_per_item};
  }
};
static_assert(ListRelation<paired>);

}  // namespace kindred::relation
