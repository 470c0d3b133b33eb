// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/safetensors.hpp>
#include <memory>

namespace kindred::io {

/// Puts named tensors and texts together and writes them as one safetensors file.
///
/// Tensors lie in the file one after the other without gaps, as the format wants, from a multiple of 64 on, in the order
/// of the largest power of two (at most 64) that divides their bytes, then of their names. So each starts at a multiple
/// of its element's size, and one whose bytes are a multiple of 64 at a multiple of 64: all can be used in place
/// (safetensors::view).
///
/// Determinism  the bytes depend on names, texts and numbers only, not on the order of the calls.
/// Errors       argument_error for a name or key that came before, is "__metadata__" or is not well-formed UTF-8.
/// Reference    the safetensors format.
class safetensors_writer {
 public:
  /// Adds a matrix in host memory as n x d, or a vector as n. Only the view is kept: the numbers must stay until write().
  template <class T, HostDevice D>
  requires Number<std::remove_const_t<T>>
  void add(std::string name, matrix_view<T, D> m) {
    add_rows<std::remove_const_t<T>>(std::move(name), {m.rows(), m.cols()}, m.data(), m.rows(), m.cols(), m.stride(),
                                     nullptr);
  }
  template <class T, HostDevice D>
  requires Number<std::remove_const_t<T>>
  void add(std::string name, vector_view<T, D> v) {
    add_rows<std::remove_const_t<T>>(std::move(name), {v.size()}, v.data(), 1, v.size(), v.size(), nullptr);
  }
  /// Adds an owning matrix or vector that stays until write(). From a device that the host cannot read the numbers are
  /// copied now.
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
  /// Adds what was made for the file: the writer keeps it.
  template <Number T, Device D>
  void add(std::string name, matrix<T, D>&& m) {
    keep(std::move(name), std::move(m));
  }
  template <Number T, Device D>
  void add(std::string name, vector<T, D>&& v) {
    keep(std::move(name), std::move(v));
  }
  /// Adds a list of numbers as n; the writer keeps it.
  template <Number T>
  void add(std::string name, std::vector<T> list) {
    std::vector<index_t> shape{static_cast<index_t>(list.size())};
    add_owned(std::move(name), std::move(shape), std::move(list));
  }
  /// Adds a text under a key.
  void metadata(std::string key, std::string text);
  /// Writes the file; it appears whole or not at all (atomic_file). May be called again.
  ///
  /// Errors  io_error where writing fails, and on big-endian machines.
  void write(const std::string& path) const;

 private:
  struct part {
    io::element element;
    std::vector<index_t> shape;
    const void* data;
    index_t rows, row_bytes, stride_bytes;
    std::shared_ptr<const void> owner;  // empty for a view
  };
  template <class T>
  void add_rows(std::string name, std::vector<index_t> shape, const T* data, index_t rows, index_t cols, index_t stride,
                std::shared_ptr<const void> owner) {
    constexpr auto size = static_cast<index_t>(sizeof(T));
    insert(std::move(name),
           {detail::element_of<T>(), std::move(shape), data, rows, cols * size, stride * size, std::move(owner)});
  }
  template <class T>
  void add_owned(std::string name, std::vector<index_t> shape, std::vector<T> numbers) {
    const auto owner = std::make_shared<const std::vector<T>>(std::move(numbers));
    const auto count = static_cast<index_t>(owner->size());
    add_rows<T>(std::move(name), std::move(shape), owner->data(), 1, count, count, owner);
  }
  template <class A>
  void keep(std::string name, A&& array) {
    const auto owner = std::make_shared<const A>(std::move(array));
    add(name, *owner);
    parts_.at(name).owner = owner;
  }
  void insert(std::string name, part p);

  std::map<std::string, part> parts_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/safetensors_writer_impl.hpp>
#endif
