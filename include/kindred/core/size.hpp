// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <limits>

namespace kindred {

namespace detail {
[[noreturn]] inline void refuse_sizes(const char* sign, index_t a, index_t b) {
  raise<argument_error>("expected sizes of at least 0 and a result below 2^63, got {} {} {}", a, sign, b);
}
}  // namespace detail

/// Multiplies sizes, which may come from files and arguments, so that no product overflows without notice.
///
/// Errors   argument_error where a size is negative or the product is not below 2^63; both sizes are named.
constexpr index_t checked_product(index_t a, index_t b) {
  if (a < 0 || b < 0 || (a > 0 && b > std::numeric_limits<index_t>::max() / a)) detail::refuse_sizes("x", a, b);
  return a * b;
}
template <class... More>
constexpr index_t checked_product(index_t a, index_t b, More... more) {
  return checked_product(checked_product(a, b), more...);
}

/// Adds sizes as checked_product() multiplies them.
constexpr index_t checked_sum(index_t a, index_t b) {
  if (a < 0 || b < 0 || a > std::numeric_limits<index_t>::max() - b) detail::refuse_sizes("+", a, b);
  return a + b;
}
template <class... More>
constexpr index_t checked_sum(index_t a, index_t b, More... more) {
  return checked_sum(checked_sum(a, b), more...);
}

}  // namespace kindred
