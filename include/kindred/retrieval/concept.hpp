// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/index/concept.hpp>
#include <kindred/similarity/concept.hpp>

namespace kindred::retrieval {

/// Which kind of index a pipeline searches with: a plain value from which an index is made once number type, device,
/// dimension and similarity are known.
///
///   make<T>(ctx, dimension, similarity)   an empty Index of T on D that compares by `similarity`
///
/// The index says its number type and device as `value_type` and `device`. To be saved with its pipeline it has
/// save(writer, prefix) and a static load(ctx, file, prefix).
template <class K, class T, class D, class S>
concept IndexSpec = requires(const K& spec, context<D>& ctx, index_t dimension, const S& similarity) {
  { spec.template make<T>(ctx, dimension, similarity) } -> index::Index<T, D>;
};

}  // namespace kindred::retrieval
