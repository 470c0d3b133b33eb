// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <span>
#include <vector>

namespace kindred::text {

/// One end of a list of tokens.
enum class list_end : bool { front, back };

/// Where lists are cut and filled up to one length.
struct padding {
  list_end cut = list_end::back;   ///< the end at which tokens beyond the length are dropped
  list_end fill = list_end::back;  ///< the end at which shorter lists are filled
};

/// Lists of ids of any length, one behind the other, on the host: texts whose words an encoder takes. Layers take them
/// as they are (device_tokens): no padding, no mask. padded() is for what wants a rectangle.
///
/// List i is values[offsets[i]] to values[offsets[i + 1] - 1].
struct token_lists {
  std::vector<label_t> values;      ///< ids of all lists
  std::vector<index_t> offsets{0};  ///< lists + 1 positions

  /// Number of lists.
  index_t size() const { return static_cast<index_t>(offsets.size()) - 1; }
  /// The ids of list i. Errors: argument_error for i outside [0, size()).
  std::span<const label_t> item(index_t i) const {
    expects<argument_error>(i >= 0 && i < size(), "text::token_lists::item: {} of {} lists", i, size());
    const auto at = static_cast<std::size_t>(i);
    return std::span(values).subspan(static_cast<std::size_t>(offsets[at]),
                                     static_cast<std::size_t>(offsets[at + 1] - offsets[at]));
  }
  /// Ids of the longest list, 0 without lists.
  index_t longest() const;

  /// Appends a list, which may be empty and may be one of these.
  void add(std::span<const label_t> ids);
  /// Makes one list of the ids that were appended to `values` since the last list: for vocabulary::encode.
  void close() { offsets.push_back(static_cast<index_t>(values.size())); }

  /// The lists of these numbers in that order, each as often as it is named: a batch. Errors: as item().
  token_lists select(std::span<const index_t> items) const;
  /// Each list with at most `length` ids, the rest cut off at `cut`. Errors: argument_error for a negative length.
  token_lists truncated(index_t length, list_end cut = list_end::back) const;

  /// size() x length ids, row by row: longer lists cut, shorter ones filled with `fill`.
  ///
  /// length  0: that of the longest list
  /// fill    any id: one of a row that is not trained (layer::embedding_options::padding), or -1, which has no row and
  ///         gives zeros
  ///
  /// Padding changes what layers compute that see all rows of an item: a mean counts the zeros, a maximum is 0 at
  /// least.
  /// Errors  argument_error for a negative length, and for one that no memory can hold.
  std::vector<label_t> padded(index_t length, label_t fill, padding where = {}) const;
  /// The lists in rows of `length` ids, without the run of `fill` at the end where `where.fill` puts it: what padded()
  /// gave, where no list was cut or ended in `fill` itself.
  ///
  /// Errors  argument_error for a negative length; shape_error when `rows` is no multiple of it.
  static token_lists from_padded(std::span<const label_t> rows, index_t length, label_t fill, padding where = {});

  /// Equal lists in the same order.
  friend bool operator==(const token_lists&, const token_lists&) = default;
};

}  // namespace kindred::text

#if !defined(KINDRED_COMPILED)
#include <kindred/text/detail/token_lists_impl.hpp>
#endif
