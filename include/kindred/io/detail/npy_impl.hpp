// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <kindred/io/detail/array_header_impl.hpp>
#include <kindred/io/detail/number_impl.hpp>
#include <kindred/io/npy.hpp>
#include <type_traits>

namespace kindred::io::detail {

/// IEEE binary16; converted to float on the way in.
struct half_bits {
  std::uint16_t bits;
};

inline float widened(half_bits h) {
  const std::uint32_t sign = static_cast<std::uint32_t>(h.bits & 0x8000u) << 16, magnitude = h.bits & 0x7fffu;
  if (magnitude < 0x0400u) {  // zero or denormal: a multiple of 2^-24
    const float value = static_cast<float>(magnitude) * 0x1.0p-24f;
    return sign ? -value : value;
  }
  const std::uint32_t rebiased = magnitude >= 0x7c00u ? 0x7f800000u | magnitude << 13 : (magnitude << 13) + 0x38000000u;
  return std::bit_cast<float>(sign | rebiased);
}

/// The upper half of a float; converted to float on the way in.
struct bfloat16_bits {
  std::uint16_t bits;
};

inline float widened(bfloat16_bits b) { return std::bit_cast<float>(static_cast<std::uint32_t>(b.bits) << 16); }

/// Position in C order of the elements of a file, one after the other.
class placement {
 public:
  explicit placement(const array_header& h) : shape_(h.shape), fortran_(h.fortran_order && h.shape.size() > 1) {
    if (!fortran_) return;
    stride_.resize(shape_.size());
    index_.resize(shape_.size(), 0);
    index_t stride = 1;
    for (std::size_t a = shape_.size(); a-- > 0;) {
      stride_[a] = stride;
      stride *= shape_[a];
    }
  }
  index_t at() const { return at_; }
  void next() {
    if (!fortran_) {
      ++at_;
      return;
    }
    for (std::size_t a = 0; a < shape_.size(); ++a) {
      at_ += stride_[a];
      if (++index_[a] < shape_[a]) return;
      at_ -= shape_[a] * stride_[a];
      index_[a] = 0;
    }
  }
  /// "row 3, column 7", or all indices where there are not two axes.
  std::string name() const {
    std::vector<index_t> index(shape_.size());
    index_t rest = at_;
    for (std::size_t a = shape_.size(); a-- > 0; rest /= shape_[a]) index[a] = rest % shape_[a];
    if (index.size() == 2) return "row " + std::to_string(index[0]) + ", column " + std::to_string(index[1]);
    std::string out = "element (";
    for (std::size_t a = 0; a < index.size(); ++a) out.append(a > 0 ? ", " : "") += std::to_string(index[a]);
    return out + ")";
  }

 private:
  const std::vector<index_t>& shape_;
  bool fortran_;
  std::vector<index_t> stride_, index_;
  index_t at_ = 0;
};

template <class S>
S decoded(const unsigned char* from, bool swapped) {
  unsigned char bytes[sizeof(S)];
  std::memcpy(bytes, from, sizeof(S));
  if (swapped) std::reverse(bytes, bytes + sizeof(S));
  S value;
  std::memcpy(&value, bytes, sizeof(S));
  return value;
}

/// S is how an element lies in the file; bool lies as a byte, told apart by the header.
template <class S, class T>
void read_elements_of(byte_source& source, const array_header& h, T* to, non_finite policy) {
  constexpr index_t per_chunk = 8192;
  std::vector<unsigned char> chunk(static_cast<std::size_t>(std::min(per_chunk, h.count)) * sizeof(S));
  placement place(h);
  for (index_t first = 0; first < h.count; first += per_chunk) {
    const index_t count = std::min(per_chunk, h.count - first);
    source.read(chunk.data(), count * static_cast<index_t>(sizeof(S)));
    for (index_t i = 0; i < count; ++i, place.next()) {
      const S raw = decoded<S>(chunk.data() + static_cast<std::size_t>(i) * sizeof(S), h.swapped);
      trouble t;
      if constexpr (std::is_same_v<S, half_bits> || std::is_same_v<S, bfloat16_bits>) {
        t = converted(widened(raw), to[place.at()], policy);
      } else {
        t = converted(raw, to[place.at()], policy);
        if constexpr (std::is_same_v<S, std::uint8_t>)
          if (h.element == element::boolean && raw > 1) t = trouble::not_a_boolean;
      }
      if (t != trouble::none) [[unlikely]]
        expects<io_error>(false, "{}: byte {}: {} {}", source.name(),
                          h.data_at + (first + i) * static_cast<index_t>(sizeof(S)), place.name(), text_of(t));
    }
  }
}

template <class T>
void read_elements(byte_source& source, const array_header& h, T* to, non_finite policy) {
  switch (h.element) {
    case element::boolean:
    case element::uint8:
      return read_elements_of<std::uint8_t>(source, h, to, policy);
    case element::int8:
      return read_elements_of<std::int8_t>(source, h, to, policy);
    case element::int16:
      return read_elements_of<std::int16_t>(source, h, to, policy);
    case element::int32:
      return read_elements_of<std::int32_t>(source, h, to, policy);
    case element::int64:
      return read_elements_of<std::int64_t>(source, h, to, policy);
    case element::uint16:
      return read_elements_of<std::uint16_t>(source, h, to, policy);
    case element::uint32:
      return read_elements_of<std::uint32_t>(source, h, to, policy);
    case element::uint64:
      return read_elements_of<std::uint64_t>(source, h, to, policy);
    case element::float16:
      return read_elements_of<half_bits>(source, h, to, policy);
    case element::bfloat16:
      return read_elements_of<bfloat16_bits>(source, h, to, policy);
    case element::float32:
      return read_elements_of<float>(source, h, to, policy);
    case element::float64:
      return read_elements_of<double>(source, h, to, policy);
  }
}

KINDRED_INLINE std::string array_head(io::element element, const std::vector<index_t>& shape) {
  const auto* const type =
      std::find_if(std::begin(npy_types), std::end(npy_types), [&](const npy_type& t) { return t.element == element; });
  const char order = type->bytes == 1 ? '|' : std::endian::native == std::endian::little ? '<' : '>';
  std::string text = std::string("{'descr': '") + order + type->name + "', 'fortran_order': False, 'shape': (";
  for (std::size_t a = 0; a < shape.size(); ++a)
    text += std::to_string(shape[a]) + (shape.size() == 1 ? "," : a + 1 < shape.size() ? ", " : "");
  text += "), }";
  text.append((64 - (10 + text.size() + 1) % 64) % 64, ' ');
  text += '\n';
  std::string head("\x93NUMPY\x01\x00", 8);
  head += static_cast<char>(text.size() & 255);
  head += static_cast<char>(text.size() >> 8);
  return head + text;
}

KINDRED_INLINE bool file_exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

}  // namespace kindred::io::detail
