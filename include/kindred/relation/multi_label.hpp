// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/view.hpp>
#include <kindred/relation/concept.hpp>

namespace kindred::relation {

/// Relevant is what shares at least one label; items carry sets of labels.
///
/// relation(row, column) = positive where some word w has query_sets(row, w) & gallery_sets(column, w) != 0
///
/// query_sets    queries x words bit sets: label l is bit l mod 64 of word l / 64; not owned
/// gallery_sets  gallery items x words, likewise
/// same_set      queries and gallery are the same items in the same order: every query ignores itself
///
/// An item without labels is relevant to nothing, not even to itself.
/// Errors  shape_error when the sets have different numbers of words, or same_set with different numbers of items.
template <class D>
class multi_label {
 public:
  using device = D;

  multi_label(matrix_view<const std::uint64_t, D> query_sets KINDRED_LIFETIMEBOUND,
              matrix_view<const std::uint64_t, D> gallery_sets KINDRED_LIFETIMEBOUND, bool same_set = false)
      : query_sets_(query_sets), gallery_sets_(gallery_sets), same_set_(same_set) {
    expects(query_sets.cols() == gallery_sets.cols(), "relation::multi_label: sets of {} words but sets of {} words",
            query_sets.cols(), gallery_sets.cols());
    expects(!same_set || query_sets.rows() == gallery_sets.rows(),
            "relation::multi_label: {} queries but {} gallery items of one set", query_sets.rows(),
            gallery_sets.rows());
  }
  /// Labels, lists or grades of a temporary would be gone before they are read.
  template <class... Arguments>
  requires(OwningTemporary<Arguments> || ...)
  multi_label(Arguments&&...) = delete;

  KINDRED_HD constexpr kind operator()(index_t row, index_t column) const {
    if (same_set_ && row == column) return kind::ignored;
    for (index_t w = 0; w < query_sets_.cols(); ++w)
      if ((query_sets_(row, w) & gallery_sets_(column, w)) != 0) return kind::positive;
    return kind::negative;
  }
  KINDRED_HD constexpr index_t queries() const { return query_sets_.rows(); }
  KINDRED_HD constexpr index_t gallery() const { return gallery_sets_.rows(); }

 private:
  matrix_view<const std::uint64_t, D> query_sets_, gallery_sets_;
  bool same_set_;
};

template <class Queries, class Gallery>
multi_label(const Queries&, const Gallery&, bool = false) -> multi_label<typename Queries::device>;

static_assert(Relation<multi_label<cpu>>);

}  // namespace kindred::relation
