# SPDX-License-Identifier: Apache-2.0
"""Writes include/kindred/text/emoji_table_impl.hpp and tests/data/text/emoji.tsv from Unicode's emoji data.

Run from the repository's root:  python3 tests/reference/text_emoji_table.py [FOLDER]
FOLDER holds emoji-data.txt and emoji-test.txt (Debian package unicode-data, version 15.0). The .tsv holds every seventh sequence
of emoji-test.txt and every flag of a region that is not a country, as code points.
"""

import sys

folder = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode/emoji"
properties = {"Emoji": set(), "Extended_Pictographic": set()}
with open(folder + "/emoji-data.txt", encoding="utf-8") as lines:
    for line in lines:
        fields = [f.strip() for f in line.split("#")[0].split(";")]
        if len(fields) == 2 and fields[1] in properties:
            ends = [int(e, 16) for e in fields[0].split("..")]
            properties[fields[1]].update(range(ends[0], ends[-1] + 1))

# code points kept free for emoji are taken as such, so that those of later versions are single tokens too
pictures = {c for c in properties["Extended_Pictographic"] if c in properties["Emoji"] or c >= 0x1F000}
ranges = []
for code in sorted(pictures):
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
with open("include/kindred/text/emoji_table_impl.hpp", "w", encoding="utf-8") as out:
    out.write(f"""// SPDX-License-Identifier: Apache-2.0
// Written by tests/reference/text_emoji_table.py from Unicode's emoji-data.txt 15.0 ((c) Unicode, Inc., terms at
// https://www.unicode.org/terms_of_use.html).
#pragma once

namespace kindred::text::detail {{

// clang-format off

struct picture_range {{
  char32_t first, last;
}};

/// The code points that begin an emoji by themselves, ascending: Extended_Pictographic, less what stands below U+1F000 and is
/// no Emoji.
inline constexpr picture_range picture_ranges[] = {{
{table}
}};

// clang-format on

}}  // namespace kindred::text::detail
""")

sequences = []
with open(folder + "/emoji-test.txt", encoding="utf-8") as lines:
    for line in lines:
        fields = [f.strip() for f in line.split("#")[0].split(";")]
        if len(fields) == 2 and fields[1] in ("fully-qualified", "minimally-qualified", "unqualified"):
            sequences.append(fields[0])
with open("tests/data/text/emoji.tsv", "w", encoding="ascii") as out:
    for i, sequence in enumerate(sequences):
        if i % 7 == 0 or "E007F" in sequence:
            out.write(sequence + "\n")
print(len(ranges), "ranges,", len(sequences), "sequences")
