# SPDX-License-Identifier: Apache-2.0
"""Writes include/kindred/text/normalize_table_impl.hpp from the Unicode character database.

Run from the repository's root:  python3 tests/reference/text_normalize_table.py [FOLDER]
FOLDER holds UnicodeData.txt, DerivedNormalizationProps.txt and CaseFolding.txt (Debian package unicode-data, version 15.0).
"""

import sys

folder = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode"
mappings, classes, excluded = {}, {}, set()
compatible, folded = {}, {}
quick = {"NFC_QC": set(), "NFKC_QC": set()}  # code points whose quick check says no or maybe

with open(folder + "/UnicodeData.txt", encoding="utf-8") as lines:
    for line in lines:
        fields = line.split(";")
        code = int(fields[0], 16)
        if fields[3] != "0":
            classes[code] = int(fields[3])
        if fields[5] and not fields[5].startswith("<"):
            parts = [int(p, 16) for p in fields[5].split()]
            mappings[code] = (parts + [0])[:2]
        elif fields[5]:
            compatible[code] = [int(p, 16) for p in fields[5].split()[1:]]

with open(folder + "/DerivedNormalizationProps.txt", encoding="utf-8") as lines:
    for line in lines:
        fields = [f.strip() for f in line.split("#")[0].split(";")]
        if len(fields) == 2 and fields[1] == "Full_Composition_Exclusion":
            ends = [int(e, 16) for e in fields[0].split("..")]
            excluded.update(range(ends[0], ends[-1] + 1))
        if len(fields) == 3 and fields[1] in quick:
            ends = [int(e, 16) for e in fields[0].split("..")]
            quick[fields[1]].update(range(ends[0], ends[-1] + 1))

with open(folder + "/CaseFolding.txt", encoding="utf-8") as lines:
    for line in lines:
        fields = [f.strip() for f in line.split("#")[0].split(";")]
        if len(fields) > 2 and fields[1] in "CF":
            folded[int(fields[0], 16)] = [int(p, 16) for p in fields[2].split()]


def expanded(code):
    """The full compatibility decomposition, marks not yet ordered."""
    if 0xAC00 <= code <= 0xD7A3:
        s = code - 0xAC00
        return [0x1100 + s // 588, 0x1161 + s // 28 % 21] + ([0x11A7 + s % 28] if s % 28 else [])
    parts = compatible.get(code) or [p for p in mappings.get(code, []) if p]
    return [x for p in parts for x in expanded(p)] or [code]


class Runs:
    """Mappings of code points to strings as runs (first, count, stride, length, offset): code point first + i * stride gives the
    `length` code points of `pool` at offset + i * length."""

    def __init__(self):
        self.pool = []

    def add(self, table):
        codes = sorted(table)
        runs = []
        at = 0
        while at < len(codes):
            stride = codes[at + 1] - codes[at] if at + 1 < len(codes) else 1
            length = len(table[codes[at]])
            if stride > 2 or len(table[codes[at + 1 if at + 1 < len(codes) else at]]) != length:
                stride = 1
            end = at + 1
            while end < len(codes) and codes[end] == codes[end - 1] + stride and len(table[codes[end]]) == length:
                end += 1
            runs.append((codes[at], end - at, stride, length, [x for c in codes[at:end] for x in table[c]]))
            at = end
        placed = {}
        for run in sorted(runs, key=lambda r: -len(r[4])):  # long ones first: short ones are found inside them
            text = run[4]
            found = next((i for i in range(len(self.pool)) if self.pool[i : i + len(text)] == text), None)
            if found is None:
                found = len(self.pool)
                self.pool += text
            placed[run[0]] = found
        return ["{0x%X, %d, %d, %d, %d}" % (r[0], r[1], r[2], r[3], placed[r[0]]) for r in runs]


def spans(codes):
    out = []
    for code in sorted(codes):
        if out and out[-1][0] + out[-1][1] == code:
            out[-1][1] += 1
        else:
            out.append([code, 1])
    return ["{0x%X, %d}" % tuple(s) for s in out]


runs = Runs()
compatible_runs = runs.add({c: expanded(c) for c in compatible})
folded_runs = runs.add(folded)

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
// Written by tests/reference/text_normalize_table.py from the Unicode character database 15.0 (UnicodeData.txt,
// DerivedNormalizationProps.txt and CaseFolding.txt, (c) Unicode, Inc., terms at https://www.unicode.org/terms_of_use.html).
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

/// `count` code points from `first` on.
struct code_point_range {{
  char32_t first;
  std::uint16_t count;
}};

/// The code points first, first + stride, ... (`count` of them) become `length` code points each, which lie one behind the
/// other in mapped_pool from `offset` on.
struct mapped_run {{
  char32_t first;
  std::uint16_t count;
  std::uint8_t stride, length;
  std::uint16_t offset;
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

/// Code points before which text cannot be cut for NFC, or which NFC may change: marks, and those whose quick check says no
/// or maybe. Ascending, as all ranges here.
inline constexpr code_point_range nfc_doubtful[] = {{
{block(spans(quick["NFC_QC"] | set(classes)))}
}};

/// The same for NFKC.
inline constexpr code_point_range nfkc_doubtful[] = {{
{block(spans(quick["NFKC_QC"] | set(classes)))}
}};

/// All compatibility mappings, fully decomposed.
inline constexpr mapped_run compatibility_runs[] = {{
{block(compatible_runs)}
}};

/// Full case folding (statuses C and F).
inline constexpr mapped_run folding_runs[] = {{
{block(folded_runs)}
}};

inline constexpr char32_t mapped_pool[] = {{
{block("0x%X" % c for c in runs.pool)}
}};

// clang-format on

}}  // namespace kindred::text::detail
"""
with open("include/kindred/text/normalize_table_impl.hpp", "w", encoding="utf-8") as out:
    out.write(text)
print(len(codes), "mappings,", len(pairs), "compose,", len(ranges), "ranges,", len(compatible_runs), "compatibility runs,",
      len(folded_runs), "folding runs, pool of", len(runs.pool))
