// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/op/nearest.hpp>
#include <kindred/similarity/concept.hpp>

namespace kindred::index {

/// A set of embeddings that answers which of them are closest to a query.
///
///   add(ctx, vectors)         adds rows; the first gets id 0, and ids count up in the order of addition
///   search(ctx, queries, k)   the k best per query, best first: op::hits
///   size, dimension           rows held and numbers per row
template <class X, class T = float, class D = cpu>
concept Index = requires(X& index, const X& fixed, context<D>& ctx, matrix_view<const T, D> vectors, index_t k) {
  index.add(ctx, vectors);
  { fixed.search(ctx, vectors, k) } -> std::same_as<op::hits<T, D>>;
  { fixed.size() } -> std::same_as<index_t>;
  { fixed.dimension() } -> std::same_as<index_t>;
};

/// A similarity whose rows an index can keep: a product of rows that are prepared one by one, on both sides alike or,
/// for queries and kept rows, each in a way of its own.
template <class S, class T = float, class D = cpu>
concept RowwiseSimilarity =
    (similarity::ProductSimilarity<S, T, D> || similarity::TwoSidedSimilarity<S, T, D>)&&bool(S::rowwise);

}  // namespace kindred::index
