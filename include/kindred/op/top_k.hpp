// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/selection.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/limits.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/op/select.hpp>
#include <kindred/op/sort.hpp>

namespace kindred::op {

/// The best items of each query, best first. Where a query has fewer, the rest has id -1 and score -infinity.
template <class T, Device D>
struct hits {
  matrix<T, D> scores;     ///< queries x k
  matrix<index_t, D> ids;  ///< queries x k
};

namespace detail {

/// How many numbers have a 4-bit digit above j, for j = 0, ..., 14.
struct digit_counts {
  std::int32_t above[15];
};
struct add_counts {
  KINDRED_HD digit_counts operator()(digit_counts a, const digit_counts& b) const {
    for (int j = 0; j < 15; ++j) a.above[j] += b.above[j];
    return a;
  }
};

/// The k-th largest key digit by digit, the items above it, as many of the items equal to it as fit, and a sort of
/// those.
template <class T, class D>
struct top_k_row {
  matrix_view<const T, D> scores;
  index_t k;
  matrix_view<index_t, D> ids;
  matrix_view<T, D> values;

  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    using key_t = math::bits_of<T>;
    constexpr int bits = 8 * static_cast<int>(sizeof(T));
    const index_t n = scores.cols(), wanted = k < n ? k : n;
    const auto key = [&](index_t i) { return order_key(scores(r, i)); };
    key_t last = 0;  // the digits of the k-th largest key that are known
    index_t rank = wanted;
    for (int shift = bits - 4; shift >= 0; shift -= 4) {
      const digit_counts counts = g.reduce(n, digit_counts{}, add_counts{}, [&](index_t i) {
        const key_t v = key(i);
        digit_counts one{};
        if (shift + 4 == bits || v >> ((shift + 4) % bits) == last)
          for (int j = 0; j < 15; ++j) one.above[j] = static_cast<int>(v >> shift & 15) > j;
        return one;
      });
      int digit = 0;
      for (int j = 0; j < 15; ++j)
        if (counts.above[j] >= rank) digit = j + 1;
      if (digit < 15) rank -= counts.above[digit];
      last = static_cast<key_t>(last << 4 | static_cast<key_t>(digit));
    }
    index_t* const mine = ids.row(r).data();
    const index_t above = select(
        g, n, [&](index_t i) { return key(i) > last; }, [&](index_t at, index_t i) { mine[at] = i; });
    select(
        g, n, [&](index_t i) { return key(i) == last; },
        [&](index_t at, index_t i) {
          if (above + at < wanted) mine[above + at] = i;
        });
    sort(g, wanted, mine, [&](index_t a, index_t b) { return ahead(scores(r, a), a, scores(r, b), b); });
    g.for_each(k, [&](index_t j) {
      if (j >= wanted) mine[j] = -1;
      if (values) values(r, j) = j < wanted ? scores(r, mine[j]) : -infinity<T>;
    });
  }
};

/// The same on the host, with room for selection_capacity(k, n) keys.
template <class T>
void top_k_of(const T* scores, index_t n, index_t k, selection_key<T>* keys, index_t* ids, T* values);

}  // namespace detail

/// The k best items of each row.
///
/// Items are ordered by score, highest first; equal scores (0 and -0 are equal) by id, lowest first; NaN behind all
/// numbers.
///
/// scores  queries x items
/// k       >= 0, as large as wanted
/// ids     queries x k, overwritten; -1 where k is more than there are items
/// values  queries x k, overwritten with the scores as they are, -infinity where there is no item; may be absent
///
/// Complexity   per row of n items about O(n + k log k) on context<cpu>; O(n) per 4 bits of T and O(k log^2 k)
///              elsewhere.
/// Determinism  the same on every device and for any number of threads.
/// Errors       shape_error for outputs of another shape; argument_error for k < 0 and for rows of 2^31 items or more.
template <Scalar T, Device D>
void top_k(context<D>& ctx, const_matrix<T, D> scores, index_t k, matrix_view<index_t, D> ids,
           matrix_view<T, D> values) {
  const index_t n = scores.cols();
  expects<argument_error>(k >= 0, "op::top_k: k is {}", k);
  expects<argument_error>(n < (index_t(1) << 31), "op::top_k: expected rows of fewer than 2^31 items, got {}", n);
  expects(ids.rows() == scores.rows() && ids.cols() == k, "op::top_k: expected {} x {} ids, got {} x {}", scores.rows(),
          k, ids.rows(), ids.cols());
  expects(!values || (values.rows() == scores.rows() && values.cols() == k),
          "op::top_k: expected {} x {} values, got {} x {}", scores.rows(), k, values.rows(), values.cols());
  if (k == 0) return;
  if constexpr (std::same_as<D, cpu>) {
    using key = selection_key<T>;
    const index_t wanted = std::min(k, n), capacity = selection_capacity(wanted, n);
    const index_t rows_per_chunk = 1 + (index_t(1) << 15) / (n + 1);
    const scratch_scope scope(ctx);
    key* const keys = ctx.scratch().template take<key>(capacity * ctx.threads());
    ctx.pool().run((scores.rows() + rows_per_chunk - 1) / rows_per_chunk, [&](index_t chunk, int worker) {
      const index_t end = std::min(scores.rows(), (chunk + 1) * rows_per_chunk);
      for (index_t r = chunk * rows_per_chunk; r < end; ++r)
        detail::top_k_of<T>(scores.row(r).data(), n, k, keys + worker * capacity, ids.row(r).data(),
                            values ? values.row(r).data() : nullptr);
    });
  } else {
    ctx.for_each_row(scores.rows(), n, detail::top_k_row<T, D>{scores, k, ids, values});
  }
}

/// The same into new matrices.
template <Device D, MatrixArgument<D> M>
hits<typename M::value_type, D> top_k(context<D>& ctx, const M& scores, index_t k) {
  using T = typename M::value_type;
  expects<argument_error>(k >= 0, "op::top_k: k is {}", k);
  const index_t rows = as_const(scores).rows();
  hits<T, D> best{matrix<T, D>(ctx, rows, k, uninitialized), matrix<index_t, D>(ctx, rows, k, uninitialized)};
  top_k<T, D>(ctx, as_const(scores), k, best.ids.view(), best.scores.view());
  return best;
}

}  // namespace kindred::op

#if !defined(KINDRED_COMPILED)
#include <kindred/op/detail/top_k_impl.hpp>
#endif
