// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/softmax_terms.hpp>

namespace kindred::loss {

/// A similarity and a loss on its scores as one loss on embeddings: of two batches (PairLoss), of one labelled batch
/// (EmbeddingLoss, every row ignores itself).
///
/// value = loss(similarity.score(a, b), relation)
///
/// Learns where the loss does (LearnablePairLoss, LearnableEmbeddingLoss): then it takes `weights` after ctx and
/// `dweights` before value, and is layer::Parametric.
///
/// a, b, da, db   what the similarity compares and the gradients, accumulated; absent where not wanted; one view where
///                a and b are one
///
/// Complexity   score, loss and backward of its parts; scratch of two matrices of scores.
/// Determinism, Errors   those of its parts.
template <class S, class L>
struct on_scores {
  S similarity = {};
  L loss = {};

  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, const R& relation, matrix_view<T, D> da,
                  std::type_identity_t<matrix_view<T, D>> db, vector_view<T, D> value) const {
    apply<T, D>(ctx, a, b, da, db, [&](const_matrix<T, D> scores, matrix_view<T, D> dscores) {
      loss(ctx, scores, relation, dscores, value);
    });
  }
  template <Scalar T, Device D>
  void operator()(context<D>& ctx, const_matrix<T, D> embeddings, const_vector<label_t, D> labels,
                  matrix_view<T, D> dembeddings, vector_view<T, D> value) const {
    (*this)(ctx, embeddings, embeddings, kindred::relation::same_label<D>(labels, labels, true), dembeddings,
            dembeddings, value);
  }

  template <Scalar T, Device D, relation::Relation R>
  requires layer::Parametric<L>
  void operator()(context<D>& ctx, const_vector<T, D> weights, const_matrix<T, D> a, const_matrix<T, D> b,
                  const R& relation, matrix_view<T, D> da, std::type_identity_t<matrix_view<T, D>> db,
                  std::type_identity_t<vector_view<T, D>> dweights, vector_view<T, D> value) const {
    apply<T, D>(ctx, a, b, da, db, [&](const_matrix<T, D> scores, matrix_view<T, D> dscores) {
      loss(ctx, weights, scores, relation, dscores, dweights, value);
    });
  }
  template <Scalar T, Device D>
  requires layer::Parametric<L>
  void operator()(context<D>& ctx, const_vector<T, D> weights, const_matrix<T, D> embeddings,
                  const_vector<label_t, D> labels, matrix_view<T, D> dembeddings,
                  std::type_identity_t<vector_view<T, D>> dweights, vector_view<T, D> value) const {
    (*this)(ctx, weights, embeddings, embeddings, kindred::relation::same_label<D>(labels, labels, true), dembeddings,
            dembeddings, dweights, value);
  }

  /// The same with a loss that draws other numbers.
  on_scores reseeded(std::uint64_t seed) const { return {similarity, miner::reseeded(loss, seed)}; }

  index_t parameter_count() const
  requires layer::Parametric<L>
  {
    return loss.parameter_count();
  }
  index_t buffer_count() const
  requires layer::Parametric<L>
  {
    return loss.buffer_count();
  }
  template <class Visit>
  requires layer::Parametric<L>
  void parameters(Visit visit) const {
    loss.parameters(visit);
  }
  template <class Visit>
  requires layer::Parametric<L>
  void buffers(Visit visit) const {
    loss.buffers(visit);
  }
  template <class T, Device D>
  requires layer::Parametric<L>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D> buffers, std::uint64_t seed) const {
    loss.initialize(ctx, weights, buffers, seed);
  }
  std::string description() const
  requires layer::Parametric<L>
  {
    return loss.description();
  }

 private:
  template <class T, class D, class F>
  void apply(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, matrix_view<T, D> da, matrix_view<T, D> db,
             F judge) const {
    const scratch_scope scope(ctx);
    const auto scores = scratch_matrix<T>(ctx, a.rows(), b.rows()),
               dscores = scratch_matrix<T>(ctx, a.rows(), b.rows());
    similarity.score(ctx, a, b, scores);
    judge(scores, dscores);
    if (da || db) similarity.backward(ctx, a, b, const_matrix<T, D>(scores), const_matrix<T, D>(dscores), da, db);
  }
};

}  // namespace kindred::loss
