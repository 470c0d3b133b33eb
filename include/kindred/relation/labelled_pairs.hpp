// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/view.hpp>
#include <kindred/relation/concept.hpp>

namespace kindred::relation {

/// Item i belongs to item i alone; what shares its label is neither right nor wrong.
///
/// relation(row, column) = positive where row == column, negative where labels(row) != labels(column), else ignored
///
/// labels   one per pair; not owned, must outlive the relation
///
/// For losses on batches of pairs with classes: each anchor has the one positive that it was given with, and negatives
/// of other classes.
///
/// Reference   Peng, Qi and Yuan 2018 (MCSM): a pair against a random item of another class.
template <class D>
class labelled_pairs {
 public:
  using device = D;

  explicit labelled_pairs(vector_view<const label_t, D> labels KINDRED_LIFETIMEBOUND) : labels_(labels) {}
  /// Labels, lists or grades of a temporary would be gone before they are read.
  template <class... Arguments>
  requires(OwningTemporary<Arguments> || ...)
  labelled_pairs(Arguments&&...) = delete;

  KINDRED_HD constexpr kind operator()(index_t row, index_t column) const {
    if (row == column) return kind::positive;
    return labels_(row) == labels_(column) ? kind::ignored : kind::negative;
  }
  KINDRED_HD constexpr index_t queries() const { return labels_.size(); }
  KINDRED_HD constexpr index_t gallery() const { return labels_.size(); }

 private:
  vector_view<const label_t, D> labels_;
};

template <class Labels>
explicit labelled_pairs(const Labels&) -> labelled_pairs<typename Labels::device>;

static_assert(Sized<labelled_pairs<cpu>>);

}  // namespace kindred::relation
