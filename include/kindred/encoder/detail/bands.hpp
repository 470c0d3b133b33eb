// SPDX-License-Identifier: Apache-2.0
/// @file
/// Many items given to a layer some at a time, so that its cache stays small.
#pragma once

#include <kindred/core/scratch.hpp>
#include <kindred/layer/concept.hpp>
#include <vector>

namespace kindred::encoder::detail {

/// As many items of a batch as need 64 MiB of cache, at least one.
template <class T, class Spec>
index_t items_at_a_time(const Spec& spec, const shape& whole) {
  shape one = whole;
  one.items = 1;
  one.rows = whole.longest;
  constexpr index_t most_numbers = (index_t(64) << 20) / static_cast<index_t>(sizeof(T));
  const index_t numbers = spec.cache_size(one), most = numbers > 0 ? most_numbers / numbers : whole.items;
  return most < 1 ? 1 : most < whole.items ? most : whole.items;
}

template <class T, class D>
matrix_view<const T, D> item_rows(matrix_view<const T, D> rows, index_t first, index_t count) {
  return rows.middle_rows(first, count);
}
template <class D>
vector_view<const label_t, D> item_rows(vector_view<const label_t, D> ids, index_t first, index_t count) {
  return ids.segment(first, count);
}

/// visit(part, first) for `at_a_time` items after the other, in order; `part` is x with items [first, first +
/// part.items). Ragged items cost a copy of their offsets to the host and back.
template <template <class, class> class X, class T, Device D, class Visit>
void in_bands(context<D>& ctx, X<const T, D> x, index_t at_a_time, Visit visit) {
  const shape whole = x.shape();
  if (whole.items == 0) return;
  if (at_a_time == whole.items) return visit(x, index_t(0));
  std::vector<index_t> offsets;
  if (whole.ragged) {
    offsets.resize(static_cast<std::size_t>(whole.items) + 1);
    ctx.copy_to_host(offsets.data(), x.offsets.data(), x.offsets.size() * static_cast<index_t>(sizeof(index_t)));
    ctx.synchronize();
  }
  for (index_t first = 0; first < whole.items; first += at_a_time) {
    const index_t count = first + at_a_time < whole.items ? at_a_time : whole.items - first;
    const scratch_scope scope(ctx);
    X<const T, D> part = x;
    part.items = count;
    const auto begin = [&](index_t i) {
      return whole.ragged ? offsets[static_cast<std::size_t>(i)] : i * whole.longest;
    };
    const index_t row = begin(first);
    part.values = item_rows(x.values, row, begin(first + count) - row);
    if (whole.ragged) {
      std::vector<index_t> rebased(offsets.begin() + static_cast<std::ptrdiff_t>(first),
                                   offsets.begin() + static_cast<std::ptrdiff_t>(first + count + 1));
      part.longest = 0;
      for (std::size_t i = 0; i < rebased.size(); ++i) {
        rebased[i] -= row;
        if (i > 0 && rebased[i] - rebased[i - 1] > part.longest) part.longest = rebased[i] - rebased[i - 1];
      }
      const auto on_device = scratch_vector<index_t>(ctx, count + 1);
      ctx.copy_from_host(on_device.data(), rebased.data(), (count + 1) * static_cast<index_t>(sizeof(index_t)));
      part.offsets = on_device;
    }
    visit(part, first);
  }
}

}  // namespace kindred::encoder::detail
