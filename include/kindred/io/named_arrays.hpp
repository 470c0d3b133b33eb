// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/core/kept_object.hpp>
#include <kindred/io/array_header.hpp>
#include <kindred/io/atomic_file.hpp>
#include <map>

namespace kindred::io::detail {

/// What the writers of containers share: matrices, vectors and lists by name, in the order of their names.
///
/// Errors  argument_error for a name that came before or is not well-formed UTF-8.
class named_arrays {
 public:
  /// Adds a matrix in host memory as n x d, or a vector as n. Only the view is kept: the numbers must stay until the
  /// file is written.
  template <class T, HostDevice D>
  requires Number<std::remove_const_t<T>>
  void add(std::string name, matrix_view<T, D> m) {
    add_rows<std::remove_const_t<T>>(std::move(name), {m.rows(), m.cols()}, m.data(), m.rows(), m.cols(), m.stride());
  }
  template <class T, HostDevice D>
  requires Number<std::remove_const_t<T>>
  void add(std::string name, vector_view<T, D> v) {
    add_rows<std::remove_const_t<T>>(std::move(name), {v.size()}, v.data(), 1, v.size(), v.size());
  }
  /// Adds an owning matrix or vector that stays until the file is written. From a device that the host cannot read the
  /// numbers are copied now.
  template <Number T, Device D>
  void add(std::string name, const matrix<T, D>& m) {
    if constexpr (D::host_memory)
      add(std::move(name), m.view());
    else
      add_owned(std::move(name), {m.rows(), m.cols()}, m.to_host());
  }
  template <Number T, Device D>
  void add(std::string name, const vector<T, D>& v) {
    if constexpr (D::host_memory)
      add(std::move(name), v.view());
    else
      add_owned(std::move(name), {v.size()}, v.to_host());
  }
  /// Adds what was made for the file and keeps it.
  template <Number T, Device D>
  void add(std::string name, matrix<T, D>&& m) {
    keep(std::move(name), std::move(m));
  }
  template <Number T, Device D>
  void add(std::string name, vector<T, D>&& v) {
    keep(std::move(name), std::move(v));
  }
  /// Adds a list of numbers as n and keeps it.
  template <Number T>
  void add(std::string name, std::vector<T> list) {
    std::vector<index_t> shape{static_cast<index_t>(list.size())};
    add_owned(std::move(name), std::move(shape), std::move(list));
  }
  /// Adds numbers as a tensor of `shape`, row-major, and keeps them.
  /// Errors  shape_error when the number of values is not the product of the shape, or the shape has more than 32 axes.
  template <Number T>
  void add(std::string name, std::vector<index_t> shape, std::vector<T> numbers) {
    check_shape(name, shape, static_cast<index_t>(numbers.size()));
    add_owned(std::move(name), std::move(shape), std::move(numbers));
  }

 protected:
  struct part {
    io::element element;
    std::vector<index_t> shape;
    const void* data;
    index_t rows, row_bytes, stride_bytes;
    index_t bytes() const { return rows * row_bytes; }
    /// Calls f(bytes, how many) for pieces that follow each other in the file.
    template <class F>
    void each_piece(F f) const {
      const auto* const row = static_cast<const std::byte*>(data);
      if (row_bytes == stride_bytes || rows < 2) return f(row, bytes());
      for (index_t r = 0; r < rows; ++r) f(row + r * stride_bytes, row_bytes);
    }
  };
  const std::map<std::string, part>& parts() const { return parts_; }

 private:
  static void check_shape(const std::string& name, const std::vector<index_t>& shape, index_t count);
  template <class T>
  void add_rows(std::string name, std::vector<index_t> shape, const T* data, index_t rows, index_t cols,
                index_t stride) {
    constexpr auto size = static_cast<index_t>(sizeof(T));
    insert(std::move(name), {detail::element_of<T>(), std::move(shape), data, rows, cols * size, stride * size});
  }
  template <class T>
  void add_owned(std::string name, std::vector<index_t> shape, std::vector<T> numbers) {
    const auto count = static_cast<index_t>(numbers.size());
    add_rows<T>(std::move(name), std::move(shape), kept(std::move(numbers)).data(), 1, count, count);
  }
  template <class A>
  void keep(std::string name, A&& array) {
    if constexpr (A::device::host_memory)
      add(std::move(name), kept<A>(std::move(array)));
    else
      add(std::move(name), static_cast<const A&>(array));
  }
  void insert(std::string name, part p);

  template <class T>
  const T& kept(T object) {
    kept_.push_back(kept_object::of(std::move(object)));
    return kept_.back().as<T>();
  }

  std::map<std::string, part> parts_;
  std::vector<kept_object> kept_;
};

}  // namespace kindred::io::detail

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/named_arrays_impl.hpp>
#endif
