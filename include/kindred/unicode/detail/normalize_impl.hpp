// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/unicode/detail/normalize_table_impl.hpp>
#include <kindred/unicode/hangul.hpp>
#include <kindred/unicode/normalize.hpp>

namespace kindred::unicode {

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

/// What `runs` make of `c`; empty when they say nothing.
template <std::size_t n>
std::u32string_view mapped_by(const mapped_run (&runs)[n], char32_t c) {
  const auto* const at = std::upper_bound(std::begin(runs), std::end(runs), c,
                                          [](char32_t v, const mapped_run& r) { return v < r.first; });
  if (at == std::begin(runs)) return {};
  const mapped_run& r = at[-1];
  const char32_t i = (c - r.first) / r.stride;
  if (i >= r.count || (c - r.first) % r.stride != 0) return {};
  return {mapped_pool + r.offset + i * r.length, r.length};
}

/// True where NFC (NFKC) leaves `c` as it is and text may be cut before it.
template <bool compatibility>
bool is_stable(char32_t c) {
  if (c < (compatibility ? 0xA0 : 0x300) || hangul::is_syllable(c) || (c >= 0x4E00 && c <= 0x9FFF)) return true;
  const auto within = [c](const auto& ranges) {
    const auto* const at = std::upper_bound(std::begin(ranges), std::end(ranges), c,
                                            [](char32_t v, const code_point_range& r) { return v < r.first; });
    return at != std::begin(ranges) && c < at[-1].first + at[-1].count;
  };
  return compatibility ? !within(nfkc_doubtful) : !within(nfc_doubtful);
}

template <bool compatibility = false>
void append_decomposed(char32_t c, std::u32string& out) {
  if (c < 0xA0) {
    out.push_back(c);
    return;
  }
  if constexpr (compatibility) {
    if (const auto plain = mapped_by(compatibility_runs, c); !plain.empty()) {
      out += plain;
      return;
    }
  }
  if (hangul::is_syllable(c)) {
    const auto parts = hangul::decompose(c);
    out.push_back(parts.leading);
    out.push_back(parts.vowel);
    if (parts.trailing) out.push_back(parts.trailing);
  } else if (const auto* const m = mapping_of(c)) {
    append_decomposed<compatibility>(m->first, out);  // only first parts decompose further, a few levels deep
    if (m->second) append_decomposed<compatibility>(m->second, out);
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

template <bool compatibility>
std::u32string decomposed(std::u32string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (const char32_t c : text) append_decomposed<compatibility>(c, out);
  order_marks(out);
  return out;
}

/// Where the first code point begins at or behind `at` that may be unlike its NFC (NFKC), the end when there is none.
/// Bytes that are not UTF-8 end the search too.
template <bool compatibility>
std::size_t stable_prefix(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const auto step = utf8_front(text.substr(at));
    if (!step.valid || !is_stable<compatibility>(step.code_point)) break;
    at += step.length;
  }
  return at;
}

/// NFC (NFKC) of UTF-8: spans that are in that form are copied, those between are composed with the starter before
/// them.
template <bool compatibility>
std::string composed_bytes(std::string_view text, invalid_bytes invalid) {
  std::string out;
  out.reserve(text.size());
  std::u32string span;
  for (std::size_t copied = 0, at = 0;; at = copied) {
    at = stable_prefix<compatibility>(text, at);
    std::size_t begin = at;  // the last stable code point before `at`, which what follows may compose with
    if (at < text.size()) {
      while (begin > copied && (static_cast<unsigned char>(text[--begin]) & 0xC0u) == 0x80u) {
      }
    }
    out.append(text, copied, begin - copied);
    if (at == text.size()) return out;
    span.clear();
    for (copied = begin; copied < text.size();) {
      const auto step = utf8_front(text.substr(copied));
      expects<argument_error>(step.valid || invalid == invalid_bytes::replace,
                              "unicode::decode_utf8: byte {} of {} does not begin valid UTF-8", copied, text.size());
      if (copied > at && is_stable<compatibility>(step.code_point)) break;
      span.push_back(step.code_point);
      copied += step.length;
    }
    std::u32string parts = decomposed<compatibility>(span);
    compose_in_place(parts);
    for (const char32_t c : parts) encode_utf8(c, out);
  }
}

}  // namespace detail

KINDRED_INLINE bool is_nfc_stable(char32_t c) { return detail::is_stable<false>(c); }

KINDRED_INLINE std::u32string nfd(std::u32string_view text) { return detail::decomposed<false>(text); }

KINDRED_INLINE std::u32string nfkd(std::u32string_view text) { return detail::decomposed<true>(text); }

KINDRED_INLINE std::u32string nfc(std::u32string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char32_t c) { return c < 0x300; })) return std::u32string(text);
  std::u32string out = nfd(text);
  detail::compose_in_place(out);
  return out;
}

KINDRED_INLINE std::u32string nfkc(std::u32string_view text) {
  std::u32string out = nfkd(text);
  detail::compose_in_place(out);
  return out;
}

KINDRED_INLINE std::u32string fold_case(std::u32string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (const char32_t c : text) {
    const auto folded = detail::mapped_by(detail::folding_runs, c);
    if (folded.empty()) {
      out.push_back(c);
    } else {
      out += folded;
    }
  }
  return out;
}

KINDRED_INLINE std::string nfd(std::string_view text, invalid_bytes invalid) {
  return encode_utf8(nfd(decode_utf8(text, invalid)));
}

KINDRED_INLINE std::string nfkd(std::string_view text, invalid_bytes invalid) {
  return encode_utf8(nfkd(decode_utf8(text, invalid)));
}

KINDRED_INLINE std::string nfc(std::string_view text, invalid_bytes invalid) {
  return detail::composed_bytes<false>(text, invalid);
}

KINDRED_INLINE std::string nfkc(std::string_view text, invalid_bytes invalid) {
  return detail::composed_bytes<true>(text, invalid);
}

KINDRED_INLINE std::string fold_case(std::string_view text, invalid_bytes invalid) {
  return encode_utf8(fold_case(decode_utf8(text, invalid)));
}

}  // namespace kindred::unicode
