// SPDX-License-Identifier: Apache-2.0
/// @file
/// std::numeric_limits for kernel bodies: nvcc refuses calls of its constexpr functions there, but takes constants.
#pragma once

#include <kindred/core/device.hpp>
#include <limits>

namespace kindred {

/// Positive infinity.
template <Scalar T>
inline constexpr T infinity = std::numeric_limits<T>::infinity();

/// A quiet NaN.
template <Scalar T>
inline constexpr T not_a_number = std::numeric_limits<T>::quiet_NaN();

/// Distance from 1 to the next number: twice the largest relative rounding error.
template <Scalar T>
inline constexpr T machine_epsilon = std::numeric_limits<T>::epsilon();

/// The smallest positive number with a full mantissa.
template <Scalar T>
inline constexpr T smallest_normal = std::numeric_limits<T>::min();

}  // namespace kindred
