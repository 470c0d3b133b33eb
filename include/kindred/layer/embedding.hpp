// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/scratch.hpp>
#include <kindred/layer/concept.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/sort.hpp>

namespace kindred::layer {

/// What happens to the table of an embedding: it is trained; it stays as it was set, among the buffers; or one of each,
/// their columns beside each other, the frozen one first.
enum class embedding_tables { trained, frozen, both };

/// Options of embedding.
struct embedding_options {
  label_t padding = -1;                                 ///< an id whose row starts at 0 and is not trained; -1: none
  embedding_tables tables = embedding_tables::trained;  ///< see embedding_tables
  double start = 0;  ///< above 0: uniform in [-start, start] instead of standard normal

  friend constexpr bool operator==(const embedding_options&, const embedding_options&) = default;
};

namespace detail {
template <class T, Device D>
struct look_up_at {
  vector_view<const label_t, D> ids;
  matrix_view<const T, D> table;
  matrix_view<T, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const index_t id = ids(r);
    y(r, c) = id >= 0 && id < table.rows() ? table(id, c) : T(0);
  }
};

/// Positions by the id that stands there, then ascending.
template <class D>
struct id_before {
  vector_view<const label_t, D> ids;
  KINDRED_HD bool operator()(index_t a, index_t b) const { return ids(a) != ids(b) ? ids(a) < ids(b) : a < b; }
};
template <Device D>
struct sort_positions_row {
  vector_view<const label_t, D> ids;
  vector_view<index_t, D> order;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t) const {
    g.for_each(order.size(), [&](index_t i) { order(i) = i; });
    op::sort(g, order.size(), order.data(), id_before<D>{ids});
  }
};
template <Device D>
void sort_positions(context<D>& ctx, vector_view<const label_t, D> ids, vector_view<index_t, D> order) {
  if constexpr (std::same_as<D, cpu>) {  // the same order, faster than in passes
    for (index_t i = 0; i < order.size(); ++i) order(i) = i;
    std::sort(order.begin(), order.end(), id_before<D>{ids});
  } else {
    ctx.for_each_row(1, order.size(), sort_positions_row<D>{ids, order});
  }
}

// the first position of each id in `order` gathers the rest of its run
template <class T, Device D>
struct look_up_backward_at {
  vector_view<const label_t, D> ids;
  vector_view<const index_t, D> order;
  matrix_view<const T, D> dy;
  matrix_view<T, D> dtable;
  index_t padding;
  KINDRED_HD void operator()(index_t i, index_t c) const {
    const label_t id = ids(order(i));
    if (id < 0 || id >= dtable.rows() || id == padding || (i > 0 && ids(order(i - 1)) == id)) return;
    T sum = 0;
    for (index_t k = i; k < order.size() && ids(order(k)) == id; ++k) sum += dy(order(k), c);
    dtable(id, c) += sum;
  }
};
}  // namespace detail

/// A row of a table for each id: words to vectors.
///
/// y(r, .) = table(x(r), .);   dtable(id, .) += sum of dy(r, .) over the r with x(r) = id
///
/// x        tokens, of fixed or ragged lengths, which stay. An id outside [0, vocabulary) names no row: it gives zeros
///          and gets no gradient
/// y        rows of `cols` numbers; with both tables [frozen | trained]
/// weights  "table" in vocabulary x cols, unless it is frozen
/// buffers  "frozen_table", the same, where one is frozen: saved with the network, but no optimizer sees it and it has
///          no gradient to clear
///
/// The backward pass sorts the positions by id on the device, so that it touches the rows that were used and no others,
/// without atomics and without lists from outside. What clears the gradient and an optimizer still go over the whole
/// table.
///
/// Start        standard normal, or uniform with options.start; the row of `padding` 0.
/// Complexity   O(numbers of y) forward; backward O(numbers of y + n log n) for n ids (n log^2 n in passes on a GPU).
/// Determinism  positions ascending within an id: bit-equal for any number of threads.
/// Reference    PyTorch's Embedding, padding_idx included; ids out of range are an error there.
struct embedding : weighted<embedding> {
  index_t vocabulary;         ///< rows of a table
  index_t cols;               ///< numbers for each id in a table
  embedding_options options;  ///< see embedding_options

  constexpr embedding(index_t ids, index_t columns, embedding_options o = {})
      : vocabulary(ids), cols(columns), options(o) {}

  constexpr bool trained() const { return options.tables != embedding_tables::frozen; }
  constexpr bool frozen() const { return options.tables != embedding_tables::trained; }
  /// Numbers in a row of y.
  constexpr index_t width() const { return trained() && frozen() ? checked_product(2, cols) : cols; }

  torch_tensor torch(const std::string& name, index_t rows, index_t columns) const {
    return {trained() && frozen() && name == "frozen_table" ? "frozen.weight" : "weight", {rows, columns}};
  }
  template <class T, class D, class Visit>
  matrix_view<T, D> pieces(carver<T, D, Visit>& c) const {
    if (!trained()) return {};
    return c.matrix("table", vocabulary, cols);
  }
  template <class T, class D, class Visit>
  matrix_view<T, D> buffer_pieces(carver<T, D, Visit>& c) const {
    if (!frozen()) return {};
    return c.matrix("frozen_table", vocabulary, cols);
  }
  std::string description() const {
    return "embedding(" + std::to_string(vocabulary) + ", " + std::to_string(cols) + ", " +
           std::to_string(options.padding) +
           (!frozen()   ? ")"
            : trained() ? ", frozen and trained)"
                        : ", frozen)");
  }
  shape output(shape x) const {
    x.cols = width();
    return x;
  }
  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D> buffers, std::uint64_t seed) const {
    const auto fill = [&](matrix_view<T, D> table, std::uint64_t stream) {
      const T limit = static_cast<T>(options.start);
      if (options.start > 0)
        op::fill_uniform(ctx, table, -limit, limit, seed, stream);
      else
        op::fill_normal(ctx, table, T(0), T(1), seed, stream);
      if (options.padding >= 0 && options.padding < vocabulary)
        op::fill(ctx, table.middle_rows(options.padding, 1), T(0));
    };
    if (trained()) fill(this->split(weights), 0);
    if (frozen()) fill(this->split_buffers(buffers), 1);
  }
  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D, tokens, batch_view>& pass) const {
    const auto ids = pass.x.values;
    if (frozen())
      ctx.for_each(
          ids.size(), cols,
          detail::look_up_at<T, D>{ids, this->split_buffers(pass.buffers), pass.y.values.middle_cols(0, cols)});
    if (trained())
      ctx.for_each(
          ids.size(), cols,
          detail::look_up_at<T, D>{ids, this->split(pass.weights), pass.y.values.middle_cols(width() - cols, cols)});
  }
  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D, tokens, batch_view>& pass) const {
    if (!pass.dweights || !trained()) return;
    const auto ids = pass.x.values;
    const scratch_scope scope(ctx);
    const auto order = scratch_vector<index_t>(ctx, ids.size());
    detail::sort_positions<D>(ctx, ids, order);
    ctx.for_each(ids.size(), cols,
                 detail::look_up_backward_at<T, D>{ids, order, pass.dy.values.middle_cols(width() - cols, cols),
                                                   this->split(pass.dweights), static_cast<index_t>(options.padding)});
  }
};
static_assert(Layer<embedding, tokens>);

}  // namespace kindred::layer
