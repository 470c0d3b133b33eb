// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/op/shape_check.hpp>
#include <kindred/similarity/product_form.hpp>
#include <vector>

namespace kindred::similarity {

namespace detail {

/// Items [first, first + items) of a batch and their rows [begin, begin + rows).
struct bag_tile {
  index_t first, items, begin, rows;
};

/// Where the items of a batch begin, on the host; items + 1 numbers. Waits for a device with memory of its own where
/// items differ in length.
template <class T, Device D>
std::vector<index_t> bag_offsets(context<D>& ctx, batch_view<const T, D> x) {
  op::expect_batch("similarity", x);
  std::vector<index_t> offsets(static_cast<std::size_t>(x.items + 1));
  if (x.offsets) {
    ctx.copy_to_host(offsets.data(), x.offsets.data(), (x.items + 1) * static_cast<index_t>(sizeof(index_t)));
    ctx.synchronize();
  } else {
    for (std::size_t i = 0; i < offsets.size(); ++i) offsets[i] = static_cast<index_t>(i) * x.longest;
  }
  for (std::size_t i = 1; i < offsets.size(); ++i)
    expects(offsets[i] >= offsets[i - 1], "similarity: offset {} is smaller than the one before it", i);
  expects(offsets.front() == 0 && offsets.back() == x.values.rows(), "similarity: offsets from {} to {} of {} rows",
          offsets.front(), offsets.back(), x.values.rows());
  return offsets;
}

/// Cuts items into tiles of at most `rows` rows, or of one item.
inline std::vector<bag_tile> bag_tiles(const std::vector<index_t>& offsets, index_t rows) {
  std::vector<bag_tile> tiles;
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    const index_t length = offsets[i + 1] - offsets[i];
    if (tiles.empty() || tiles.back().rows + length > rows)
      tiles.push_back({static_cast<index_t>(i), 0, offsets[i], 0});
    ++tiles.back().items;
    tiles.back().rows += length;
  }
  return tiles;
}
/// Rows in the largest tile.
inline index_t most_rows(const std::vector<bag_tile>& tiles) {
  index_t most = 0;
  for (const bag_tile& t : tiles) most = t.rows > most ? t.rows : most;
  return most;
}

/// Rows of a tile on either side: products of 8 MiB in float. On context<cpu> no score depends on it; the order in
/// which gradients are summed does.
inline constexpr index_t bag_tile_rows = 1024, bag_tile_columns = 2048;

/// What pairs of bags see of the products of their rows.
template <class T, class D>
struct bag_blocks {
  batch_view<const T, D> a, b;
  bag_tile rows, cols;
  matrix_view<T, D> products;

  /// Products of the rows of item i of the tile with those of item j.
  KINDRED_HD matrix_view<T, D> operator()(index_t i, index_t j) const {
    const index_t r = rows.first + i, c = cols.first + j;
    return {products.data() + (a.begin(r) - rows.begin) * products.stride() + (b.begin(c) - cols.begin), a.length(r),
            b.length(c), products.stride()};
  }
};

template <class Self, class T, class D>
struct bag_score_row {
  Self self;
  bag_blocks<T, D> blocks;
  matrix_view<T, D> scores;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t i) const {
    g.for_each(blocks.cols.items, [&](index_t j) {
      const matrix_view<const T, D> block = blocks(i, j);
      scores(blocks.rows.first + i, blocks.cols.first + j) =
          block.rows() > 0 && block.cols() > 0 ? self.template block_score<T, D>(block) : T(0);
    });
  }
};
template <class Self, class T, class D>
struct bag_gradient_row {
  Self self;
  bag_blocks<T, D> blocks;
  matrix_view<const T, D> dscores;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t i) const {
    g.for_each(blocks.cols.items, [&](index_t j) {
      const matrix_view<T, D> block = blocks(i, j);
      if (block.rows() > 0 && block.cols() > 0)
        self.template block_gradient<T, D>(block, dscores(blocks.rows.first + i, blocks.cols.first + j));
    });
  }
};

