// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <iterator>
#include <kindred/text/emoji_table_impl.hpp>
#include <kindred/text/hangul.hpp>
#include <kindred/text/social.hpp>
#include <kindred/text/whitespace.hpp>

namespace kindred::text {

namespace detail {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_ascii_letter(char32_t c) { return (c | 0x20) - U'a' < 26; }
constexpr bool is_ascii_word(char c) {
  return is_digit(c) || c == '_' || is_ascii_letter(static_cast<unsigned char>(c));
}

constexpr bool is_han(char32_t c) {
  return c == 0x3005 || c == 0x3007 || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

constexpr bool is_syllable_part(char32_t c) { return hangul::is_syllable(c) || hangul::is_jamo(c); }

/// Letters of scripts other than Hangul and Han, with their marks, by block.
constexpr bool is_letter(char32_t c) {
  if (c < 0x80) return is_ascii_letter(c);
  if (c < 0x1100) {
    if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
    if (c < 0x370) return c != 0xD7 && c != 0xF7 && (c < 0x2B9 || c >= 0x300);
    return c != 0x37E && c != 0x387 && c != 0x589 && c != 0x5BE && c != 0x5C0 && c != 0x5C3 && c != 0x60C &&
           c != 0x61B && c != 0x61F && c != 0x66A && c != 0x6D4 && c != 0x964 && c != 0x965;
  }
  return (c >= 0x1200 && c <= 0x1FFF && c != 0x1680) || (c >= 0x3041 && c <= 0x30FF && c != 0x30FB && c != 0x30A0) ||
         (c >= 0x31F0 && c <= 0x31FF) || (c >= 0xA640 && c <= 0xA69F) || (c >= 0xFB00 && c <= 0xFB06) ||
         (c >= 0xFF21 && c <= 0xFF3A) || (c >= 0xFF41 && c <= 0xFF5A) || (c >= 0xFF66 && c <= 0xFF9F);
}

constexpr bool is_hashtag_part(char32_t c) {
  return c == U'_' || (c >= U'0' && c <= U'9') || is_letter(c) || is_han(c) || is_syllable_part(c) ||
         hangul::is_compatibility_jamo(c);
}

inline bool is_picture(char32_t c) {
  const auto* const at = std::upper_bound(std::begin(picture_ranges), std::end(picture_ranges), c,
                                          [](char32_t v, const picture_range& r) { return v < r.first; });
  return at != std::begin(picture_ranges) && c <= at[-1].last;
}

/// Bytes from `at` on whose code points all fulfil `wanted`.
template <class Wanted>
std::size_t run_length(std::string_view text, std::size_t at, Wanted wanted) {
  std::size_t end = at;
  while (end < text.size()) {
    const auto step = decode_step(text.substr(end));
    if (!wanted(step.code_point)) break;
    end += step.length;
  }
  return end - at;
}

/// True where text begins with `lower`, in any ASCII case.
inline bool begins(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != lower[i]) return false;
  }
  return true;
}

inline std::size_t url_length(std::string_view text) {
  std::size_t begin = 0;
  for (const std::string_view scheme : {"http://", "https://", "ftp://", "www."})
    if (begins(text, scheme)) begin = scheme.size();
  if (begin == 0) return 0;
  std::size_t end = begin;
  while (end < text.size() && (is_ascii_word(text[end]) ||
                               std::string_view("-._~:/?#[]@!$&'()*+,;=%|").find(text[end]) != std::string_view::npos))
    ++end;
  // a bracket that was opened inside belongs to the address, one that closes around it does not
  const std::string_view body = text.substr(begin, end - begin);
  auto open = std::count(body.begin(), body.end(), '(') - std::count(body.begin(), body.end(), ')');
  while (end > begin) {
    const char last = text[end - 1];
    if (last == ')' && open >= 0) break;
    if (last != ')' && std::string_view(".,;:!?'*[]|(~").find(last) == std::string_view::npos) break;
    open += last == ')' ? 1 : last == '(' ? -1 : 0;
    --end;
  }
  return end > begin ? end : 0;
}

inline std::size_t email_length(std::string_view text) {
  const auto label = [](char c) { return is_digit(c) || c == '-' || is_ascii_letter(static_cast<unsigned char>(c)); };
  std::size_t at = 0;
  while (at < text.size() && at <= 64 &&
         (is_ascii_word(text[at]) || text[at] == '.' || text[at] == '+' || text[at] == '-' || text[at] == '%'))
    ++at;
  if (at == 0 || at > 64 || at == text.size() || text[at] != '@' || text[at - 1] == '.') return 0;
  std::size_t end = 0;  // behind the last label that another one preceded
  for (bool first = true; at < text.size() && at < 320; first = false) {
    const std::size_t begin = ++at;  // behind @ or a dot
    while (at < text.size() && at < 320 && label(text[at])) ++at;
    if (at == begin) break;
    if (!first) end = at;
    if (at == text.size() || text[at] != '.') break;
  }
  return end;
}

inline lexeme number_at(std::string_view text) {
  std::size_t at = 0, dots = 0, hyphens = 0, with_hyphens = 0, number = 0;
  for (;;) {
    while (at < text.size() && is_digit(text[at])) ++at;
    if (hyphens == 0) number = at;  // digits, commas and points
    with_hyphens = at;
    if (at + 1 >= text.size() || !is_digit(text[at + 1])) break;
    if (text[at] == '.') {
      ++dots;
    } else if (text[at] == '-') {
      ++hyphens;
    } else if (text[at] != ',' || hyphens != 0) {
      break;
    }
    ++at;
  }
  if (hyphens >= 2) return {with_hyphens, "W_SERIAL"};
  return {number, hyphens == 0 && dots >= 2 ? "W_SERIAL" : "SN"};
}

inline std::string_view mark_tag(char32_t c) {
  switch (c) {
    case U'.':
    case U'?':
    case U'!':
    case 0x3002:
    case 0xFF01:
    case 0xFF1F:
      return "SF";
    case 0x2026:
    case 0x22EF:
      return "SE";
    case U',':
    case U':':
    case U'/':
    case 0xB7:
    case 0x30FB:
    case 0x318D:
      return "SP";
    case U'~':
    case U'-':
    case 0x223C:
    case 0x301C:
    case 0xFF5E:
      return "SO";
    case U'"':
    case U'\'':
    case U'(':
    case U')':
    case U'[':
    case U']':
    case U'{':
    case U'}':
    case U'<':
    case U'>':
    case 0xAB:
    case 0xBB:
    case 0xFF08:
    case 0xFF09:
      return "SS";
    default:
      return (c >= 0x2010 && c <= 0x201F) || (c >= 0x3008 && c <= 0x301B && c != 0x3012 && c != 0x3013) ? "SS" : "SW";
  }
}

}  // namespace detail

