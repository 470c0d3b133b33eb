// SPDX-License-Identifier: Apache-2.0
/// @file
/// Eigen's matrices as views and views as Eigen's maps, without copies. A view is as good as the memory it looks at: it
/// must not outlive the matrix, nor a change of its size. What has no memory of its own (an expression) or whose size
/// is fixed at compile time is refused at compile time: Eigen gives such types an alignment that depends on the flags
/// of each file, so they stay out of what several files share.
#pragma once

#include <Eigen/Core>
#include <kindred/core/error.hpp>
#include <kindred/core/view.hpp>
#include <type_traits>

namespace kindred::interop {

namespace detail {

template <class M>
std::true_type is_dense(const Eigen::DenseBase<M>*);
std::false_type is_dense(const void*);

/// Whether M can be looked at; says in one sentence why not, and the caller goes no further.
template <class M>
constexpr bool check_eigen() {
  using plain = std::remove_cvref_t<M>;
  constexpr bool dense = decltype(is_dense(static_cast<const plain*>(nullptr)))::value;
  static_assert(dense, "expected a matrix, vector, map, reference or block of Eigen");
  if constexpr (dense) {
    constexpr bool direct = (Eigen::internal::traits<plain>::Flags & Eigen::DirectAccessBit) != 0;
    static_assert(direct, "an expression has no memory to look at: evaluate it into a matrix first");
    constexpr bool dynamic = plain::SizeAtCompileTime == Eigen::Dynamic;
    static_assert(dynamic, "a size fixed at compile time has an alignment of its own: use a dynamic size");
    return direct && dynamic;
  }
  return false;
}

/// const T where the matrix, map or reference cannot be written through.
template <class M>
using eigen_element = std::remove_pointer_t<decltype(std::declval<M&>().data())>;

}  // namespace detail

/// A row-major matrix, map, reference or block, or any vector, as a view: samples are rows. A vector of columns gives
/// one row, one of rows one column.
///
/// m  rows x cols, rows any distance apart
///
/// Errors  argument_error where the elements of a row do not lie beside each other. At compile time for column-major
///         matrices, which are views only with rows and columns exchanged: transposed_from_eigen.
template <class M>
auto from_eigen(M&& m) {
  if constexpr (detail::check_eigen<M>()) {
    using plain = std::remove_cvref_t<M>;
    using view = matrix_view<detail::eigen_element<std::remove_reference_t<M>>, cpu>;
    if constexpr (plain::ColsAtCompileTime == 1) {
      return view(m.data(), m.rows(), 1, m.innerStride());
    } else {
      static_assert(plain::IsRowMajor,
                    "a column-major matrix has no view row by row: use transposed_from_eigen, or Eigen::RowMajor");
      expects<argument_error>(m.innerStride() == 1 || m.cols() < 2,
                              "interop::from_eigen: elements of a row lie {} apart, not 1", m.innerStride());
      return view(m.data(), m.rows(), m.cols(), m.outerStride());
    }
  }
}

/// A column-major matrix, map, reference or block as the view of its transpose: each of its columns is a row.
///
/// m  n x d gives d x n
///
/// Errors  argument_error where the elements of a column do not lie beside each other. At compile time for row-major
///         matrices: from_eigen.
template <class M>
auto transposed_from_eigen(M&& m) {
  if constexpr (detail::check_eigen<M>()) {
    static_assert(!std::remove_cvref_t<M>::IsRowMajor, "a row-major matrix lies as its view does: use from_eigen");
    expects<argument_error>(m.innerStride() == 1 || m.rows() < 2,
                            "interop::transposed_from_eigen: elements of a column lie {} apart, not 1",
                            m.innerStride());
    using T = detail::eigen_element<std::remove_reference_t<M>>;
    return matrix_view<T, cpu>(m.data(), m.cols(), m.rows(), m.outerStride());
  }
}

/// A vector, or a block of one row or column, as a vector view.
///
/// Errors  argument_error where the elements do not lie beside each other. At compile time for matrices.
template <class V>
auto vector_from_eigen(V&& v) {
  if constexpr (detail::check_eigen<V>()) {
    static_assert(std::remove_cvref_t<V>::IsVectorAtCompileTime, "a matrix is no vector: use from_eigen");
    expects<argument_error>(v.innerStride() == 1 || v.size() < 2,
                            "interop::vector_from_eigen: elements lie {} apart, not 1", v.innerStride());
    return vector_view<detail::eigen_element<std::remove_reference_t<V>>, cpu>(v.data(), v.size());
  }
}

/// Eigen's type for a view of rows: row-major, rows any distance apart, constant where T is.
template <class T>
using eigen_matrix_map = Eigen::Map<
    std::conditional_t<std::is_const_v<T>,
                       const Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>,
                       Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>,
    Eigen::Unaligned, Eigen::OuterStride<>>;

/// Eigen's type for a vector view: a column.
template <class T>
using eigen_vector_map =
    Eigen::Map<std::conditional_t<std::is_const_v<T>, const Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, 1>,
                                  Eigen::Matrix<T, Eigen::Dynamic, 1>>>;

/// A view of rows in host memory as an Eigen map of the same shape.
template <class T, HostDevice D>
eigen_matrix_map<T> to_eigen(matrix_view<T, D> m) {
  return {m.data(), m.rows(), m.cols(), Eigen::OuterStride<>(m.stride())};
}

/// A vector view in host memory as an Eigen column.
template <class T, HostDevice D>
eigen_vector_map<T> to_eigen(vector_view<T, D> v) {
  return {v.data(), v.size()};
}

}  // namespace kindred::interop
