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

  op::comparable<T, D> view() const& KINDRED_LIFETIMEBOUND {
    return {rows, square_norms ? vector_view<const T, D>(square_norms->view()) : vector_view<const T, D>()};
  }
  void view() const&& = delete;
};

/// Two sets of embeddings to scores: score(ctx, a, b, scores) fills rows(a) x rows(b) numbers, higher is closer.
template <class S, class T = float, class D = cpu>
concept Similarity = std::copyable<S> && requires(const S& similarity, context<D>& ctx, matrix_view<const T, D> a,
                                                  matrix_view<T, D> scores) { similarity.score(ctx, a, a, scores); };

/// A similarity that gradients pass through: backward(ctx, a, b, scores, dscores, da, db) adds d value / d a to da and
/// d value / d b to db, which may be one view (a batch compared with itself) and are absent where not wanted. `scores`
/// is what score() gave for the same a and b.
template <class S, class T = float, class D = cpu>
concept DifferentiableSimilarity =
    Similarity<S, T, D> && requires(const S& similarity, context<D>& ctx, matrix_view<const T, D> a,
                                    matrix_view<T, D> da) { similarity.backward(ctx, a, a, a, a, da, da); };

/// Two sets of bags to scores: score(ctx, a, b, scores) fills items(a) x items(b) numbers, higher is closer. A matrix
/// is a batch of bags of one row each, so it is a Similarity as well.
template <class S, class T = float, class D = cpu>
concept BagSimilarity = std::copyable<S> && requires(const S& similarity, context<D>& ctx, batch_view<const T, D> a,
                                                     matrix_view<T, D> scores) { similarity.score(ctx, a, a, scores); };

/// A bag similarity that gradients pass through: backward(ctx, a, b, scores, dscores, da, db) adds to the gradients of
/// the rows of all bags, da of the shape of a.values and db of b.values; otherwise as DifferentiableSimilarity.
template <class S, class T = float, class D = cpu>
concept DifferentiableBagSimilarity =
    BagSimilarity<S, T, D> &&
    requires(const S& similarity, context<D>& ctx, batch_view<const T, D> a, matrix_view<const T, D> scores,
             matrix_view<T, D> da) { similarity.backward(ctx, a, a, scores, scores, da, da); };

/// A similarity that is a product once each side was prepared by itself: prepare(ctx, x) -> prepared<T, D>, and
/// `scoring` says how scores come from the product. Searches and rankings need this form; they never hold all scores.
/// `rowwise` is true when a row's preparation depends on that row alone, which an index asks for. A similarity whose
/// score is a monotone function of the product's says which with a static final_score(s); rankings do not need it.
template <class S, class T = float, class D = cpu>
concept ProductSimilarity =
    Similarity<S, T, D> && requires(const S& similarity, context<D>& ctx, matrix_view<const T, D> x) {
      { S::scoring } -> std::convertible_to<op::scoring>;
      { S::rowwise } -> std::convertible_to<bool>;
      { similarity.prepare(ctx, x) } -> std::same_as<prepared<T, D>>;
    };

/// A similarity that is a product once its sides were prepared, each in a way of its own: prepare_first(ctx, a) for
/// queries, prepare_second(ctx, b) for what they ask for. reversed() is the similarity of b to a.
template <class S, class T = float, class D = cpu>
concept TwoSidedSimilarity =
    Similarity<S, T, D> && requires(const S& similarity, context<D>& ctx, matrix_view<const T, D> x) {
      { S::scoring } -> std::convertible_to<op::scoring>;
      { S::rowwise } -> std::convertible_to<bool>;
      { similarity.prepare_first(ctx, x) } -> std::same_as<prepared<T, D>>;
      { similarity.prepare_second(ctx, x) } -> std::same_as<prepared<T, D>>;
      { similarity.reversed() } -> std::same_as<S>;
    };

/// Queries made ready by a ProductSimilarity or a TwoSidedSimilarity.
template <class S, class T, Device D>
prepared<T, D> prepare_first(context<D>& ctx, const S& similarity, matrix_view<const T, D> a) {
  if constexpr (TwoSidedSimilarity<S, T, D>)
    return similarity.prepare_first(ctx, a);
  else
    return similarity.prepare(ctx, a);
}
/// What queries ask for, made ready.
template <class S, class T, Device D>
prepared<T, D> prepare_second(context<D>& ctx, const S& similarity, matrix_view<const T, D> b) {
  if constexpr (TwoSidedSimilarity<S, T, D>)
    return similarity.prepare_second(ctx, b);
  else
    return similarity.prepare(ctx, b);
}

/// The similarity of b to a: what a similarity says with reversed(), else itself.
template <class S>
S reversed(const S& similarity) {
  if constexpr (requires {
                  { similarity.reversed() } -> std::same_as<S>;
                })
    return similarity.reversed();
  else
    return similarity;
}

/// Whether rows of different lengths may be compared, which a similarity says with a static member of that name.
template <class S>
constexpr bool different_widths() {
  if constexpr (requires {
                  { S::different_widths } -> std::convertible_to<bool>;
                })
    return S::different_widths;
  else
    return false;
}

}  // namespace kindred::similarity
