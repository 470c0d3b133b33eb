// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/mapped_file.hpp>
#include <kindred/io/npy.hpp>
#include <map>
#include <optional>

namespace kindred::io {

namespace detail {
/// Name and size of the element types of safetensors.
struct safetensors_type {
  const char* name;
  io::element element;
  index_t bytes;
};
inline constexpr safetensors_type safetensors_types[] = {
    {"BOOL", element::boolean, 1},  {"U8", element::uint8, 1},   {"I8", element::int8, 1},
    {"I16", element::int16, 2},     {"U16", element::uint16, 2}, {"F16", element::float16, 2},
    {"BF16", element::bfloat16, 2}, {"I32", element::int32, 4},  {"U32", element::uint32, 4},
    {"F32", element::float32, 4},   {"I64", element::int64, 8},  {"U64", element::uint64, 8},
    {"F64", element::float64, 8}};

/// What the head of the file says of one tensor; the position counts from the start of the file.
struct tensor {
  std::string type;  // as the file names it
  io::element element = io::element::float32;
  index_t element_bytes = 0;  // 0: a type that is unknown here
  index_t at = 0, bytes = 0, count = 0;
  std::vector<index_t> shape;
};
}  // namespace detail

/// An opened safetensors file: named tensors of numbers and named texts. All of its head is checked when it is opened;
/// the file is mapped (mapped_file, whose caveat holds), so tensors cost nothing until they are asked for.
///
/// Conversions of load_matrix and load_vector are those of npy.hpp, bfloat16 like any float. Constant members may be
/// called from several threads.
///
/// Complexity   O(head) to open, O(numbers) to load.
/// Errors       io_error that names file, byte and field. Opening refuses: a head longer than 100 MB or than the file
///              or that is not exactly such an object in well-formed UTF-8; entries, keys and metadata that occur twice
///              or are unknown; shapes that do not match the tensor's bytes; tensors that overlap, leave a gap, do not
///              end with the file; more tensors and metadata than limits.entries. Loading refuses a tensor of a type
///              that has no io::element (less than a byte, 8-bit floats, complex numbers) and sizes beyond the limits.
/// Reference    the safetensors format. Differs: unknown keys in a tensor's entry and names that occur twice are
///              refused; at most 32 axes.
class safetensors {
 public:
  /// Opens the file `path`.
  explicit safetensors(std::string path, const limits& accepted = {});
  /// Reads `bytes`, which must outlive the object and its views; `name` stands for it in error messages.
  safetensors(std::span<const std::byte> bytes, std::string name, const limits& accepted = {});

  /// The file's path.
  const std::string& name() const { return name_; }
  /// Names of all tensors, in the order of their bytes.
  std::vector<std::string> names() const;
  /// True where there is a tensor `name`.
  bool contains(const std::string& name) const { return tensors_.count(name) != 0; }
  /// Lengths of the axes. Errors, here and below: io_error, with the name, where there is no such tensor.
  const std::vector<index_t>& shape(const std::string& name) const { return find(name).shape; }
  /// The type in the file. Errors: io_error also for a type that has no io::element.
  io::element element(const std::string& name) const { return known(name).element; }
  /// True where there is metadata `key`.
  bool has_metadata(const std::string& key) const { return metadata_.count(key) != 0; }
  /// The text of `key`. Errors: io_error where there is none.
  const std::string& metadata(const std::string& key) const;

  /// A tensor of any number of axes on the host; a scalar has none.
  template <Number T>
  npy_array<T> read(const std::string& name) const {
    const array_header h = header(name, sizeof(T));
    npy_array<T> a{h.shape, std::vector<T>(static_cast<std::size_t>(h.count))};
    byte_source source(bytes_.subspan(static_cast<std::size_t>(h.data_at), data_bytes(h)), place(name));
    detail::read_elements(source, h, a.values.data(), accepted_.non_finite);
    return a;
  }
  /// A tensor of shape n x d as a matrix on the device of `ctx`.
  template <Number T, Device D>
  matrix<T, D> load_matrix(context<D>& ctx, const std::string& name) const {
    const array_header h = header(name, sizeof(T));
    check_axes(name, h.shape.size() == 2, "a matrix has 2");
    matrix<T, D> m(ctx, h.shape[0], h.shape[1], uninitialized);
    read(ctx, name, h, m.data());
    return m;
  }
  /// A tensor of shape n or n x 1 as a vector on the device of `ctx`.
  template <Number T, Device D>
  vector<T, D> load_vector(context<D>& ctx, const std::string& name) const {
    const array_header h = header(name, sizeof(T));
    check_axes(name, h.shape.size() == 1 || (h.shape.size() == 2 && h.shape[1] == 1), "a vector has 1");
    vector<T, D> v(ctx, h.count, uninitialized);
    read(ctx, name, h, v.data());
    return v;
  }

  /// A tensor of shape n x d where it lies, without a copy; valid as long as this object (or one that it was moved to).
  /// The type must be T's own and the numbers must lie at a multiple of its size, which safetensors_writer sees to.
  /// With non_finite::refuse float and double are looked through once; with non_finite::keep nothing is touched.
  ///
  /// Errors  io_error, also on big-endian machines.
  template <Number T>
  matrix_view<const T, cpu> view(const std::string& name) const& KINDRED_LIFETIMEBOUND {
    const auto& t = known(name);
    check_axes(name, t.shape.size() == 2, "a matrix has 2");
    return {static_cast<const T*>(in_place(name, detail::element_of<T>())), t.shape[0], t.shape[1]};
  }
  /// A tensor of shape n or n x 1 where it lies, under the same conditions.
  template <Number T>
  vector_view<const T, cpu> view_vector(const std::string& name) const& KINDRED_LIFETIMEBOUND {
    const auto& t = known(name);
    check_axes(name, t.shape.size() == 1 || (t.shape.size() == 2 && t.shape[1] == 1), "a vector has 1");
    return {static_cast<const T*>(in_place(name, detail::element_of<T>())), t.count};
  }
  template <Number T>
  void view(const std::string& name) const&& = delete;
  template <Number T>
  void view_vector(const std::string& name) const&& = delete;

 private:
  void open();
  const detail::tensor& find(const std::string& name) const;
  const detail::tensor& known(const std::string& name) const;  // of a type that can be read, within the limits
  void check_axes(const std::string& name, bool ok, const char* wanted) const;
  array_header header(const std::string& name, index_t wanted_bytes) const;
  const void* in_place(const std::string& name, io::element wanted) const;
  template <class T, Device D>
  void read(context<D>& ctx, const std::string& name, const array_header& h, T* to) const {
    byte_source source(bytes_.subspan(static_cast<std::size_t>(h.data_at), data_bytes(h)), place(name));
    read_to_device(ctx, source, h, to, accepted_.non_finite);
  }
  static std::size_t data_bytes(const array_header& h) { return static_cast<std::size_t>(h.count * h.element_bytes); }
  std::string place(const std::string& name) const;

  std::string name_;
  limits accepted_;
  std::optional<mapped_file> file_;
  std::span<const std::byte> bytes_;
  std::map<std::string, detail::tensor> tensors_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/mapped_file_impl.hpp>
#include <kindred/io/detail/safetensors_impl.hpp>
#endif
