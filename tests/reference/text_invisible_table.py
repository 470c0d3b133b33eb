# SPDX-License-Identifier: Apache-2.0
"""Writes include/kindred/text/invisible_table_impl.hpp from the Unicode character database.

Run from the repository's root:  python3 tests/reference/text_invisible_table.py [FOLDER]
FOLDER holds UnicodeData.txt, DerivedCoreProperties.txt and PropList.txt (Debian package unicode-data, version 15.0).
"""

import sys

folder = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode"


def property_of(file, name):
    codes = set()
    with open(f"{folder}/{file}", encoding="utf-8") as lines:
        for line in lines:
            fields = [f.strip() for f in line.split("#")[0].split(";")]
            if len(fields) == 2 and fields[1] == name:
                ends = [int(e, 16) for e in fields[0].split("..")]
                codes.update(range(ends[0], ends[-1] + 1))
    return codes


with open(folder + "/UnicodeData.txt", encoding="utf-8") as lines:
    fields = [line.split(";") for line in lines]
formats = {int(f[0], 16) for f in fields if f[2] == "Cf"}
# signs that are drawn around the number they precede are format characters too, but visible
invisible = property_of("DerivedCoreProperties.txt", "Default_Ignorable_Code_Point") | (
    formats - property_of("PropList.txt", "Prepended_Concatenation_Mark")
)

ranges = []
for code in sorted(invisible):
    if ranges and ranges[-1][1] + 1 == code:
        ranges[-1][1] = code
    else:
        ranges.append([code, code])

lines, line = [], " "
for first, last in ranges:
    item = " {0x%X, 0x%X}," % (first, last)
    if len(line) + len(item) > 118:
        lines.append(line)
        line = " "
    line += item
table = "\n".join(lines + [line])
with open("include/kindred/text/invisible_table_impl.hpp", "w", encoding="utf-8") as out:
    out.write(f"""// SPDX-License-Identifier: Apache-2.0
// Written by tests/reference/text_invisible_table.py from the Unicode character database 15.0 (UnicodeData.txt,
// DerivedCoreProperties.txt and PropList.txt, (c) Unicode, Inc., terms at https://www.unicode.org/terms_of_use.html).
#pragma once

namespace kindred::text::detail {{

// clang-format off

struct invisible_range {{
  char32_t first, last;
}};

/// The code points that nobody sees, ascending: Default_Ignorable_Code_Point, and format characters (Cf) that are no
/// Prepended_Concatenation_Mark.
inline constexpr invisible_range invisible_ranges[] = {{
{table}
}};

// clang-format on

}}  // namespace kindred::text::detail
""")
print(len(ranges), "ranges,", len(invisible), "code points")
