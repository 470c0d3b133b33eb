// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/view.hpp>
#include <kindred/relation/concept.hpp>

namespace kindred::relation {

/// Relevant is what a list says, one list per query: compressed sparse rows, such as the edges of a graph or the
/// judgements of a test collection.
///
/// relation(row, column) = positive where `column` is among items[offsets(row), offsets(row + 1)), else negative
///
/// offsets  queries + 1, from 0 to the number of items, not decreasing; not owned
/// items    gallery ids, ascending in each row, none twice; not owned
/// gallery  number of gallery items
/// grades   how relevant each of `items` is, finite; 0 and below is not relevant. Absent: all 1. Not owned
///
/// Lists come from pairs through relation::pairs. Self-exclusion: relation::without_self.
///
/// Complexity   O(log(length of the row)) per pair; constructing O(items) for the checks, on devices the host can read.
///              Rankings on the host look at the listed items only; the reversed relation is asked about every pair, so
///              for large galleries make the lists of the other direction as well.
/// Errors       shape_error when the sizes do not fit; argument_error when the content breaks the rules above. On a
///              device that the host cannot read the content is not checked.
template <class D>
class csr {
 public:
  using device = D;

  csr(vector_view<const index_t, D> offsets KINDRED_LIFETIMEBOUND,
      vector_view<const index_t, D> items KINDRED_LIFETIMEBOUND, index_t gallery,
      vector_view<const float, D> grades KINDRED_LIFETIMEBOUND = {})
      : offsets_(offsets), items_(items), grades_(grades), gallery_(gallery) {
    expects(offsets.size() > 0, "relation::csr: expected queries + 1 offsets, got none");
    expects(!grades || grades.size() == items.size(), "relation::csr: {} items but {} grades", items.size(),
            grades.size());
    expects<argument_error>(gallery >= 0, "relation::csr: a gallery of {} items", gallery);
    if constexpr (D::host_memory) check();
  }
  /// Labels, lists or grades of a temporary would be gone before they are read.
  template <class... Arguments>
  requires(OwningTemporary<Arguments> || ...)
  csr(Arguments&&...) = delete;

  KINDRED_HD constexpr kind operator()(index_t row, index_t column) const {
    return grade(row, column) > 0 ? kind::positive : kind::negative;
  }
  KINDRED_HD constexpr float grade(index_t row, index_t column) const {
    index_t low = offsets_(row), high = offsets_(row + 1);
    while (low < high) {
      const index_t middle = (low + high) / 2;
      if (items_(middle) < column)
        low = middle + 1;
      else
        high = middle;
    }
    if (low == offsets_(row + 1) || items_(low) != column) return 0;
    return !grades_ ? 1.0f : grades_(low) > 0 ? grades_(low) : 0.0f;
  }
  KINDRED_HD constexpr vector_view<const index_t, D> candidates(index_t row) const {
    return items_.segment(offsets_(row), offsets_(row + 1) - offsets_(row));
  }
  KINDRED_HD constexpr index_t queries() const { return offsets_.size() - 1; }
  KINDRED_HD constexpr index_t gallery() const { return gallery_; }

 private:
  void check() const {
    const index_t queries = offsets_.size() - 1;
    expects<argument_error>(offsets_(0) == 0 && offsets_(queries) == items_.size(),
                            "relation::csr: got offsets from {} to {}, expected 0 to {}", offsets_(0),
                            offsets_(queries), items_.size());
    for (index_t q = 0; q < queries; ++q)
      expects<argument_error>(offsets_(q) <= offsets_(q + 1), "relation::csr: offset {} is {}, after {}", q + 1,
                              offsets_(q + 1), offsets_(q));
    for (index_t q = 0; q < queries; ++q)
      for (index_t i = offsets_(q); i < offsets_(q + 1); ++i) {
        expects<argument_error>(items_(i) >= 0 && items_(i) < gallery_,
                                "relation::csr: query {} names item {} of a gallery of {}", q, items_(i), gallery_);
        expects<argument_error>(i == offsets_(q) || items_(i - 1) < items_(i),
                                "relation::csr: expected ascending items, got in query {} item {} after {}", q,
                                items_(i), items_(i - (i > 0)));
        if (grades_)
          expects<argument_error>(grades_(i) - grades_(i) == 0, "relation::csr: query {} gives item {} the grade {}", q,
                                  items_(i), grades_(i));
      }
  }

  vector_view<const index_t, D> offsets_, items_;
  vector_view<const float, D> grades_;
  index_t gallery_;
};

template <class Offsets, class Items>
csr(const Offsets&, const Items&, index_t) -> csr<typename Offsets::device>;
template <class Offsets, class Items, class Grades>
csr(const Offsets&, const Items&, index_t, const Grades&) -> csr<typename Offsets::device>;

static_assert(GradedRelation<csr<cpu>> && ListRelation<csr<cpu>>);

}  // namespace kindred::relation
