// SPDX-License-Identifier: Apache-2.0
// Written by tests/reference/text_invisible_table.py from the Unicode character database 15.0 (UnicodeData.txt,
// DerivedCoreProperties.txt and PropList.txt, (c) Unicode, Inc., terms at https://www.unicode.org/terms_of_use.html).
#pragma once

namespace kindred::text::detail {

// clang-format off

struct invisible_range {
  char32_t first, last;
};

/// The code points that nobody sees, ascending: Default_Ignorable_Code_Point, and format characters (Cf) that are no
/// Prepended_Concatenation_Mark.
inline constexpr invisible_range invisible_ranges[] = {
  {0xAD, 0xAD}, {0x34F, 0x34F}, {0x61C, 0x61C}, {0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180B, 0x180F},
  {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},
  {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

// clang-format on

}  // namespace kindred::text::detail
