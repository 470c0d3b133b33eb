// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/op/scores.hpp>
#include <optional>

namespace kindred::similarity {

/// The rows of a matrix made ready for products: the matrix itself or a changed copy, with squared norms where the
/// scoring wants them. Must not outlive the matrix it was made from.
template <class T, Device D>
struct prepared {
  matrix_view<const T, D> rows;                ///< what to compare
  std::optional<matrix<T, D>> changed{};       ///< owns `rows` where they differ from the input
  std::optional<vector<T, D>> square_norms{};  ///< one per row, or absent

  op::comparable<T, D> view() const {
    return {rows, square_norms ? vector_view<const T, D>(square_norms->view()) : vector_view<const T, D>()};
  }
};

/// Two sets of embeddings to scores: score(ctx, a, b, scores) fills rows(a) x rows(b) numbers, higher is closer.
template <class S, class T = float, class D = cpu>
concept Similarity = std::copyable<S> &&
    requires(const S& similarity, context<D>& ctx, matrix_view<const T, D> a, matrix_view<T, D> scores) {
  similarity.score(ctx, a, a, scores);
};

/// A similarity that is a product once each side was prepared by itself: prepare(ctx, x) -> prepared<T, D>, and
/// `scoring` says how scores come from the product. Searches and rankings need this form; they never hold all scores.
/// `rowwise` is true when a row's preparation depends on that row alone, which an index asks for. A similarity whose
/// score is a monotone function of the product's says which with a static final_score(s); rankings do not need it.
template <class S, class T = float, class D = cpu>
concept ProductSimilarity = Similarity<S, T, D> &&
    requires(const S& similarity, context<D>& ctx, matrix_view<const T, D> x) {
  { S::scoring } -> std::convertible_to<op::scoring>;
  { S::rowwise } -> std::convertible_to<bool>;
  { similarity.prepare(ctx, x) } -> std::same_as<prepared<T, D>>;
};

}  // namespace kindred::similarity
