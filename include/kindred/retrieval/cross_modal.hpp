// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/encoder/features.hpp>
#include <kindred/retrieval/cross_modal_engine.hpp>
#include <kindred/retrieval/exact_search.hpp>
#include <kindred/similarity/cosine.hpp>
#include <span>

namespace kindred::retrieval {

namespace detail {

/// Labels as a learner takes them: a span of them, or what else it takes.
template <class L>
decltype(auto) labels_for_learner(const L& labels) {
  if constexpr (std::is_convertible_v<const L&, std::span<const label_t>>)
    return std::span<const label_t>(labels);
  else if constexpr (requires {
                       { labels.view() } -> std::convertible_to<vector_view<const label_t, cpu>>;
                     })
    return std::span<const label_t>(labels.data(), static_cast<std::size_t>(labels.size()));
  else
    return (labels);
}

/// Whether learner L can be asked as it is. A learner from labels is one that takes them and nothing else.
template <class L, class T, class D>
constexpr bool learns_from_pairs() {
  constexpr bool pairs = projection::PairedLearner<L, T, D>, labels = projection::LabelledLearner<L, T, D>;
  static_assert(pairs || !labels,
                "kindred: this learner learns from labels, so give one per pair: fit(ctx, first_items, second_items, "
                "labels)");
  static_assert(pairs || labels,
                "kindred: the learner has no fit(ctx, x, y) that gives a projection as projection/concept.hpp says");
  return pairs;
}
template <class L, class T, class D, class Labels>
constexpr bool learns_from_labels() {
  constexpr bool pairs = projection::PairedLearner<L, T, D>, takes = projection::LabelledLearner<L, T, D>;
  constexpr bool these = requires(const L& learner, context<D>& ctx, matrix_view<const T, D> x, const Labels& labels) {
    { learner.fit(ctx, x, x, labels_for_learner(labels)) } -> projection::Projection<T, D>;
  };
  static_assert(these || takes || !pairs,
                "kindred: this learner learns from pairs alone, so leave the labels out: fit(ctx, first_items, "
                "second_items)");
  static_assert(these || !takes, "kindred: labels are one label_t per pair, in a std::vector or on the host otherwise");
  static_assert(these || takes || pairs,
                "kindred: the learner has no fit(ctx, x, y, labels) that gives a projection as projection/concept.hpp "
                "says");
  return these;
}

/// Whether both kinds of items come in one number type.
template <class First, class A, class Second, class B>
constexpr bool one_scalar() {
  constexpr bool same = std::is_same_v<decltype(scalar_of<First, A>()), decltype(scalar_of<Second, B>())>;
  static_assert(same,
                "kindred: the first items are of another number type than the second, give both as float or both as "
                "double");
  return same;
}

}  // namespace detail

/// A cross-modal retrieval pipeline: two encoders, a learner of the common space, a similarity in it and a kind of
/// index. A plain value; fit() gives the cross_modal_engine that searches.
///
///   const auto engine = retrieval::cross_modal{projection::cca{.dimensions = 7}}.fit(ctx, images, texts);
///
/// @tparam Learner        options of a projection::PairedLearner or projection::LabelledLearner
/// @tparam Similarity     of projected rows; for an index::flat a similarity::ProductSimilarity that is `rowwise`
/// @tparam First, Second  encoder::Encoders of the two kinds that give one row for each item they read
/// @tparam Search         an IndexSpec
///
/// Number type: that of the items, else `value_type` of the first encoder, else float. Device: that of the context.
///
/// Complexity   of the encoders and the learner; all training items stand encoded in memory together.
/// Determinism  that of the parts.
/// Errors       parts or items that do not fit together are compile errors of one sentence: sequences where rows are
///              wanted, a learner from labels without labels, parts on two devices, two number types, a similarity that
///              an index cannot use. At run time those of the encoders and the learner; shape_error when items do not
///              pair.
template <class Learner, class Similarity = similarity::cosine, class First = encoder::features,
          class Second = encoder::features, class Search = exact_search>
struct cross_modal {
  Learner learner;
  Similarity similarity;
  First first;
  Second second;
  Search search;

  cross_modal(Learner l, Similarity s = {}, First a = {}, Second b = {}, Search i = {})
      : learner(std::move(l)),
        similarity(std::move(s)),
        first(std::move(a)),
        second(std::move(b)),
        search(std::move(i)) {}

  /// Learns from pairs: item i of the first kind belongs to item i of the second. Galleries are empty.
  template <Device D, class A, class B>
  auto fit(context<D>& ctx, const A& first_items, const B& second_items) const {
    if constexpr (detail::one_scalar<First, A, Second, B>()) {
      using T = decltype(detail::scalar_of<First, A>());
      if constexpr (detail::rows_from<First, T, D, A>() && detail::rows_from<Second, T, D, B>() &&
                    detail::learns_from_pairs<Learner, T, D>() && detail::searches<Search, Similarity, T, D>())
        return engine_of<T>(ctx, learner.fit(ctx, as_const(detail::rows_of<T>(ctx, first, first_items)),
                                             as_const(detail::rows_of<T>(ctx, second, second_items))));
    }
  }

  /// Learns from pairs with a label each: labels, one label_t per pair, or what else the learner takes.
  template <Device D, class A, class B, class Labels>
  auto fit(context<D>& ctx, const A& first_items, const B& second_items, const Labels& labels) const {
    if constexpr (detail::one_scalar<First, A, Second, B>()) {
      using T = decltype(detail::scalar_of<First, A>());
      if constexpr (detail::rows_from<First, T, D, A>() && detail::rows_from<Second, T, D, B>() &&
                    detail::learns_from_labels<Learner, T, D, Labels>() && detail::searches<Search, Similarity, T, D>())
        return engine_of<T>(ctx, learner.fit(ctx, as_const(detail::rows_of<T>(ctx, first, first_items)),
                                             as_const(detail::rows_of<T>(ctx, second, second_items)),
                                             detail::labels_for_learner(labels)));
    }
  }

  /// The engine of a file that was saved with the same kinds of parts; their options are those of the file.
  /// Errors  io_error, see cross_modal_engine::load.
  template <Scalar T = float, Device D>
  auto load(context<D>& ctx, const std::string& path) const {
    return engine_type<T, D>::load(ctx, path);
  }
  /// The same with the galleries left in the mapped file.
  template <Scalar T = float, Device D>
  auto open(context<D>& ctx, const std::string& path) const {
    return engine_type<T, D>::open(ctx, path);
  }

 private:
  template <class T, class D>
  static auto learned(const Learner& l, context<D>& ctx, matrix_view<const T, D> x) {
    if constexpr (projection::PairedLearner<Learner, T, D>)
      return l.fit(ctx, x, x);
    else
      return l.fit(ctx, x, x, std::span<const label_t>());
  }
  template <class T, class D>
  using engine_type =
      cross_modal_engine<First, Second,
                         decltype(learned<T, D>(std::declval<const Learner&>(), std::declval<context<D>&>(),
                                                matrix_view<const T, D>())),
                         Similarity, detail::index_made<Search, T, D, Similarity>>;

  template <class T, Device D, class P>
  auto engine_of(context<D>& ctx, P learned) const {
    const index_t k = learned.dimensions();
    using index_type = detail::index_made<Search, T, D, Similarity>;
    return cross_modal_engine<First, Second, P, Similarity, index_type>(first, second, std::move(learned), similarity,
                                                                        search.template make<T>(ctx, k, similarity),
                                                                        search.template make<T>(ctx, k, similarity));
  }
};

}  // namespace kindred::retrieval
