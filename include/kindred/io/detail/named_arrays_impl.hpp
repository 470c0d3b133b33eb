// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/io/detail/array_header_impl.hpp>
#include <kindred/io/detail/text_impl.hpp>
#include <kindred/io/named_arrays.hpp>

namespace kindred::io::detail {

KINDRED_INLINE void named_arrays::check_shape(const std::string& name, const std::vector<index_t>& shape,
                                              index_t count) {
  // as readers multiply, with a length of 0 as 1
  index_t product = 1;
  bool fits = shape.size() <= 32, empty = false;
  for (const index_t length : shape) {
    fits = fits && length >= 0 && multiply(product, std::max<index_t>(length, 1));
    empty = empty || length == 0;
  }
  expects(fits && (empty ? 0 : product) == count, "add: '{}': {} values do not fit the shape", printable(name), count);
}

KINDRED_INLINE void named_arrays::insert(std::string name, part p) {
  expects<argument_error>(valid_utf8(name), "add: the name '{}' is not well-formed UTF-8", printable(name));
  expects<argument_error>(parts_.count(name) == 0, "add: the name '{}' was added before", printable(name));
  parts_.emplace(std::move(name), std::move(p));
}

}  // namespace kindred::io::detail
