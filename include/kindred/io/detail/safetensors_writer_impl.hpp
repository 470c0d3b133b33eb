// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <kindred/io/detail/text_impl.hpp>
#include <kindred/io/safetensors_writer.hpp>

namespace kindred::io {

namespace detail {
/// `s`, well-formed UTF-8, as a text of JSON.
KINDRED_INLINE std::string json_text(const std::string& s) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : s) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}
}  // namespace detail

KINDRED_INLINE void safetensors_writer::metadata(std::string key, std::string text) {
  expects<argument_error>(detail::valid_utf8(key) && detail::valid_utf8(text),
                          "safetensors_writer: metadata '{}' is not well-formed UTF-8", detail::printable(key));
  expects<argument_error>(metadata_.count(key) == 0, "safetensors_writer: metadata '{}' was added before",
                          detail::printable(key));
  metadata_.emplace(std::move(key), std::move(text));
}

KINDRED_INLINE void safetensors_writer::write(const std::string& path) const {
  expects<io_error>(std::endian::native == std::endian::little, "{}: safetensors are written on little-endian machines",
                    path);
  struct place {
    const std::string* name;
    const part* tensor;
    index_t divisor;
  };
  std::vector<place> order;
  for (const auto& [name, tensor] : parts()) {
    expects<argument_error>(name != "__metadata__",
                            "safetensors_writer: '__metadata__' cannot be the name of a tensor");
    const index_t bytes = tensor.bytes();
    order.push_back({&name, &tensor, bytes == 0 ? 64 : std::min<index_t>(64, bytes & -bytes)});
  }
  std::stable_sort(order.begin(), order.end(), [](const place& a, const place& b) { return a.divisor > b.divisor; });

  std::string head = "{";
  const auto separate = [&] {
    if (head.size() > 1) head += ',';
  };
  if (!metadata_.empty()) {
    head += "\"__metadata__\":{";
    bool first = true;
    for (const auto& [key, text] : metadata_) {
      if (!first) head += ',';
      first = false;
      head += detail::json_text(key) + ':' + detail::json_text(text);
    }
    head += "}";
  }
  index_t at = 0;
  for (const place& p : order) {
    separate();
    const auto known = std::find_if(std::begin(detail::safetensors_types), std::end(detail::safetensors_types),
                                    [&](const auto& type) { return type.element == p.tensor->element; });
    head += detail::json_text(*p.name) + ":{\"dtype\":\"" + known->name + "\",\"shape\":[";
    for (std::size_t a = 0; a < p.tensor->shape.size(); ++a)
      head.append(a > 0 ? "," : "") += std::to_string(p.tensor->shape[a]);
    head += "],\"data_offsets\":[" + std::to_string(at) + ',' + std::to_string(at + p.tensor->bytes()) + "]}";
    at += p.tensor->bytes();
  }
  head += "}";
  head.append((64 - (8 + head.size()) % 64) % 64, ' ');
  expects<io_error>(head.size() <= 100000000, "{}: a head of {} bytes, readers accept 100000000", path, head.size());

  atomic_file file(path);
  unsigned char length[8];
  for (int i = 0; i < 8; ++i) length[i] = static_cast<unsigned char>(head.size() >> (8 * i) & 255);
  file.write(length, 8);
  file.write(head);
  for (const place& p : order)
    p.tensor->each_piece([&](const std::byte* from, index_t bytes) { file.write(from, bytes); });
  file.commit();
}

}  // namespace kindred::io
