// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/text/hangul.hpp>
#include <kindred/text/normalize.hpp>
#include <kindred/text/normalize_table_impl.hpp>

namespace kindred::text {

namespace detail {

/// The canonical combining class; 0 for everything that is not a mark.
inline unsigned combining_class(char32_t c) {
  const auto* const at = std::upper_bound(std::begin(combining_ranges), std::end(combining_ranges), c,
                                          [](char32_t v, const combining_range& r) { return v < r.first; });
  return at != std::begin(combining_ranges) && c < at[-1].first + at[-1].count ? at[-1].value : 0;
}

/// The canonical mapping of `c`, or null.
inline const canonical_mapping* mapping_of(char32_t c) {
  const auto* const at = std::lower_bound(std::begin(canonical_mappings), std::end(canonical_mappings), c,
                                          [](const canonical_mapping& m, char32_t v) { return m.composed < v; });
  return at != std::end(canonical_mappings) && at->composed == c ? at : nullptr;
}

inline void append_decomposed(char32_t c, std::u32string& out) {
  if (c < 0xC0) {
    out.push_back(c);
  } else if (hangul::is_syllable(c)) {
    const auto parts = hangul::decompose(c);
    out.push_back(parts.leading);
    out.push_back(parts.vowel);
    if (parts.trailing) out.push_back(parts.trailing);
  } else if (const auto* const m = mapping_of(c)) {
    append_decomposed(m->first, out);  // only first parts decompose further, a few levels deep
    if (m->second) append_decomposed(m->second, out);
  } else {
    out.push_back(c);
  }
}

/// Sorts runs of marks by combining class, keeping the order of equal ones.
inline void order_marks(std::u32string& text) {
  for (std::size_t begin = 0; begin < text.size();) {
    if (combining_class(text[begin]) == 0) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < text.size() && combining_class(text[end]) != 0) ++end;
    std::stable_sort(text.begin() + static_cast<std::ptrdiff_t>(begin), text.begin() + static_cast<std::ptrdiff_t>(end),
                     [](char32_t a, char32_t b) { return combining_class(a) < combining_class(b); });
    begin = end;
  }
}

/// The primary composite of two code points, else 0.
inline char32_t primary_composite(char32_t a, char32_t b) {
  if (const char32_t syllable = hangul::composed(a, b)) return syllable;
  const auto* const at =
      std::lower_bound(std::begin(composition_order), std::end(composition_order), 0, [&](std::uint16_t i, int) {
        const auto& m = canonical_mappings[i];
        return m.first != a ? m.first < a : m.second < b;
      });
  if (at == std::end(composition_order)) return 0;
  const auto& m = canonical_mappings[*at];
  return m.first == a && m.second == b ? m.composed : 0;
}

/// Composes canonically ordered text in place.
inline void compose_in_place(std::u32string& text) {
  constexpr std::size_t none = ~std::size_t{0};
  std::size_t starter = none, size = 0;
  unsigned last = 0;  // class of the last mark kept behind the starter; 0 when there is none
  for (const char32_t c : text) {
    const unsigned combining = combining_class(c);
    // c is blocked from the starter when something of class 0 or of a class not below its own stands between
    const bool adjacent = starter != none && size == starter + 1;
    if (starter != none && (adjacent || (last != 0 && last < combining))) {
      if (const char32_t made = primary_composite(text[starter], c)) {
        text[starter] = made;
        continue;
      }
    }
    if (combining == 0) starter = size;
    last = combining;
    text[size++] = c;
  }
  text.resize(size);
}

}  // namespace detail

KINDRED_INLINE std::u32string nfd(std::u32string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (const char32_t c : text) detail::append_decomposed(c, out);
  detail::order_marks(out);
  return out;
}

KINDRED_INLINE std::u32string nfc(std::u32string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char32_t c) { return c < 0x300; })) return std::u32string(text);
  std::u32string out = nfd(text);
  detail::compose_in_place(out);
  return out;
}

KINDRED_INLINE std::string nfd(std::string_view text, invalid_bytes invalid) {
  return encode_utf8(nfd(decode_utf8(text, invalid)));
}

KINDRED_INLINE std::string nfc(std::string_view text, invalid_bytes invalid) {
  return encode_utf8(nfc(decode_utf8(text, invalid)));
}

}  // namespace kindred::text
