// SPDX-License-Identifier: Apache-2.0
/// @file
/// xtensor's containers as views and views as xtensor's adaptors, without copies, for 1 to 4 axes. Arrays are read in C
/// order (last axis fastest) and must lie without gaps. A view is as good as the memory it looks at: it must not
/// outlive the array, nor a change of its shape.
///
///   axes                            view
///   n                               vector_view
///   n x d                           matrix_view, rows are samples
///   items x rows x d                batch_view: n pictures of regions, n sentences of words
///   items x height x width x d      batch_view of pictures, channels last
///
/// Errors  shape_error for another number of axes, argument_error for an array that does not lie in C order without
///         gaps; both name what came. xtensor needs its own <cstdlib>, which this header includes before it.
#pragma once

#include <array>
#include <cstdlib>
#include <kindred/core/error.hpp>
#include <kindred/core/view.hpp>
#include <string>
#include <type_traits>
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xtensor.hpp>

namespace kindred::interop {

namespace detail {

/// Where the first element lies, after the checks. Works for containers, adaptors and views of either.
template <class A>
auto* checked_data(A& a, const char* where, std::size_t axes, std::size_t or_axes) {
  const std::size_t have = a.dimension();
  expects(have == axes || have == or_axes, "{}: an array of {} axes, not {}", where, have, or_axes);
  std::ptrdiff_t wanted = 1;
  for (std::size_t i = have; i-- > 0;) {
    const auto length = static_cast<std::ptrdiff_t>(a.shape()[i]);
    const auto stride = static_cast<std::ptrdiff_t>(a.strides()[i]);
    expects<argument_error>(
        length < 2 || stride == wanted,
        "{}: elements along axis {} lie {} apart, not {}: the array must lie in C order without gaps", where, i, stride,
        wanted);
    if (length == 0) break;  // no elements, so no gaps
    wanted *= length;
  }
  return a.data() + a.data_offset();
}

template <class A>
index_t axis(const A& a, std::size_t i) {
  return static_cast<index_t>(a.shape()[i]);
}

template <class A>
using xtensor_element = std::remove_pointer_t<decltype(std::declval<A&>().data())>;

}  // namespace detail

/// An array of one axis.
template <class A>
auto vector_from_xtensor(A&& a) {
  auto* const data = detail::checked_data(a, "interop::vector_from_xtensor", 1, 1);
  return vector_view<std::remove_pointer_t<decltype(data)>, cpu>(data, detail::axis(a, 0));
}

/// An array of two axes.
template <class A>
auto matrix_from_xtensor(A&& a) {
  auto* const data = detail::checked_data(a, "interop::matrix_from_xtensor", 2, 2);
  return matrix_view<std::remove_pointer_t<decltype(data)>, cpu>(data, detail::axis(a, 0), detail::axis(a, 1));
}

/// An array of three axes, or of four with `height` set: see the table above.
template <class A>
auto batch_from_xtensor(A&& a) {
  auto* const data = detail::checked_data(a, "interop::batch_from_xtensor", 3, 4);
  using T = std::remove_pointer_t<decltype(data)>;
  const bool pictures = a.dimension() == 4;
  const index_t items = detail::axis(a, 0), height = pictures ? detail::axis(a, 1) : 0;
  const index_t longest = pictures ? height * detail::axis(a, 2) : detail::axis(a, 1);
  const matrix_view<T, cpu> values(data, items * longest, detail::axis(a, a.dimension() - 1));
  return batch_view<T, cpu>(values, {}, items, longest, height);
}

namespace detail {

/// xtensor adapts pointers to constant numbers too, then as a constant array.
template <class T, std::size_t Axes>
auto adapted(T* data, const std::array<std::size_t, Axes>& shape) {
  std::size_t size = 1;
  for (const std::size_t length : shape) size *= length;
  return xt::adapt(data, size, xt::no_ownership(), shape);
}

}  // namespace detail

/// A vector view in host memory as an array of one axis.
template <class T, HostDevice D>
auto to_xtensor(vector_view<T, D> v) {
  return detail::adapted<T, 1>(v.data(), {static_cast<std::size_t>(v.size())});
}

/// A view of rows in host memory as an array of two axes. Errors: argument_error where rows do not follow each other.
template <class T, HostDevice D>
auto to_xtensor(matrix_view<T, D> m) {
  expects<argument_error>(m.contiguous(), "interop::to_xtensor: rows of {} numbers lie {} apart", m.cols(), m.stride());
  return detail::adapted<T, 2>(m.data(), {static_cast<std::size_t>(m.rows()), static_cast<std::size_t>(m.cols())});
}

/// Items of equally many rows in host memory as an array of three axes.
///
/// Errors  argument_error for items of different lengths and where rows do not follow each other.
template <class T, HostDevice D>
auto to_xtensor(batch_view<T, D> b) {
  expects<argument_error>(!b.offsets, "interop::to_xtensor: items of different lengths are no array");
  expects<argument_error>(b.values.contiguous(), "interop::to_xtensor: rows of {} numbers lie {} apart",
                          b.values.cols(), b.values.stride());
  return detail::adapted<T, 3>(b.values.data(), {static_cast<std::size_t>(b.items), static_cast<std::size_t>(b.longest),
                                                 static_cast<std::size_t>(b.values.cols())});
}

/// Pictures in host memory as an array of four axes: items x height x width x channels.
///
/// Errors  argument_error for a batch without height, and as to_xtensor.
template <class T, HostDevice D>
auto pictures_to_xtensor(batch_view<T, D> b) {
  expects<argument_error>(b.height > 0 && b.longest % b.height == 0,
                          "interop::pictures_to_xtensor: items of {} rows with height {} are no pictures", b.longest,
                          b.height);
  expects<argument_error>(!b.offsets && b.values.contiguous(),
                          "interop::pictures_to_xtensor: the rows do not follow each other without gaps");
  return detail::adapted<T, 4>(
      b.values.data(), {static_cast<std::size_t>(b.items), static_cast<std::size_t>(b.height),
                        static_cast<std::size_t>(b.longest / b.height), static_cast<std::size_t>(b.values.cols())});
}

}  // namespace kindred::interop
