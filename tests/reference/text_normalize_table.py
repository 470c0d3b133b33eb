# SPDX-License-Identifier: Apache-2.0
"""Writes include/kindred/text/normalize_table_impl.hpp from the Unicode character database.

Run from the repository's root:  python3 tests/reference/text_normalize_table.py [FOLDER]
FOLDER holds UnicodeData.txt and DerivedNormalizationProps.txt (Debian package unicode-data, version 15.0).
"""

import sys

folder = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode"
mappings, classes, excluded = {}, {}, set()

with open(folder + "/UnicodeData.txt", encoding="utf-8") as lines:
    for line in lines:
        fields = line.split(";")
        code = int(fields[0], 16)
        if fields[3] != "0":
            classes[code] = int(fields[3])
        if fields[5] and not fields[5].startswith("<"):
            parts = [int(p, 16) for p in fields[5].split()]
            mappings[code] = (parts + [0])[:2]

with open(folder + "/DerivedNormalizationProps.txt", encoding="utf-8") as lines:
    for line in lines:
        fields = [f.strip() for f in line.split("#")[0].split(";")]
        if len(fields) == 2 and fields[1] == "Full_Composition_Exclusion":
            ends = [int(e, 16) for e in fields[0].split("..")]
            excluded.update(range(ends[0], ends[-1] + 1))

ranges = []
for code in sorted(classes):
    if ranges and ranges[-1][0] + ranges[-1][1] == code and ranges[-1][2] == classes[code]:
        ranges[-1][1] += 1
    else:
        ranges.append([code, 1, classes[code]])

codes = sorted(mappings)
pairs = [i for i, code in enumerate(codes) if code not in excluded and mappings[code][1]]
pairs.sort(key=lambda i: mappings[codes[i]])


def block(items, width=118):
    lines, line = [], " "
    for item in items:
        if len(line) + 1 + len(item) + 1 > width:
            lines.append(line)
            line = " "
        line += " " + item + ","
    return "\n".join(lines + [line])


text = f"""// SPDX-License-Identifier: Apache-2.0
// Written by tests/reference/text_normalize_table.py from the Unicode character database 15.0 (UnicodeData.txt and
// DerivedNormalizationProps.txt, (c) Unicode, Inc., terms at https://www.unicode.org/terms_of_use.html).
#pragma once

#include <cstdint>

namespace kindred::text::detail {{

// clang-format off

/// One canonical mapping; `second` is 0 for singletons.
struct canonical_mapping {{
  char32_t composed, first, second;
}};

/// `count` code points from `first` on have this combining class.
struct combining_range {{
  char32_t first;
  std::uint16_t count, value;
}};

/// All canonical mappings but those of Hangul syllables, ascending.
inline constexpr canonical_mapping canonical_mappings[] = {{
{block("{0x%X, 0x%X, %s}" % (c, mappings[c][0], "0x%X" % mappings[c][1] if mappings[c][1] else "0") for c in codes)}
}};

/// Those that compose again, as positions in canonical_mappings, ascending by (first, second).
inline constexpr std::uint16_t composition_order[] = {{
{block(str(i) for i in pairs)}
}};

/// Code points with a combining class above 0, ascending.
inline constexpr combining_range combining_ranges[] = {{
{block("{0x%X, %d, %d}" % tuple(r) for r in ranges)}
}};

// clang-format on

}}  // namespace kindred::text::detail
"""
with open("include/kindred/text/normalize_table_impl.hpp", "w", encoding="utf-8") as out:
    out.write(text)
print(len(codes), "mappings,", len(pairs), "compose,", len(ranges), "ranges")
