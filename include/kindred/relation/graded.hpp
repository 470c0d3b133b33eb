// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/view.hpp>
#include <kindred/relation/concept.hpp>

namespace kindred::relation {

/// Relevant is what a matrix grades above 0.
///
/// relation(row, column) = positive where grades(row, column) > 0, else negative
///
/// grades  queries x gallery items, finite; not owned. 0 and below is not relevant
///
/// Where few items are graded, relation::csr takes less room.
/// Errors  argument_error for a grade that is NaN or infinite; not checked on a device that the host cannot read.
template <class D>
class graded {
 public:
  using device = D;

  explicit graded(matrix_view<const float, D> grades KINDRED_LIFETIMEBOUND) : grades_(grades) {
    if constexpr (D::host_memory)
      for (index_t r = 0; r < grades.rows(); ++r)
        for (index_t c = 0; c < grades.cols(); ++c)
          expects<argument_error>(grades(r, c) - grades(r, c) == 0,
                                  "relation::graded: query {} gives item {} the grade {}", r, c, grades(r, c));
  }
  /// Labels, lists or grades of a temporary would be gone before they are read.
  template <class... Arguments>
  requires(OwningTemporary<Arguments> || ...)
  graded(Arguments&&...) = delete;

  KINDRED_HD constexpr kind operator()(index_t row, index_t column) const {
    return grades_(row, column) > 0 ? kind::positive : kind::negative;
  }
  KINDRED_HD constexpr float grade(index_t row, index_t column) const {
    return grades_(row, column) > 0 ? grades_(row, column) : 0.0f;
  }
  KINDRED_HD constexpr index_t queries() const { return grades_.rows(); }
  KINDRED_HD constexpr index_t gallery() const { return grades_.cols(); }

 private:
  matrix_view<const float, D> grades_;
};

template <class Grades>
graded(const Grades&) -> graded<typename Grades::device>;
// without this guide, a copy would be taken for a matrix
template <class D>
graded(const graded<D>&) -> graded<D>;

static_assert(GradedRelation<graded<cpu>>);

}  // namespace kindred::relation
