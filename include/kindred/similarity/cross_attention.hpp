// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/limits.hpp>
#include <kindred/core/math.hpp>
#include <kindred/similarity/detail/bag_products.hpp>

namespace kindred::similarity {

/// Stacked cross attention: the rows of one bag look at those of the other and are compared with what they see.
///
/// For a row q of the looking bag and the rows c of the other:
///   e(q, c) = q . c after `normalization` over the looking bag's rows, for every c by itself
///   w(q, c) = softmax over c of temperature e(q, c),   u(q) = sum over c of w(q, c) c,   r(q) = cos(q, u(q))
/// s = the mean, the sum, the largest or (1 / sharpness) log sum over q of exp(sharpness r(q))
///
/// a are pictures with their regions and b sentences with their words, when the names of the paper are wanted: then
/// `first_looks` is its image-text form (i-t) and `second_looks` its text-image form (t-i). `both` is the mean of the
/// two.
///
/// u(q) is never formed: q . u = sum w q . c and |u|^2 = w' (C C') w, from the products of the bag with itself. Where
/// the rows of a bag cancel each other, |u|^2 keeps fewer digits than the rows.
///
/// Complexity   rows(a) rows(b) (d + 2 longest bag) multiply-adds and rows(a) rows(b) exponentials for each direction,
///              four times as much for the gradient; scratch of three to seven times the products of at most 1024 rows
///              with 2048, more where a single bag has more. Waits for a GPU once for each ragged side.
/// Determinism  a score depends on its two bags only: the same bits in any batch, for any tile and number of threads
///              (context<cpu>); gradients have the same bits for any number of threads.
/// Errors       shape_error when widths, scores or offsets do not fit; argument_error for a sharpness that is not above
///              0 or a temperature that is negative. A bag without rows scores 0 and gets no gradient. A looking row
///              that is all zeros, or sees a u of zeros, has r = 0 and passes no gradient. NaN in a row makes its bag's
///              scores NaN and spoils the gradient of the whole other side.
/// Reference    Lee et al. 2018 (SCAN), eq. 1 to 9, in the form of the authors' program: clipped_l2norm with 0.1 e in
///              place of the paper's max(0, e), and 1e-8. Its norms "softmax", "l1norm" and "clipped" are left out.
///              Where |q| |u| is below 1e-8 the gradient is 0 here and very large there.
struct cross_attention {
  /// Which rows look.
  enum class direction {
    first_looks,   ///< the rows of a at those of b
    second_looks,  ///< the rows of b at those of a
    both           ///< the mean of the two scores
  };
  /// What happens to the products before the softmax.
  enum class normalizer {
    none,       ///< nothing
    l2,         ///< divided by their length over the looking bag's rows, + 1e-8
    clipped_l2  ///< products below 0 to a tenth first
  };
  /// How the rows of the looking bag become one score.
  enum class aggregation { mean, sum, largest, log_sum_exp };

  direction looks = direction::second_looks;          ///< see direction
  double temperature = 9;                             ///< of the softmax: larger is sharper, at least 0
  normalizer normalization = normalizer::clipped_l2;  ///< see normalizer
  aggregation aggregate = aggregation::log_sum_exp;   ///< see aggregation
  double sharpness = 6;                               ///< of log_sum_exp, above 0

  template <Scalar T, Device D>
  void score(context<D>& ctx, const_batch<T, D> a, const_batch<T, D> b, matrix_view<T, D> scores) const;

  /// The same into a new matrix of items(a) x items(b).
  template <class T, Device D>
  matrix<T, D> score(context<D>& ctx, const batch<T, D>& a, const batch<T, D>& b) const {
    matrix<T, D> scores(ctx, a.items(), b.items(), uninitialized);
    score<T, D>(ctx, a.view(), b.view(), scores.view());
    return scores;
  }

  /// Adds d value / d rows of a to da and d value / d rows of b to db.
  ///
  /// scores   items(a) x items(b), what score() gave; not looked at
  /// dscores  items(a) x items(b), d value / d scores
  /// da, db   the shapes of a.values and b.values, accumulated; absent where not wanted; may be one view where a and b
  ///          are
  template <Scalar T, Device D>
  void backward(context<D>& ctx, const_batch<T, D> a, const_batch<T, D> b, const_matrix<T, D> scores,
                const_matrix<T, D> dscores, matrix_view<T, D> da, std::type_identity_t<matrix_view<T, D>> db) const;

  /// s(b, a).
  constexpr cross_attention reversed() const {
    cross_attention other = *this;
    if (looks != direction::both)
      other.looks = looks == direction::first_looks ? direction::second_looks : direction::first_looks;
    return other;
  }

