// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <kindred/core/option.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/detail/softmax_terms.hpp>
#include <kindred/op/fill.hpp>
#include <string>

namespace kindred::loss {

namespace detail {
template <class T, Device D>
struct weighted_values_at {
  vector_view<const T, D> values;
  T first, second;
  vector_view<T, D> value;
  KINDRED_HD void operator()(index_t) const { value(0) = first * values(0) + second * values(1); }
};
}  // namespace detail

/// Two losses of one kind as one: on scores, on labelled rows or on pairs. More of them by nesting.
///
/// value = first_weight first + second_weight second, and so the gradients
///
/// Learns where one of them does: then it takes `weights` (those of the first, then those of the second) after ctx and
/// `dweights` before value. The loss of CMPL is weighted_sum{cmpm{}, cmpc(classes, columns), 1.0, 1.0}.
///
/// Complexity   both losses; scratch for the gradients of one.
/// Determinism, Errors   those of its parts.
template <class A, class B>
struct weighted_sum {
  static constexpr bool needs_labels = loss::needs_labels<A> || loss::needs_labels<B>;

  A first = {};
  B second = {};
  double first_weight = 1;
  double second_weight = 1;

  /// ScoreLoss.
  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> scores, const R& relation, matrix_view<T, D> dscores,
                  vector_view<T, D> value) const {
    on_scores<T, D>(ctx, {}, scores, relation, dscores, {}, value);
  }
  /// LearnableScoreLoss.
  template <Scalar T, Device D, relation::Relation R>
  requires(layer::Parametric<A> || layer::Parametric<B>)
  void operator()(context<D>& ctx, const_vector<T, D> weights, const_matrix<T, D> scores, const R& relation,
                  matrix_view<T, D> dscores, std::type_identity_t<vector_view<T, D>> dweights,
                  vector_view<T, D> value) const {
    on_scores<T, D>(ctx, weights, scores, relation, dscores, dweights, value);
  }
  /// EmbeddingLoss.
  template <Scalar T, Device D>
  void operator()(context<D>& ctx, const_matrix<T, D> embeddings, const_vector<label_t, D> labels,
                  matrix_view<T, D> dembeddings, vector_view<T, D> value) const {
    on_rows<T, D>(ctx, {}, embeddings, labels, dembeddings, {}, value);
  }
  /// LearnableEmbeddingLoss.
  template <Scalar T, Device D>
  requires(layer::Parametric<A> || layer::Parametric<B>)
  void operator()(context<D>& ctx, const_vector<T, D> weights, const_matrix<T, D> embeddings,
                  const_vector<label_t, D> labels, matrix_view<T, D> dembeddings,
                  std::type_identity_t<vector_view<T, D>> dweights, vector_view<T, D> value) const {
    on_rows<T, D>(ctx, weights, embeddings, labels, dembeddings, dweights, value);
  }
  /// PairLoss.
  template <Scalar T, Device D, relation::Relation R>
  void operator()(context<D>& ctx, const_matrix<T, D> a, const_matrix<T, D> b, const R& relation, matrix_view<T, D> da,
                  std::type_identity_t<matrix_view<T, D>> db, vector_view<T, D> value) const {
    on_pairs<T, D>(ctx, {}, a, b, relation, da, db, {}, value);
  }
  /// LearnablePairLoss.
  template <Scalar T, Device D, relation::Relation R>
  requires(layer::Parametric<A> || layer::Parametric<B>)
  void operator()(context<D>& ctx, const_vector<T, D> weights, const_matrix<T, D> a, const_matrix<T, D> b,
                  const R& relation, matrix_view<T, D> da, std::type_identity_t<matrix_view<T, D>> db,
                  std::type_identity_t<vector_view<T, D>> dweights, vector_view<T, D> value) const {
    on_pairs<T, D>(ctx, weights, a, b, relation, da, db, dweights, value);
  }

  /// The same with losses that draw other numbers.
  weighted_sum reseeded(std::uint64_t seed) const {
    return {miner::reseeded(first, layer::seed_of_part(seed, 0)), miner::reseeded(second, layer::seed_of_part(seed, 1)),
            first_weight, second_weight};
  }

