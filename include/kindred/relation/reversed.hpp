// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/relation/concept.hpp>

namespace kindred::relation {

namespace detail {
template <class R>
concept AskersRelation = ListRelation<R> && requires(const R& relation, index_t i) {
  { *relation.askers(i).begin() } -> std::convertible_to<index_t>;
};
}  // namespace detail

/// A relation seen from the gallery: the gallery asks and the queries are ranked.
///
/// relation(row, column) = original(column, row)
///
/// A label relation and a graded relation stay one, and a list relation that also has askers(column), the queries among
/// which are all that a gallery item is positive to. `reversed(reversed(r))` asks as r does.
template <class R>
class reversed {
 public:
  explicit reversed(R original) : original_(original) {}

  KINDRED_HD constexpr kind operator()(index_t row, index_t column) const { return original_(column, row); }
  KINDRED_HD constexpr auto query_labels() const
  requires LabelRelation<R>
  {
    return original_.gallery_labels();
  }
  KINDRED_HD constexpr auto gallery_labels() const
  requires LabelRelation<R>
  {
    return original_.query_labels();
  }
  KINDRED_HD constexpr bool same_set() const
  requires LabelRelation<R>
  {
    return original_.same_set();
  }
  KINDRED_HD constexpr float grade(index_t row, index_t column) const
  requires GradedRelation<R>
  {
    return original_.grade(column, row);
  }
  KINDRED_HD constexpr auto candidates(index_t row) const
  requires detail::AskersRelation<R>
  {
    return original_.askers(row);
  }
  KINDRED_HD constexpr auto askers(index_t column) const
  requires ListRelation<R>
  {
    return original_.candidates(column);
  }
  KINDRED_HD constexpr index_t queries() const
  requires Sized<R>
  {
    return original_.gallery();
  }
  KINDRED_HD constexpr index_t gallery() const
  requires Sized<R>
  {
    return original_.queries();
  }

 private:
  R original_;
};

// without this guide, reversing twice would copy instead
template <class R>
reversed(reversed<R>) -> reversed<reversed<R>>;

}  // namespace kindred::relation