 private:
  void check() const {
    expects<argument_error>(temperature >= 0, "similarity::cross_attention: temperature {}", temperature);
    expects<argument_error>(sharpness > 0, "similarity::cross_attention: sharpness {}", sharpness);
  }
};

namespace detail {

/// One tile of looking rows and of rows looked at. Pairs are (i, j): item of either side in the tile.
template <class T, class D>
struct attention {
  batch_view<const T, D> queries, contexts;
  bag_tile rows, cols;
  vector_view<const index_t, D> row_item, col_item;  ///< the item of every row, counted in its tile
  vector_view<const T, D> lengths;                   ///< of the looking rows
  matrix_view<T, D> products;                        ///< rows x cols; the backward pass leaves their gradient here
  matrix_view<T, D> weights;                         ///< rows x cols: w
  matrix_view<T, D> seen;                            ///< rows x cols: w (C C'), then whatever the backward pass wants
  matrix_view<T, D> spread;                          ///< items of the tile x cols: length of e over the looking bag
  matrix_view<T, D> agreement, square, cosines;      ///< rows x items: q . u, |u|^2, r
  T temperature, sharpness;
  cross_attention::normalizer normalization;
  cross_attention::aggregation aggregate;

  KINDRED_HD index_t row_begin(index_t i) const { return queries.begin(rows.first + i) - rows.begin; }
  KINDRED_HD index_t row_end(index_t i) const { return queries.end(rows.first + i) - rows.begin; }
  KINDRED_HD index_t col_begin(index_t j) const { return contexts.begin(cols.first + j) - cols.begin; }
  KINDRED_HD index_t col_end(index_t j) const { return contexts.end(cols.first + j) - cols.begin; }
  KINDRED_HD T raw(index_t q, index_t c) const {
    const T p = products(q, c);
    return normalization == cross_attention::normalizer::clipped_l2 && p < T(0) ? T(0.1) * p : p;
  }
  KINDRED_HD T divisor(index_t i, index_t c) const {
    return normalization == cross_attention::normalizer::none ? T(1) : spread(i, c) + T(1e-8);
  }
  /// |q| |u|, and whether that is more than the smallest that cosines divide by.
  KINDRED_HD T both_lengths(index_t q, index_t j, bool& enough) const {
    const T length = lengths(q) * math::sqrt(square(q, j) > T(0) ? square(q, j) : T(0));
    enough = !(length < T(1e-8));
    return enough ? length : T(1e-8);
  }
};

template <class T, class D>
struct row_item_at {
  batch_view<const T, D> x;
  bag_tile tile;
  vector_view<index_t, D> item;
  KINDRED_HD void operator()(index_t i) const {
    for (index_t r = x.begin(tile.first + i); r < x.end(tile.first + i); ++r) item(r - tile.begin) = i;
  }
};
template <class T, class D>
struct attention_spread_row {
  attention<T, D> at;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t i) const {
    g.for_each(at.cols.rows, [&](index_t c) {
      T sum = 0;
      for (index_t q = at.row_begin(i); q < at.row_end(i); ++q) sum += at.raw(q, c) * at.raw(q, c);
      at.spread(i, c) = math::sqrt(sum);
    });
  }
};
/// w and q . u of a looking row.
template <class T, class D>
struct attention_weights_row {
  attention<T, D> at;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t q) const {
    const index_t i = at.row_item(q);
    g.for_each(at.cols.items, [&](index_t j) {
      const index_t begin = at.col_begin(j), end = at.col_end(j);
      T most = -infinity<T>;
      for (index_t c = begin; c < end; ++c) {
        const T z = at.temperature * (at.raw(q, c) / at.divisor(i, c));
        at.weights(q, c) = z;
        if (z > most) most = z;
      }
      T sum = 0;
      for (index_t c = begin; c < end; ++c) {
        const T e = math::exp(at.weights(q, c) - most);
        at.weights(q, c) = e;
        sum += e;
      }
      T agreement = 0;
      for (index_t c = begin; c < end; ++c) {
        at.weights(q, c) /= sum;
        agreement += at.weights(q, c) * at.products(q, c);
      }
      at.agreement(q, j) = agreement;
    });
  }
};
/// |u|^2 and r of a looking row.
template <class T, class D>
struct attention_cosines_row {
  attention<T, D> at;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t q) const {
    g.for_each(at.cols.items, [&](index_t j) {
      T square = 0;
      for (index_t c = at.col_begin(j); c < at.col_end(j); ++c) square += at.weights(q, c) * at.seen(q, c);
      at.square(q, j) = square;
      bool enough;
      at.cosines(q, j) = at.agreement(q, j) / at.both_lengths(q, j, enough);
    });
  }
};
/// The score of looking bag i with every bag of the tile, where `scores` is there; else d value / d r over r, from
/// dscores.
template <class T, class D>
struct attention_aggregate_row {
  attention<T, D> at;
  bool turned, add;  // scores(item looked at, looking item); on top of what is there
  T share;           // of this direction
  matrix_view<T, D> scores;
  matrix_view<const T, D> dscores;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t i) const {
    const index_t begin = at.row_begin(i), end = at.row_end(i), count = end - begin;
    g.for_each(at.cols.items, [&](index_t j) {
      const index_t down = turned ? at.cols.first + j : at.rows.first + i;
      const index_t across = turned ? at.rows.first + i : at.cols.first + j;
      const bool empty = count == 0 || at.col_begin(j) == at.col_end(j);
      T most = -infinity<T>, sum = 0;
      index_t first = -1;
      for (index_t q = begin; q < end; ++q) {
        const T r = at.cosines(q, j);
        sum += r;
        if (first < 0 || r > most) {
          most = r;
          first = q;
        }
      }
      T raised = 0;
      if (at.aggregate == cross_attention::aggregation::log_sum_exp)
        for (index_t q = begin; q < end; ++q) raised += math::exp(at.sharpness * (at.cosines(q, j) - most));
      if (scores) {
        T s = 0;
        if (!empty) switch (at.aggregate) {
            case cross_attention::aggregation::mean:
              s = sum / static_cast<T>(count);
              break;
            case cross_attention::aggregation::sum:
              s = sum;
              break;
            case cross_attention::aggregation::largest:
              s = sum != sum ? sum : most;
              break;
            case cross_attention::aggregation::log_sum_exp:
              s = most + math::log(raised) / at.sharpness;
              break;
          }
        scores(down, across) = add ? scores(down, across) + share * s : share * s;
        return;
      }
      const T gradient = empty ? T(0) : share * dscores(down, across);
      for (index_t q = begin; q < end; ++q) {
        T part = gradient;
        switch (at.aggregate) {
          case cross_attention::aggregation::mean:
            part = gradient / static_cast<T>(count);
            break;
          case cross_attention::aggregation::sum:
            break;
          case cross_attention::aggregation::largest:
            part = q == first ? gradient : T(0);
            break;
          case cross_attention::aggregation::log_sum_exp:
            part = gradient * (math::exp(at.sharpness * (at.cosines(q, j) - most)) / raised);
            break;
        }
        // what the passes below ask for: d / d (q . u), d / d |u|^2, d / d |q|
        bool enough;
        const T length = at.both_lengths(q, j, enough), r = at.cosines(q, j);
        at.agreement(q, j) = enough ? part / length : T(0);
        const T bent = enough ? -part * r : T(0);
        at.cosines(q, j) = bent == T(0) ? T(0) : bent / at.lengths(q);
        at.square(q, j) = bent == T(0) ? T(0) : bent / (T(2) * at.square(q, j));
      }
    });
  }
};
/// seen := d value / d e-after-normalization of a looking row.
template <class T, class D>
struct attention_softmax_backward_row {
  attention<T, D> at;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t q) const {
    g.for_each(at.cols.items, [&](index_t j) {
      const index_t begin = at.col_begin(j), end = at.col_end(j);
      const T along = at.agreement(q, j), across = T(2) * at.square(q, j);
      T dot = 0;
      for (index_t c = begin; c < end; ++c) {
        const T dweight = along * at.products(q, c) + across * at.seen(q, c);
        at.seen(q, c) = dweight;
        dot += at.weights(q, c) * dweight;
      }
      for (index_t c = begin; c < end; ++c) at.seen(q, c) = at.temperature * at.weights(q, c) * (at.seen(q, c) - dot);
    });
  }
};
/// products := their gradient, seen := weights scaled by d value / d |u|^2; per looking bag, since e is normalized over
/// it.
template <class T, class D>
struct attention_products_backward_row {
  attention<T, D> at;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t i) const {
    g.for_each(at.cols.rows, [&](index_t c) {
      const index_t j = at.col_item(c);
      const bool normalized = at.normalization != cross_attention::normalizer::none;
      const T divisor = at.divisor(i, c), length = normalized ? at.spread(i, c) : T(0);
      T along = 0;
      if (length > T(0)) {
        for (index_t q = at.row_begin(i); q < at.row_end(i); ++q) along += at.seen(q, c) * at.raw(q, c);
        along /= length * divisor;
      }
      for (index_t q = at.row_begin(i); q < at.row_end(i); ++q) {
        T draw = (at.seen(q, c) - at.raw(q, c) * along) / divisor;
        if (at.normalization == cross_attention::normalizer::clipped_l2 && !(at.products(q, c) > T(0))) draw *= T(0.1);
        at.products(q, c) = draw + at.agreement(q, j) * at.weights(q, c);
        at.seen(q, c) = at.square(q, j) * at.weights(q, c);
      }
    });
  }
};
/// dx(q, .) += d value / d |q| q / |q|.
template <class T, class D>
struct attention_length_backward_row {
  attention<T, D> at;
  matrix_view<T, D> dx;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t q) const {
    const T sum = g.reduce(at.cols.items, T(0), plus{}, [&](index_t j) { return at.cosines(q, j); });
    const T length = at.lengths(q);
    if (length == T(0)) return;
    g.for_each(dx.cols(),
               [&](index_t k) { dx(at.rows.begin + q, k) += sum / length * at.queries.values(at.rows.begin + q, k); });
  }
};

