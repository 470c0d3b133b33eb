// SPDX-License-Identifier: Apache-2.0
/// @file
/// How every loader turns a number of a file into the wanted type: the same number, or the nearest float, or trouble.
#pragma once

#include <charconv>
#include <cmath>
#if !defined(__cpp_lib_to_chars)
#include <locale.h>

#include <cstdlib>
#include <string>
#if defined(__APPLE__) || defined(__FreeBSD__)
#include <xlocale.h>
#endif
#endif
#include <kindred/io/limits.hpp>
#include <limits>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace kindred::io::detail {

enum class trouble { none, not_finite, beyond_range, fraction, not_a_boolean };

inline const char* text_of(trouble t) {
  switch (t) {
    case trouble::not_finite:
      return "is not finite";
    case trouble::beyond_range:
      return "does not fit into the requested type";
    case trouble::fraction:
      return "is no integer";
    case trouble::not_a_boolean:
      return "is neither true nor false";
    case trouble::none:
      break;
  }
  return "";
}

template <class S, class T>
trouble converted(S from, T& to, non_finite policy) {
  if constexpr (std::is_floating_point_v<S> && std::is_floating_point_v<T>) {
    to = static_cast<T>(from);
    if (std::isfinite(to)) return trouble::none;
    if (std::isfinite(from)) return trouble::beyond_range;
    return policy == non_finite::keep ? trouble::none : trouble::not_finite;
  } else if constexpr (std::is_floating_point_v<S>) {
    if (!std::isfinite(from)) return trouble::not_finite;
    const double value = static_cast<double>(from);
    if (value != std::trunc(value)) return trouble::fraction;
    constexpr double low = static_cast<double>(std::numeric_limits<T>::min());  // a power of two or 0, as is `end`
    const double end = std::ldexp(1.0, std::numeric_limits<T>::digits);
    if (value < low || value >= end) return trouble::beyond_range;
    to = static_cast<T>(value);
    return trouble::none;
  } else if constexpr (std::is_floating_point_v<T>) {
    to = static_cast<T>(from);
    return trouble::none;
  } else {
    if (!std::in_range<T>(from)) return trouble::beyond_range;
    to = static_cast<T>(from);
    return trouble::none;
  }
}

/// Reads a double as std::from_chars does, which libc++ has for integers only until its version 20.
inline std::from_chars_result read_double(const char* first, const char* last, double& to) {
#if defined(__cpp_lib_to_chars)
  return std::from_chars(first, last, to);
#else
  // strtod takes more than from_chars: blanks, a plus sign and hexadecimal digits in front
  const char* digits = first != last && *first == '-' ? first + 1 : first;
  const bool hexadecimal = last - digits > 1 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
  if (digits == last || !(*digits == '.' || (*digits >= '0' && *digits <= '9') || *digits == 'i' || *digits == 'I' ||
                          *digits == 'n' || *digits == 'N'))
    return {first, std::errc::invalid_argument};
  static const ::locale_t plain = ::newlocale(LC_ALL_MASK, "C", ::locale_t{});
  const std::string text(first, hexadecimal ? digits + 1 : last);
  char* stop = nullptr;
  const double value = ::strtod_l(text.c_str(), &stop, plain);
  if (stop == text.c_str()) return {first, std::errc::invalid_argument};
  const char* const end = first + (stop - text.c_str());
  // infinity and zero may be meant; numbers below the smallest normal one are as exact as they can be
  const std::string_view read(digits, static_cast<std::size_t>(end - digits));
  const bool digits_other_than_0 = read.substr(0, read.find_first_of("eE")).find_first_of("123456789") != read.npos;
  if (digits_other_than_0 && (std::isinf(value) || value == 0)) return {end, std::errc::result_out_of_range};
  to = value;
  return {end, std::errc()};
#endif
}

}  // namespace kindred::io::detail
