// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/text/token_lists.hpp>

namespace kindred::text {

/// Ids on a device as layers take them: ragged, as token_lists holds them, or rows of one length.
///
///     const device_tokens batch(ctx, sentences.select(chosen));
///     pass.x = batch.view<float>();
///
/// The ids are copied once. Moves; must not outlive its context.
template <Device D>
class device_tokens {
 public:
  /// Lists of any length.
  /// Errors  shape_error for offsets that do not run from 0 to the number of ids, or decrease.
  device_tokens(context<D>& ctx, const token_lists& lists)
      : device_tokens(ctx, lists.values, checked(lists), lists.size(), lists.longest()) {}
  /// Rows of `length` ids, one behind the other: what token_lists::padded gives.
  /// Errors  shape_error when `rows` is no multiple of the length, which is 1 at least.
  device_tokens(context<D>& ctx, std::span<const label_t> rows, index_t length)
      : device_tokens(ctx, rows, {}, items_of(rows, length), length) {}

  /// Number of lists or rows.
  index_t items() const { return items_; }
  /// The ids of a batch_view of T; valid as long as this object. Of a temporary it does not compile.
  template <class T>
  tokens<T, D> view() const& KINDRED_LIFETIMEBOUND {
    return {values_.view(), offsets_.size() == 0 ? vector_view<const index_t, D>() : offsets_.view(), items_, longest_};
  }
  template <class T>
  void view() const&& = delete;

 private:
  device_tokens(context<D>& ctx, std::span<const label_t> ids, std::span<const index_t> offsets, index_t items,
                index_t longest)
      : values_(ctx, ids), offsets_(ctx, offsets), items_(items), longest_(longest) {}
  static std::span<const index_t> checked(const token_lists& lists) {
    const auto& offsets = lists.offsets;
    expects(!offsets.empty() && offsets.front() == 0 && offsets.back() == static_cast<index_t>(lists.values.size()),
            "text::device_tokens: offsets must run from 0 to {} ids", lists.values.size());
    for (std::size_t i = 1; i < offsets.size(); ++i)
      expects(offsets[i] >= offsets[i - 1], "text::device_tokens: offset {} is smaller than the one before it", i);
    return offsets;
  }
  static index_t items_of(std::span<const label_t> rows, index_t length) {
    expects(length >= 1 && static_cast<index_t>(rows.size()) % length == 0, "text::device_tokens: {} ids in rows of {}",
            rows.size(), length);
    return static_cast<index_t>(rows.size()) / length;
  }

  vector<label_t, D> values_;
  vector<index_t, D> offsets_;
  index_t items_, longest_;
};

}  // namespace kindred::text