/// One direction: forward into `scores`, or backward from `dscores` into dqueries and dcontexts.
template <class T, Device D>
void attend(context<D>& ctx, const cross_attention& how, batch_view<const T, D> queries,
            batch_view<const T, D> contexts, bool turned, bool add, T share, matrix_view<T, D> scores,
            matrix_view<const T, D> dscores, matrix_view<T, D> dqueries, matrix_view<T, D> dcontexts) {
  const auto query_offsets = bag_offsets(ctx, queries), context_offsets = bag_offsets(ctx, contexts);
  const auto down = bag_tiles(query_offsets, bag_tile_rows), across = bag_tiles(context_offsets, bag_tile_columns);
  const index_t most_down = most_rows(down), most_across = most_rows(across), longest = contexts.longest;
  index_t items_down = 0, items_across = 0;
  for (const bag_tile& t : down) items_down = t.items > items_down ? t.items : items_down;
  for (const bag_tile& t : across) items_across = t.items > items_across ? t.items : items_across;
  const scratch_scope scope(ctx);
  const auto lengths = scratch_vector<T>(ctx, queries.values.rows());
  op::row_norms<D, T>(ctx, queries.values, lengths);
  const auto row_item = scratch_vector<index_t>(ctx, most_down), col_item = scratch_vector<index_t>(ctx, most_across);
  vector_view<T, D> blocks[3], pairs[3];
  for (auto& m : blocks) m = scratch_vector<T>(ctx, most_down * most_across);
  for (auto& m : pairs) m = scratch_vector<T>(ctx, most_down * items_across);
  const auto spread = scratch_vector<T>(ctx, items_down * most_across);
  const auto gram_memory = scratch_matrix<T>(ctx, most_across, longest);
  const auto dgram_memory = scratch_matrix<T>(ctx, dscores && dcontexts ? most_across : 0, longest);

  for (const bag_tile& cols : across) {
    // begin and length of item j of this tile, from the host
    const auto begin_of = [&](index_t j) {
      return context_offsets[static_cast<std::size_t>(cols.first + j)] - cols.begin;
    };
    const auto length_of = [&](index_t j) { return begin_of(j + 1) - begin_of(j); };
    const auto rows_of = [&](index_t j) { return contexts.values.middle_rows(cols.begin + begin_of(j), length_of(j)); };
    const auto square_of = [&](matrix_view<T, D> m, index_t j) {
      return m.middle_rows(begin_of(j), length_of(j)).middle_cols(0, length_of(j));
    };
    for (index_t j = 0; j < cols.items; ++j)
      if (length_of(j) > 0)
        op::scores<T, D>(ctx, {rows_of(j)}, {rows_of(j)}, op::scoring::inner_product, square_of(gram_memory, j));
    ctx.for_each(cols.items, row_item_at<T, D>{contexts, cols, col_item});
    if (dgram_memory.rows() > 0) ctx.zero(dgram_memory.data(), dgram_memory.size() * static_cast<index_t>(sizeof(T)));
    for (const bag_tile& rows : down) {
      const auto block = [&](int k) {
        return as_matrix(blocks[k].segment(0, rows.rows * cols.rows), rows.rows, cols.rows);
      };
      const auto pair = [&](int k) {
        return as_matrix(pairs[k].segment(0, rows.rows * cols.items), rows.rows, cols.items);
      };
      const attention<T, D> at{queries,
                               contexts,
                               rows,
                               cols,
                               row_item,
                               col_item,
                               lengths.segment(rows.begin, rows.rows),
                               block(0),
                               block(1),
                               block(2),
                               as_matrix(spread.segment(0, rows.items * cols.rows), rows.items, cols.rows),
                               pair(0),
                               pair(1),
                               pair(2),
                               static_cast<T>(how.temperature),
                               static_cast<T>(how.sharpness),
                               how.normalization,
                               how.aggregate};
      const index_t bag_work = cols.rows * (queries.longest > 0 ? queries.longest : 1);
      const auto seeing = queries.values.middle_rows(rows.begin, rows.rows),
                 seen = contexts.values.middle_rows(cols.begin, cols.rows);
      ctx.for_each(rows.items, row_item_at<T, D>{queries, rows, row_item});
      op::scores<T, D>(ctx, {seeing}, {seen}, op::scoring::inner_product, at.products);
      if (how.normalization != cross_attention::normalizer::none)
        ctx.for_each_row(rows.items, bag_work, attention_spread_row<T, D>{at});
      ctx.for_each_row(rows.rows, cols.rows, attention_weights_row<T, D>{at});
      for (index_t j = 0; j < cols.items; ++j)
        if (length_of(j) > 0)
          op::scores<T, D>(ctx, {at.weights.middle_cols(begin_of(j), length_of(j))}, {square_of(gram_memory, j)},
                           op::scoring::inner_product, at.seen.middle_cols(begin_of(j), length_of(j)));
      ctx.for_each_row(rows.rows, cols.rows, attention_cosines_row<T, D>{at});
      ctx.for_each_row(rows.items, bag_work, attention_aggregate_row<T, D>{at, turned, add, share, scores, dscores});
      if (!dscores) continue;
      ctx.for_each_row(rows.rows, cols.rows, attention_softmax_backward_row<T, D>{at});
      ctx.for_each_row(rows.items, bag_work, attention_products_backward_row<T, D>{at});
      if (dqueries) {
        ctx.template gemm<T>(T(1), at.products, transpose::no, seen, transpose::no, T(1),
                             dqueries.middle_rows(rows.begin, rows.rows));
        ctx.for_each_row(rows.rows, dqueries.cols(), attention_length_backward_row<T, D>{at, dqueries});
      }
      if (dcontexts) {
        ctx.template gemm<T>(T(1), at.products, transpose::yes, seeing, transpose::no, T(1),
                             dcontexts.middle_rows(cols.begin, cols.rows));
        for (index_t j = 0; j < cols.items; ++j)
          if (length_of(j) > 0)
            ctx.template gemm<T>(T(1), at.weights.middle_cols(begin_of(j), length_of(j)), transpose::yes,
                                 at.seen.middle_cols(begin_of(j), length_of(j)), transpose::no, T(1),
                                 square_of(dgram_memory, j));
      }
    }
    // |u|^2 = w' C C' w: its gradient for C is 2 (sum of w w') C
    if (dscores && dcontexts)
      for (index_t j = 0; j < cols.items; ++j)
        if (length_of(j) > 0)
          ctx.template gemm<T>(T(2), square_of(dgram_memory, j), transpose::no, rows_of(j), transpose::no, T(1),
                               dcontexts.middle_rows(cols.begin + begin_of(j), length_of(j)));
  }
}

}  // namespace detail

