// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/detail/number_impl.hpp>

namespace kindred::io {

/// Reads the number that `text` shows into `to`; blanks and tabs around it are skipped. Returns null, or the reason why
/// it cannot: "is not a number", "is not finite", "does not fit into the requested type" and the like, for a message of
/// the caller.
///
/// Integers are exact beyond 2^53; a text such as 1e3 is accepted for an integer type where its value is one.
/// Complexity  O(length of the text), no allocation where std::from_chars reads double.
template <class T>
const char* parsed_number(std::string_view text, T& to, non_finite policy) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const char *const first = text.data(), *const end = first + text.size();
  if constexpr (std::is_integral_v<T>) {  // exact beyond 2^53
    const auto [stop, status] = std::from_chars(first, end, to);
    if (stop == end && status == std::errc()) return nullptr;
  }
  double value = 0;
  const auto [stop, status] = detail::read_double(first, end, value);
  if (stop != end || status == std::errc::invalid_argument) return "is not a number";
  if (status != std::errc()) return "is too large or too small for a double";
  const detail::trouble t = detail::converted(value, to, policy);
  return t == detail::trouble::none ? nullptr : detail::text_of(t);
}

}  // namespace kindred::io
