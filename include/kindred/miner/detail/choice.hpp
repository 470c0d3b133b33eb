// SPDX-License-Identifier: Apache-2.0
/// @file
/// What miners share: which columns may be chosen, the first of several, one drawn by weight.
#pragma once

#include <kindred/core/limits.hpp>
#include <kindred/core/random.hpp>
#include <kindred/miner/concept.hpp>

namespace kindred::miner::detail {

/// The column for which value(column) is largest, the smallest of several; id -1 where wanted(column) never holds.
template <class T, class G, class Wanted, class Value>
KINDRED_HD scored<T> first_column(const G& g, index_t columns, Wanted wanted, Value value) {
  return g.reduce(columns, scored<T>{T(0), -1}, best{}, [&](index_t j) {
    return wanted(j) ? scored<T>{value(j), j} : scored<T>{T(0), -1};
  });
}

/// The closest negative of an anchor; id -1 where it has none.
template <class G, class T, class D, class R>
KINDRED_HD scored<T> closest_negative(const G& g, index_t anchor, matrix_view<const T, D> scores, const R& relation) {
  return first_column<T>(
      g, scores.cols(), [&](index_t j) { return is_negative(scores, relation, anchor, j); },
      [&](index_t j) { return scores(anchor, j); });
}
/// The closest negative that is farther than `score`; -1 where there is none. Two plain reductions, the score and then
/// its first column, are several times faster than one over (score, column).
template <class G, class T, class D, class R>
KINDRED_HD index_t closest_behind(const G& g, index_t anchor, matrix_view<const T, D> scores, const R& relation,
                                  T score) {
  const index_t columns = scores.cols();
  const T* const row = scores.row(anchor).data();
  const T closest = g.reduce(columns, -infinity<T>, maximum{}, [&](index_t j) {
    const bool wanted = row[j] < score && (relation(anchor, j) == relation::kind::negative);
    return wanted ? row[j] : -infinity<T>;
  });
  if (!(closest > -infinity<T>)) return -1;
  return g.reduce(columns, columns, minimum{}, [&](index_t j) {
    return row[j] == closest && is_negative(scores, relation, anchor, j) ? j : columns;
  });
}

/// The first column whose score is `score`, which is a number; -1 where there is none. Columns count in 32 bits here,
/// as wide as floats, so that the loop is vectorized.
template <class G, class T>
KINDRED_HD index_t first_equal(const G& g, const T* row, index_t columns, T score) {
  const auto none = static_cast<std::int32_t>(columns);
  const std::int32_t first = g.reduce(columns, none, minimum{},
                                      [&](index_t j) { return row[j] == score ? static_cast<std::int32_t>(j) : none; });
  return first < none ? index_t(first) : index_t(-1);
}

/// A column in proportion to whole weights whose sum is `total` > 0: the one in which `uniform` of [0, 1) falls when
/// the weights lie one behind the other. Whole numbers, because their sums do not depend on the order.
template <class G, class Weight>
KINDRED_HD index_t drawn_column(const G& g, index_t columns, index_t total, double uniform, Weight weight) {
  const auto wanted = static_cast<index_t>(uniform * static_cast<double>(total));
  const index_t target = wanted < total ? wanted : total - 1;
  index_t low = 0, high = columns, before = 0;  // weights before `low` sum to `before` <= target
  while (high - low > 1) {
    const index_t middle = low + (high - low) / 2;
    const index_t sum = g.reduce(middle - low, index_t(0), plus{}, [&](index_t i) { return weight(low + i); });
    if (target < before + sum) {
      high = middle;
    } else {
      before += sum;
      low = middle;
    }
  }
  return low;
}

/// emit(positive, negative) for all that `chosen` takes.
template <class G, class T, class D, class R, class Chosen, class Emit>
KINDRED_HD void emit_chosen(const G&, index_t anchor, matrix_view<const T, D> scores, const R& relation, Chosen chosen,
                            Emit emit) {
  for (index_t p = 0; p < scores.cols(); ++p) {
    if (!is_positive(scores, relation, anchor, p)) continue;
    for (index_t n = 0; n < scores.cols(); ++n)
      if (is_negative(scores, relation, anchor, n) && chosen(scores(anchor, p), scores(anchor, n))) emit(p, n);
  }
}

}  // namespace kindred::miner::detail