template <Scalar T, Device D>
void cross_attention::score(context<D>& ctx, const_batch<T, D> a, const_batch<T, D> b, matrix_view<T, D> scores) const {
  check();
  detail::expect_bags(a, b, scores);
  const T share = looks == direction::both ? T(0.5) : T(1);
  if (looks != direction::second_looks) detail::attend<T, D>(ctx, *this, a, b, false, false, share, scores, {}, {}, {});
  if (looks != direction::first_looks)
    detail::attend<T, D>(ctx, *this, b, a, true, looks == direction::both, share, scores, {}, {}, {});
}

template <Scalar T, Device D>
void cross_attention::backward(context<D>& ctx, const_batch<T, D> a, const_batch<T, D> b, const_matrix<T, D> scores,
                               const_matrix<T, D> dscores, matrix_view<T, D> da,
                               std::type_identity_t<matrix_view<T, D>> db) const {
  check();
  detail::expect_bags(a, b, scores);
  detail::expect_gradients<T, D>(a.values, a.items, b.values, b.items, scores, dscores, da, db);
  const T share = looks == direction::both ? T(0.5) : T(1);
  if (looks != direction::second_looks)
    detail::attend<T, D>(ctx, *this, a, b, false, false, share, {}, dscores, da, db);
  if (looks != direction::first_looks) detail::attend<T, D>(ctx, *this, b, a, true, false, share, {}, dscores, db, da);
}

static_assert(DifferentiableBagSimilarity<cross_attention> && DifferentiableSimilarity<cross_attention>);

}  // namespace kindred::similarity
