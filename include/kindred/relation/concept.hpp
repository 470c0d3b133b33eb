// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <kindred/core/config.hpp>
#include <kindred/core/types.hpp>

namespace kindred::relation {

/// What a gallery item is to a query. `ignored` items stand in no ranking: the query itself, or what is not judged.
enum class kind : signed char { ignored, positive, negative };

/// Who is relevant to whom: relation(row, column) for query `row` and gallery item `column`, on host and device.
/// A small copyable functor over views; to add one, write the call operator with KINDRED_HD.
template <class R>
concept Relation = std::copyable<R> && requires(const R& relation, index_t i) {
  { relation(i, i) } -> std::same_as<kind>;
};

/// A relation that knows how many queries() and how many gallery() items it is about, so that sizes can be checked.
template <class R>
concept Sized = Relation<R> && requires(const R& relation) {
  { relation.queries() } -> std::same_as<index_t>;
  { relation.gallery() } -> std::same_as<index_t>;
};

/// A relation that classes explain: positive where labels are equal, negative elsewhere, except that an item may ignore
/// itself. Rankings use it to go through the gallery class by class instead of asking about every pair.
///
///   query_labels(), gallery_labels()   views of label_t
///   same_set()                         query i and gallery item i are one item, which is ignored
template <class R>
concept LabelRelation = Relation<R> && requires(const R& relation) {
  relation.query_labels();
  relation.gallery_labels();
  { relation.same_set() } -> std::same_as<bool>;
};

/// A relation that also says how relevant: grade(row, column) is above 0 exactly where the item is positive, else 0.
template <class R>
concept GradedRelation = Relation<R> && requires(const R& relation, index_t i) {
  { relation.grade(i, i) } -> std::same_as<float>;
};

/// A relation that lists where to look: candidates(row) are ids of gallery items, ascending; whatever is positive is
/// among them, and nothing is ignored. A relation that does not know its gallery may name ids behind its end. Rankings
/// on the host then need not ask about every pair.
template <class R>
concept ListRelation = Relation<R> && requires(const R& relation, index_t i) {
  { *relation.candidates(i).begin() } -> std::convertible_to<index_t>;
  { relation.candidates(i).size() } -> std::convertible_to<index_t>;
};

}  // namespace kindred::relation
