// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/view.hpp>
#include <kindred/relation/concept.hpp>

namespace kindred::relation {

/// Relevant is what carries the same label.
///
/// relation(row, column) = positive where query_labels(row) == gallery_labels(column), else negative
///
/// query_labels    one per query; not owned, must outlive the relation
/// gallery_labels  one per gallery item; not owned
/// same_set        queries and gallery are the same items in the same order: every query ignores itself
///
/// Takes views or owning vectors: `same_label(labels, labels)`; the device follows from them.
/// Errors  shape_error when same_set is true and there are not as many queries as gallery items.
template <class D>
class same_label {
 public:
  using device = D;

  same_label(vector_view<const label_t, D> query_labels KINDRED_LIFETIMEBOUND,
             vector_view<const label_t, D> gallery_labels KINDRED_LIFETIMEBOUND, bool same_set = false)
      : query_labels_(query_labels), gallery_labels_(gallery_labels), same_set_(same_set) {
    expects(!same_set || query_labels.size() == gallery_labels.size(),
            "relation::same_label: {} queries but {} gallery items of one set", query_labels.size(),
            gallery_labels.size());
  }
  /// Labels, lists or grades of a temporary would be gone before they are read.
  template <class... Arguments>
  requires(OwningTemporary<Arguments> || ...)
  same_label(Arguments&&...) = delete;

  KINDRED_HD constexpr kind operator()(index_t row, index_t column) const {
    if (same_set_ && row == column) return kind::ignored;
    return query_labels_(row) == gallery_labels_(column) ? kind::positive : kind::negative;
  }
  KINDRED_HD constexpr vector_view<const label_t, D> query_labels() const { return query_labels_; }
  KINDRED_HD constexpr vector_view<const label_t, D> gallery_labels() const { return gallery_labels_; }
  KINDRED_HD constexpr bool same_set() const { return same_set_; }
  KINDRED_HD constexpr index_t queries() const { return query_labels_.size(); }
  KINDRED_HD constexpr index_t gallery() const { return gallery_labels_.size(); }

 private:
  vector_view<const label_t, D> query_labels_, gallery_labels_;
  bool same_set_;
};

template <class Queries, class Gallery>
same_label(const Queries&, const Gallery&, bool = false) -> same_label<typename Queries::device>;

static_assert(LabelRelation<same_label<cpu>>);

}  // namespace kindred::relation
