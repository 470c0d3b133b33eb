// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/index/flat.hpp>
#include <kindred/retrieval/concept.hpp>

namespace kindred::retrieval {

/// Exact search: pipelines keep their vectors in an index::flat.
struct exact_search {
  template <Scalar T, Device D, class S>
  requires similarity::ProductSimilarity<S, T, D> && (S::rowwise)
  index::flat<T, D, S> make(context<D>& ctx, index_t dimension, const S& similarity) const {
    return index::flat<T, D, S>(ctx, dimension, similarity);
  }
};

}  // namespace kindred::retrieval
