// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/context.hpp>
#include <kindred/core/scratch.hpp>

namespace kindred::loss {

/// By what a sum of terms is divided.
enum class reduction : signed char {
  mean_of_active,  ///< the terms above 0, as pytorch-metric-learning's AvgNonZeroReducer; without any, value 0
  mean,            ///< all terms that were looked at, 0 or not; without any, value 0
  sum              ///< nothing
};

namespace detail {

/// value(0) = scale(0) * sum of sums, scale(0) = 1 / sum of counts; 0 and 0 where the counts are 0. Absent counts:
/// scale 1.
template <class T, Device D>
struct divide_row {
  vector_view<const T, D> sums;
  vector_view<const index_t, D> counts;
  vector_view<T, D> value, scale;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t) const {
    const T sum = g.reduce(sums.size(), T(0), plus{}, [&](index_t r) { return sums(r); });
    T factor = 1;
    if (counts) {
      const index_t count = g.reduce(counts.size(), index_t(0), plus{}, [&](index_t r) { return counts(r); });
      factor = count > 0 ? T(1) / static_cast<T>(count) : T(0);
    }
    g.once([&] {
      scale(0) = factor;
      value(0) = sum * factor;
    });
  }
};

template <class T, Device D>
struct scale_by_at {
  matrix_view<T, D> x;
  vector_view<const T, D> scale;
  KINDRED_HD void operator()(index_t r, index_t c) const { x(r, c) *= scale(0); }
};

/// What the rows of a loss add up to, in scratch memory: one sum of terms and two counts per row. Only the count that
/// the reduction asks for is there.
template <class T, Device D>
struct row_terms {
  vector_view<T, D> sums;
  vector_view<index_t, D> active, all;

  row_terms(context<D>& ctx, index_t rows, reduction r) : sums(scratch_vector<T>(ctx, rows)) {
    if (r == reduction::mean_of_active) active = scratch_vector<index_t>(ctx, rows);
    if (r == reduction::mean) all = scratch_vector<index_t>(ctx, rows);
  }
  row_terms(vector_view<T, D> s, vector_view<index_t, D> some, vector_view<index_t, D> every)
      : sums(s), active(some), all(every) {}
  /// The terms of rows [begin, begin + count).
  row_terms segment(index_t begin, index_t count) const {
    return {sums.segment(begin, count), active.segment(begin, count), all.segment(begin, count)};
  }
  /// For kernel bodies, inside once().
  KINDRED_HD void store(index_t row, T sum, index_t active_terms, index_t all_terms) const {
    sums(row) = sum;
    if (active) active(row) = active_terms;
    if (all) all(row) = all_terms;
  }
  /// Writes value, and to `scale` what every gradient is to be multiplied by.
  void divide(context<D>& ctx, vector_view<T, D> value, vector_view<T, D> scale) const {
    ctx.for_each_row(1, sums.size(), divide_row<T, D>{sums, active ? active : all, value, scale});
  }
};

}  // namespace detail

}  // namespace kindred::loss
