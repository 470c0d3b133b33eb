// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/named_arrays.hpp>
#include <kindred/io/text_impl.hpp>

namespace kindred::io::detail {

KINDRED_INLINE void named_arrays::insert(std::string name, part p) {
  expects<argument_error>(valid_utf8(name), "add: the name '{}' is not well-formed UTF-8", printable(name));
  expects<argument_error>(parts_.count(name) == 0, "add: the name '{}' came before", printable(name));
  parts_.emplace(std::move(name), std::move(p));
}

}  // namespace kindred::io::detail