  index_t parameter_count() const
  requires(layer::Parametric<A> || layer::Parametric<B>)
  {
    return checked_sum(weights_of(first), weights_of(second));
  }
  index_t buffer_count() const
  requires(layer::Parametric<A> || layer::Parametric<B>)
  {
    return 0;
  }
  /// The names of the first get "0." in front, those of the second "1.".
  template <class Visit>
  requires(layer::Parametric<A> || layer::Parametric<B>)
  void parameters(Visit visit) const {
    const auto part = [&](const auto& l, const char* prefix, index_t begin) {
      if constexpr (requires { l.parameters(visit); })
        l.parameters([&](const char* name, index_t offset, index_t rows, index_t cols) {
          visit((prefix + std::string(name)).c_str(), begin + offset, rows, cols);
        });
    };
    part(first, "0.", 0);
    part(second, "1.", weights_of(first));
  }
  template <class Visit>
  requires(layer::Parametric<A> || layer::Parametric<B>)
  void buffers(Visit) const {}
  template <class T, Device D>
  requires(layer::Parametric<A> || layer::Parametric<B>)
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D> buffers, std::uint64_t seed) const {
    const auto part = [&](const auto& l, index_t begin, std::uint64_t which) {
      if constexpr (requires { l.parameter_count(); })
        l.initialize(ctx, weights.segment(begin, l.parameter_count()), buffers, layer::seed_of_part(seed, which));
    };
    part(first, 0, 0);
    part(second, weights_of(first), 1);
  }
  std::string description() const
  requires(layer::Parametric<A> || layer::Parametric<B>)
  {
    const auto part = [](const auto& l) -> std::string {
      if constexpr (requires { l.description(); })
        return l.description();
      else
        return "-";
    };
    return "weighted_sum(" + part(first) + ", " + part(second) + ")";
  }

 private:
  template <class L>
  static index_t weights_of(const L& l) {
    if constexpr (layer::Parametric<L>)
      return l.parameter_count();
    else
      return 0;
  }

  template <class T, class D, class R>
  void on_scores(context<D>& ctx, vector_view<const T, D> weights, matrix_view<const T, D> scores, const R& relation,
                 matrix_view<T, D> dscores, vector_view<T, D> dweights, vector_view<T, D> value) const {
    op::fill(ctx, dscores, T(0));
    both<1>(ctx, weights, std::array{dscores}, dweights, value,
            [&](auto call, const auto& own) { call(scores, relation, own[0]); });
  }
  template <class T, class D>
  void on_rows(context<D>& ctx, vector_view<const T, D> weights, matrix_view<const T, D> embeddings,
               vector_view<const label_t, D> labels, matrix_view<T, D> dembeddings, vector_view<T, D> dweights,
               vector_view<T, D> value) const {
    both<1>(ctx, weights, std::array{dembeddings}, dweights, value,
            [&](auto call, const auto& own) { call(embeddings, labels, own[0]); });
  }
  template <class T, class D, class R>
  void on_pairs(context<D>& ctx, vector_view<const T, D> weights, matrix_view<const T, D> a, matrix_view<const T, D> b,
                const R& relation, matrix_view<T, D> da, matrix_view<T, D> db, vector_view<T, D> dweights,
                vector_view<T, D> value) const {
    both<2>(ctx, weights, std::array{da, db}, dweights, value,
            [&](auto call, const auto& own) { call(a, b, relation, own[0], own[1]); });
  }

  /// run(call, own) makes one loss with gradients of its own, which are then added with their weight.
  template <std::size_t N, class T, class D, class Run>
  void both(context<D>& ctx, vector_view<const T, D> weights, std::array<matrix_view<T, D>, N> gradients,
            vector_view<T, D> dweights, vector_view<T, D> value, Run run) const {
    detail::expect_value("loss::weighted_sum", value);
    expect_finite<T>("loss::weighted_sum", "first_weight", first_weight);
    expect_finite<T>("loss::weighted_sum", "second_weight", second_weight);
    detail::expect_weights<T, D>("loss::weighted_sum", weights, dweights, weights_of(first) + weights_of(second));
    const scratch_scope scope(ctx);
    const auto values = scratch_vector<T>(ctx, 2);
    const auto part = [&](const auto& l, double weight, index_t begin, vector_view<T, D> own_value) {
      const scratch_scope inner(ctx);
      const auto cleared = [&](matrix_view<T, D> like) {
        if (!like) return like;
        const auto made = scratch_matrix<T>(ctx, like.rows(), like.cols());
        op::fill(ctx, made, T(0));
        return made;
      };
      const auto add = [&](matrix_view<T, D> x, matrix_view<T, D> to) {
        if (to) ctx.for_each(to.rows(), to.cols(), detail::add_scaled_at<T, D>{x, static_cast<T>(weight), to});
      };
      std::array<matrix_view<T, D>, N> own{};
      for (std::size_t i = 0; i < N; ++i) own[i] = cleared(gradients[i]);
      if constexpr (requires { l.parameter_count(); }) {
        const index_t n = l.parameter_count();
        const auto to = as_matrix(dweights.segment(begin, n), 1, n), own_weights = cleared(to);
        run(
            [&](const auto&... arguments) {
              l(ctx, weights.segment(begin, n), arguments..., as_vector(own_weights), own_value);
            },
            own);
        add(own_weights, to);
      } else {
        run([&](const auto&... arguments) { l(ctx, arguments..., own_value); }, own);
      }
      for (std::size_t i = 0; i < N; ++i) add(own[i], gradients[i]);
    };
    part(first, first_weight, 0, values.segment(0, 1));
    part(second, second_weight, weights_of(first), values.segment(1, 1));
    ctx.for_each(1, detail::weighted_values_at<T, D>{values, static_cast<T>(first_weight),
                                                     static_cast<T>(second_weight), value});
  }
};

template <class A, class B>
weighted_sum(A, B, double, double) -> weighted_sum<A, B>;

}  // namespace kindred::loss
