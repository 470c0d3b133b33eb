// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/context.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/layer/concept.hpp>
#include <kindred/miner/concept.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/similarity/concept.hpp>

// Four kinds of losses. All write `value`, one number on the device, and never make the host wait. What is written
// where:
//   dscores                              overwritten
//   da, db, dembeddings, dweights        accumulated; absent where not wanted
// A loss that learns numbers of its own (proxies, margins, a temperature) is layer::Parametric as well and takes
// `weights` after ctx and `dweights` before value.
namespace kindred::loss {

/// A loss on scores, the waist of the library: l(ctx, scores, relation, dscores, value).
///
/// scores   rows x cols, higher is closer
/// dscores  d value / d scores, overwritten
template <class L>
concept ScoreLoss =
    std::copyable<L> && requires(const L& l, context<cpu>& ctx, matrix_view<const float, cpu> scores,
                                 const relation::same_label<cpu>& relation, matrix_view<float, cpu> dscores,
                                 vector_view<float, cpu> value) { l(ctx, scores, relation, dscores, value); };

/// A ScoreLoss that learns: l(ctx, weights, scores, relation, dscores, dweights, value).
template <class L>
concept LearnableScoreLoss =
    layer::Parametric<L> &&
    requires(const L& l, context<cpu>& ctx, vector_view<float, cpu> weights, matrix_view<const float, cpu> scores,
             const relation::same_label<cpu>& relation, matrix_view<float, cpu> dscores,
             vector_view<float, cpu> value) { l(ctx, weights, scores, relation, dscores, weights, value); };

/// A loss on labelled rows: l(ctx, embeddings, labels, dembeddings, value).
template <class L>
concept EmbeddingLoss =
    std::copyable<L> && requires(const L& l, context<cpu>& ctx, matrix_view<const float, cpu> embeddings,
                                 vector_view<const label_t, cpu> labels, matrix_view<float, cpu> dembeddings,
                                 vector_view<float, cpu> value) { l(ctx, embeddings, labels, dembeddings, value); };

/// An EmbeddingLoss that learns: l(ctx, weights, embeddings, labels, dembeddings, dweights, value).
template <class L>
concept LearnableEmbeddingLoss =
    layer::Parametric<L> &&
    requires(const L& l, context<cpu>& ctx, vector_view<float, cpu> weights, matrix_view<const float, cpu> embeddings,
             vector_view<const label_t, cpu> labels, matrix_view<float, cpu> dembeddings,
             vector_view<float, cpu> value) { l(ctx, weights, embeddings, labels, dembeddings, weights, value); };

/// A loss on two batches, rows or bags: l(ctx, a, b, relation, da, db, value). da and db may be one view (siamese).
template <class L>
concept PairLoss =
    std::copyable<L> &&
    requires(const L& l, context<cpu>& ctx, matrix_view<const float, cpu> a, const relation::same_label<cpu>& relation,
             matrix_view<float, cpu> da, vector_view<float, cpu> value) { l(ctx, a, a, relation, da, da, value); };

/// A PairLoss that learns: l(ctx, weights, a, b, relation, da, db, dweights, value).
template <class L>
concept LearnablePairLoss =
    layer::Parametric<L> &&
    requires(const L& l, context<cpu>& ctx, vector_view<float, cpu> weights, matrix_view<const float, cpu> a,
             const relation::same_label<cpu>& relation, matrix_view<float, cpu> da,
             vector_view<float, cpu> value) { l(ctx, weights, a, a, relation, da, da, weights, value); };

/// Whether a loss on pairs asks its relation for labels (relation::LabelRelation), so that pairs without labels will
/// not do: such a loss has a member `static constexpr bool needs_labels = true`.
template <class L>
inline constexpr bool needs_labels = requires { requires bool(L::needs_labels); };

}  // namespace kindred::loss
