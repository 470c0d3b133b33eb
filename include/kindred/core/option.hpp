// SPDX-License-Identifier: Apache-2.0
/// @file
/// Checks of numeric options: each throws argument_error "who: expected ..., got value". Written so that NaN never
/// passes.
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <limits>

namespace kindred {

/// A number that stays finite as a T.
template <class T = double>
void expect_finite(const char* who, const char* option, double value, source where = source::here()) {
  constexpr double most = static_cast<double>(std::numeric_limits<T>::max());
  expects<argument_error>(value >= -most && value <= most, {"{}: expected a finite {}, got {}", where}, who, option,
                          value);
}
/// A finite number of at least 0.
template <class T = double>
void expect_not_negative(const char* who, const char* option, double value, source where = source::here()) {
  expects<argument_error>(value >= 0 && value <= static_cast<double>(std::numeric_limits<T>::max()),
                          {"{}: expected {} to be finite and at least 0, got {}", where}, who, option, value);
}
/// A number above 0 that, like its reciprocal, a T can hold.
template <class T = double>
void expect_positive(const char* who, const char* option, double value, source where = source::here()) {
  constexpr double least = static_cast<double>(std::numeric_limits<T>::min()),
                   most = static_cast<double>(std::numeric_limits<T>::max());
  expects<argument_error>(value > 0, {"{}: expected {} above 0, got {}", where}, who, option, value);
  expects<argument_error>(value >= least && value <= most, {"{}: expected {} in [{}, {}], got {}", where}, who, option,
                          least, most, value);
}
/// A number in [low, high].
inline void expect_within(const char* who, const char* option, double value, double low, double high,
                          source where = source::here()) {
  expects<argument_error>(value >= low && value <= high, {"{}: expected {} in [{}, {}], got {}", where}, who, option,
                          low, high, value);
}
/// A share in [0, 1).
inline void expect_share(const char* who, const char* option, double value, source where = source::here()) {
  expects<argument_error>(value >= 0 && value < 1, {"{}: expected {} in [0, 1), got {}", where}, who, option, value);
}
/// A count of at least `least`.
inline void expect_at_least(const char* who, const char* option, index_t value, index_t least,
                            source where = source::here()) {
  expects<argument_error>(value >= least, {"{}: expected {} of at least {}, got {}", where}, who, option, least, value);
}

}  // namespace kindred