template <class T, class D, class Scores>
void expect_bags(const batch_view<const T, D>& a, const batch_view<const T, D>& b, const Scores& scores) {
  expects(scores.rows() == a.items && scores.cols() == b.items, "similarity: expected scores of {} x {}, got {} x {}",
          a.items, b.items, scores.rows(), scores.cols());
  expects(a.values.cols() == b.values.cols(), "similarity: rows of {} numbers but rows of {}", a.values.cols(),
          b.values.cols());
}

/// work(blocks) for every tile, with the products of its rows.
template <class T, Device D, class Work>
void over_bag_tiles(context<D>& ctx, batch_view<const T, D> a, batch_view<const T, D> b, Work work) {
  const auto down = bag_tiles(bag_offsets(ctx, a), bag_tile_rows);
  const auto across = bag_tiles(bag_offsets(ctx, b), bag_tile_columns);
  const scratch_scope scope(ctx);
  const auto memory = scratch_vector<T>(ctx, most_rows(down) * most_rows(across));
  for (const bag_tile& rows : down)
    for (const bag_tile& cols : across) {
      const auto products = as_matrix(memory.segment(0, rows.rows * cols.rows), rows.rows, cols.rows);
      op::scores<T, D>(ctx, {a.values.middle_rows(rows.begin, rows.rows)},
                       {b.values.middle_rows(cols.begin, cols.rows)}, op::scoring::inner_product, products);
      work(bag_blocks<T, D>{a, b, rows, cols, products});
    }
}

// Similarities of bags that look at the inner products of all rows of one bag with all of the other: score() and
// backward() from two functions of the block of products of a pair, both marked KINDRED_HD,
//   T block_score<T, D>(block) const                 the score; rows of the first x rows of the second
//   void block_gradient<T, D>(block, dscore) const   overwrites the products by d value / d products
// Neither sees a bag without rows: its scores are 0 and nothing passes.

template <class Self, class T, Device D>
void score_bags(context<D>& ctx, const Self& self, batch_view<const T, D> a, batch_view<const T, D> b,
                matrix_view<T, D> scores) {
  expect_bags(a, b, scores);
  over_bag_tiles<T, D>(ctx, a, b, [&](const bag_blocks<T, D>& blocks) {
    ctx.for_each_row(blocks.rows.items, blocks.products.cols() * (a.longest > 0 ? a.longest : 1),
                     bag_score_row<Self, T, D>{self, blocks, scores});
  });
}
template <class Self, class T, Device D>
void bags_backward(context<D>& ctx, const Self& self, batch_view<const T, D> a, batch_view<const T, D> b,
                   matrix_view<const T, D> scores, matrix_view<const T, D> dscores, matrix_view<T, D> da,
                   matrix_view<T, D> db) {
  expect_bags(a, b, scores);
  expect_gradients<T, D>(a.values, a.items, b.values, b.items, scores, dscores, da, db);
  over_bag_tiles<T, D>(ctx, a, b, [&](const bag_blocks<T, D>& blocks) {
    const bag_tile rows = blocks.rows, cols = blocks.cols;
    ctx.for_each_row(rows.items, cols.rows * (a.longest > 0 ? a.longest : 1),
                     bag_gradient_row<Self, T, D>{self, blocks, dscores});
    if (da)
      ctx.template gemm<T>(T(1), blocks.products, transpose::no, b.values.middle_rows(cols.begin, cols.rows),
                           transpose::no, T(1), da.middle_rows(rows.begin, rows.rows));
    if (db)
      ctx.template gemm<T>(T(1), blocks.products, transpose::yes, a.values.middle_rows(rows.begin, rows.rows),
                           transpose::no, T(1), db.middle_rows(cols.begin, cols.rows));
  });
}

}  // namespace detail

}  // namespace kindred::similarity