KINDRED_INLINE std::size_t detail::emoji_length(std::string_view text, std::size_t at) {
  constexpr char32_t joiner = 0x200D, as_text = 0xFE0E, as_emoji = 0xFE0F, keycap = 0x20E3;
  const auto peek = [&](std::size_t from) {
    return from < text.size() ? decode_step(text.substr(from)).code_point : 0;
  };
  const auto is_regional = [](char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; };
  const char32_t first = peek(at);
  if (first < 0x80) {  // 3 FE0F 20E3
    if (first != U'#' && first != U'*' && first - U'0' >= 10) return 0;
    const std::size_t behind = at + 1 + (peek(at + 1) == as_emoji ? 3 : 0);
    return peek(behind) == keycap ? behind + 3 - at : 0;
  }
  if (is_regional(first)) return is_regional(peek(at + 4)) ? 8 : 0;
  std::size_t end = at;
  for (;;) {
    const char32_t c = peek(end);
    if (!is_picture(c)) return end == at ? 0 : end - 3 - at;  // a joiner that joins nothing stays behind
    std::size_t behind = end + decode_step(text.substr(end)).length;
    const char32_t selector = peek(behind);
    if (selector == as_text) return end == at ? 0 : end - 3 - at;
    // of the signs in use before emoji were (copyright, exclamation marks, ...) only those that ask for it
    if (end == at && c < 0x2190 && selector != as_emoji) return 0;
    if (selector == as_emoji) {
      behind += 3;
      if (peek(behind) == keycap) behind += 3;
    } else if (selector >= 0x1F3FB && selector <= 0x1F3FF) {
      behind += 4;
    }
    if (peek(behind) >= 0xE0020 && peek(behind) <= 0xE007E) {  // tags spell a region and end with their own mark
      std::size_t tags = behind;
      while (peek(tags) >= 0xE0020 && peek(tags) <= 0xE007E) tags += 4;
      if (peek(tags) == 0xE007F) behind = tags + 4;
    }
    if (peek(behind) != joiner) return behind - at;
    end = behind + 3;
  }
}

KINDRED_INLINE detail::lexeme detail::next_lexeme(std::string_view text, std::size_t at) {
  const auto step = decode_step(text.substr(at));
  const char32_t c = step.code_point;
  const std::string_view rest = text.substr(at);
  if (hangul::is_syllable(c)) return {run_length(text, at, hangul::is_syllable), "NA"};
  if (is_white_space(c)) return {run_length(text, at, is_white_space), {}};
  if (c < 0x80) {
    const char byte = rest[0];
    const bool inside = at > 0 && is_ascii_word(text[at - 1]);
    if (is_ascii_word(byte) && !inside) {
      if (const std::size_t n = url_length(rest)) return {n, "W_URL"};
      if (const std::size_t n = email_length(rest)) return {n, "W_EMAIL"};
    }
    if (const std::size_t n = emoji_length(text, at)) return {n, "W_EMOJI"};
    if (is_digit(byte)) return number_at(rest);
    if (byte == '#' && !inside) {
      const std::size_t n = 1 + run_length(text, at + 1, is_hashtag_part);
      if (!std::all_of(rest.begin() + 1, rest.begin() + static_cast<std::ptrdiff_t>(n), is_digit))
        return {n, "W_HASHTAG"};
    }
    if (byte == '@' && !inside) {
      std::size_t n = 1;
      while (n < rest.size() &&
             (is_ascii_word(rest[n]) || (rest[n] == '.' && n > 1 && n + 1 < rest.size() && is_ascii_word(rest[n + 1]))))
        ++n;
      if (n > 1) return {n, "W_MENTION"};
    }
  } else if (const std::size_t n = emoji_length(text, at)) {
    return {n, "W_EMOJI"};
  }
  if (is_letter(c)) return {run_length(text, at, is_letter), "SL"};
  if (is_han(c)) return {run_length(text, at, is_han), "SH"};
  if (hangul::is_jamo(c)) return {run_length(text, at, hangul::is_jamo), "NA"};
  if (hangul::is_compatibility_jamo(c)) {
    const auto is_vowel = [](char32_t v) { return (v >= U'ㅏ' && v <= U'ㅣ') || v >= 0x3187; };
    return {run_length(text, at,
                       [&](char32_t v) { return hangul::is_compatibility_jamo(v) && is_vowel(v) == is_vowel(c); }),
            "IC"};
  }
  const std::size_t n = run_length(text, at, [c](char32_t v) { return v == c; });
  return {n, c == U'.' && n > 1 ? "SE" : mark_tag(c)};
}

}  // namespace kindred::text
