// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/size.hpp>
#include <kindred/text/token_lists.hpp>

namespace kindred::text {

namespace detail {
/// The ids that stay of a list when `length` are allowed.
inline std::span<const label_t> shortened(std::span<const label_t> ids, index_t length, list_end cut) {
  const auto most = std::min(ids.size(), static_cast<std::size_t>(length));
  return cut == list_end::back ? ids.first(most) : ids.last(most);
}
}  // namespace detail

KINDRED_INLINE index_t token_lists::longest() const {
  index_t most = 0;
  for (std::size_t i = 1; i < offsets.size(); ++i) most = std::max(most, offsets[i] - offsets[i - 1]);
  return most;
}

KINDRED_INLINE void token_lists::add(std::span<const label_t> ids) {
  // growing may move the ids to append
  const bool own = ids.data() >= values.data() && ids.data() < values.data() + values.size();
  const auto from = own ? ids.data() - values.data() : 0;
  const std::size_t at = values.size();
  values.resize(at + ids.size());
  std::copy_n(own ? values.data() + from : ids.data(), ids.size(), values.data() + at);
  close();
}

KINDRED_INLINE token_lists token_lists::select(std::span<const index_t> items) const {
  token_lists out;
  for (const index_t i : items) out.add(item(i));
  return out;
}

KINDRED_INLINE token_lists token_lists::truncated(index_t length, list_end cut) const {
  expects<argument_error>(length >= 0, "text::token_lists::truncated: length is {}", length);
  token_lists out;
  for (index_t i = 0; i < size(); ++i) out.add(detail::shortened(item(i), length, cut));
  return out;
}

KINDRED_INLINE std::vector<label_t> token_lists::padded(index_t length, label_t fill, padding where) const {
  expects<argument_error>(length >= 0, "text::token_lists::padded: length is {}", length);
  if (length == 0) length = longest();
  checked_product(size(), length, static_cast<index_t>(sizeof(label_t)));
  std::vector<label_t> rows(static_cast<std::size_t>(size() * length), fill);
  auto row = rows.begin();
  for (index_t i = 0; i < size(); ++i, row += static_cast<std::ptrdiff_t>(length)) {
    const auto ids = detail::shortened(item(i), length, where.cut);
    const auto shift = where.fill == list_end::back ? 0 : length - static_cast<index_t>(ids.size());
    std::copy(ids.begin(), ids.end(), row + static_cast<std::ptrdiff_t>(shift));
  }
  return rows;
}

KINDRED_INLINE token_lists token_lists::from_padded(std::span<const label_t> rows, index_t length, label_t fill,
                                                    padding where) {
  expects<argument_error>(length >= 0, "text::token_lists::from_padded: length is {}", length);
  const auto step = static_cast<std::size_t>(length);
  expects(step == 0 ? rows.empty() : rows.size() % step == 0, "text::token_lists::from_padded: {} ids in rows of {}",
          rows.size(), length);
  token_lists out;
  for (std::size_t at = 0; at < rows.size(); at += step) {
    auto ids = rows.subspan(at, step);
    if (where.fill == list_end::back)
      while (!ids.empty() && ids.back() == fill) ids = ids.first(ids.size() - 1);
    else
      while (!ids.empty() && ids.front() == fill) ids = ids.last(ids.size() - 1);
    out.add(ids);
  }
  return out;
}

}  // namespace kindred::text
