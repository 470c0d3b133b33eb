// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/view.hpp>
#include <kindred/relation/concept.hpp>

namespace kindred::relation {

/// Any relation, except that a query ignores itself where it stands in the gallery.
///
/// relation(row, column) = ignored where query_ids(row) == gallery_ids(column), else original(row, column)
///
/// query_ids    one number per query that says which thing it is, such as a product; not owned
/// gallery_ids  one per gallery item; not owned. Several items of one id are all ignored
///
/// For one set in one order give the same ids twice; same_label and multi_label do it faster through their same_set.
/// A graded relation stays one.
/// Errors  shape_error when the original is about other numbers of queries and items.
template <class R, class D>
class without_self {
 public:
  using device = D;

  without_self(R original, vector_view<const index_t, D> query_ids KINDRED_LIFETIMEBOUND,
               vector_view<const index_t, D> gallery_ids KINDRED_LIFETIMEBOUND)
      : original_(original), query_ids_(query_ids), gallery_ids_(gallery_ids) {
    if constexpr (Sized<R>)
      expects(original.queries() == query_ids.size() && original.gallery() == gallery_ids.size(),
              "relation::without_self: {} and {} ids but a relation about {} and {}", query_ids.size(),
              gallery_ids.size(), original.queries(), original.gallery());
  }
  /// Labels, lists or grades of a temporary would be gone before they are read.
  template <class... Arguments>
  requires(OwningTemporary<Arguments> || ...)
  without_self(Arguments&&...) = delete;

  KINDRED_HD constexpr kind operator()(index_t row, index_t column) const {
    return query_ids_(row) == gallery_ids_(column) ? kind::ignored : original_(row, column);
  }
  KINDRED_HD constexpr float grade(index_t row, index_t column) const
  requires GradedRelation<R>
  {
    return query_ids_(row) == gallery_ids_(column) ? 0.0f : original_.grade(row, column);
  }
  KINDRED_HD constexpr index_t queries() const { return query_ids_.size(); }
  KINDRED_HD constexpr index_t gallery() const { return gallery_ids_.size(); }

 private:
  R original_;
  vector_view<const index_t, D> query_ids_, gallery_ids_;
};

template <class R, class Queries, class Gallery>
without_self(R, const Queries&, const Gallery&) -> without_self<R, typename Queries::device>;

}  // namespace kindred::relation
