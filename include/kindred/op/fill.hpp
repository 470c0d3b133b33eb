// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/context.hpp>
#include <kindred/core/random.hpp>

namespace kindred::op {

namespace detail {
template <class T, Device D>
struct fill_at {
  matrix_view<T, D> y;
  T value;
  KINDRED_HD void operator()(index_t r, index_t c) const { y(r, c) = value; }
};
template <class T, Device D>
struct fill_uniform_at {
  matrix_view<T, D> y;
  T low, high;
  std::uint64_t seed, stream;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const double u = random::uniform(seed, stream, static_cast<std::uint64_t>(r * y.cols() + c));
    y(r, c) = static_cast<T>(low + (static_cast<double>(high) - low) * u);
  }
};
template <class T, Device D>
struct fill_normal_at {
  matrix_view<T, D> y;
  T mean, deviation;
  std::uint64_t seed, stream;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const double z = random::normal(seed, stream, static_cast<std::uint64_t>(r * y.cols() + c));
    y(r, c) = static_cast<T>(mean + deviation * z);
  }
};
}  // namespace detail

/// y(r, c) = value.
///
/// Complexity   O(elements), one launch.
/// Determinism  bit-equal on every device.
template <Device D, Scalar T>
void fill(context<D>& ctx, matrix_view<T, D> y, std::type_identity_t<T> value) {
  ctx.for_each(y.rows(), y.cols(), detail::fill_at<T, D>{y, value});
}

/// Sets all elements of a vector to 0.
template <Device D, class T>
void set_zero(context<D>& ctx, vector_view<T, D> y) {
  ctx.zero(y.data(), y.size() * static_cast<index_t>(sizeof(T)));
}

/// y(r, c) = low + (high - low) random::uniform(seed, stream, r cols + c), rounded to T.
///
/// Complexity   O(elements), one launch.
/// Determinism  element (r, c) depends on seed, stream and the number of columns only, not on strides or device, but
///              for the last bit where a device fuses the multiplication and the addition.
template <Device D, Scalar T>
void fill_uniform(context<D>& ctx, matrix_view<T, D> y, std::type_identity_t<T> low, std::type_identity_t<T> high,
                  std::uint64_t seed, std::uint64_t stream = 0) {
  ctx.for_each(y.rows(), y.cols(), detail::fill_uniform_at<T, D>{y, low, high, seed, stream});
}

/// y(r, c) = mean + deviation random::normal(seed, stream, r cols + c), rounded to T.
///
/// Complexity   O(elements), one launch.
/// Determinism  as fill_uniform(), and as exact as random::normal() is on the device.
template <Device D, Scalar T>
void fill_normal(context<D>& ctx, matrix_view<T, D> y, std::type_identity_t<T> mean, std::type_identity_t<T> deviation,
                 std::uint64_t seed, std::uint64_t stream = 0) {
  ctx.for_each(y.rows(), y.cols(), detail::fill_normal_at<T, D>{y, mean, deviation, seed, stream});
}

}  // namespace kindred::op
