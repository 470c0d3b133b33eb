// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace presentation {

/// Text that stands for itself in HTML; bytes that are not UTF-8 become U+FFFD.
std::string escaped(const std::string& text);

/// Bytes as text, for pictures within a page.
std::string base64(const std::vector<std::uint8_t>& bytes);

}  // namespace presentation
