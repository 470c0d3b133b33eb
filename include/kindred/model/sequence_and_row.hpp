// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/items.hpp>

namespace kindred::model {

/// The same items seen twice: as sequences, part by part, and whole. Pictures are the rows of their regions and a row
/// for the picture; texts are the rows of their words and a row for the text. Views; nothing is owned.
///
///   const model::sequence_and_row pictures(regions, images);    // batches, matrices or views of them
///
/// sequence   n items of several rows each, of one length or ragged
/// row        n items, usually of one row each
///
/// Errors   shape_error where both have not the same number of items.
template <Scalar T, Device D>
struct sequence_and_row {
  using value_type = T;
  using device = D;

  batch_view<const T, D> sequence, row;

  template <class Sequence, class Row>
  sequence_and_row(const Sequence& s, const Row& r) : sequence(data::batch_of(s)), row(data::batch_of(r)) {
    expects(sequence.items == row.items, "model::sequence_and_row: {} sequences and {} rows", sequence.items,
            row.items);
  }

  index_t items() const { return sequence.items; }
};
template <class Sequence, class Row>
sequence_and_row(const Sequence&, const Row&) -> sequence_and_row<data::scalar_of<Sequence>, data::device_of<Sequence>>;

}  // namespace kindred::model
