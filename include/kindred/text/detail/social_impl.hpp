// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/text/detail/prepared_impl.hpp>
#include <kindred/text/social.hpp>
#include <kindred/text/whitespace.hpp>
#include <kindred/unicode/hangul.hpp>

namespace kindred::text {

namespace detail {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_ascii_word(char c) {
  return is_digit(c) || c == '_' || is_ascii_letter(static_cast<unsigned char>(c));
}

constexpr bool is_han(char32_t c) {
  return c == 0x3005 || c == 0x3007 || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

constexpr bool is_syllable_part(char32_t c) { return unicode::hangul::is_syllable(c) || unicode::hangul::is_jamo(c); }

/// Letters and the joiners that `prepare` left between them.
constexpr bool is_letter_part(char32_t c) { return is_letter(c) || c == 0x200C || c == 0x200D; }

constexpr bool is_hashtag_part(char32_t c) {
  return c == U'_' || (c >= U'0' && c <= U'9') || is_letter_part(c) || is_han(c) || is_syllable_part(c) ||
         unicode::hangul::is_compatibility_jamo(c);
}

/// Bytes from `at` on whose code points all fulfil `wanted`.
template <class Wanted>
std::size_t run_length(std::string_view text, std::size_t at, Wanted wanted) {
  std::size_t end = at;
  while (end < text.size()) {
    const auto step = utf8_front(text.substr(end));
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

KINDRED_INLINE detail::lexeme detail::next_lexeme(std::string_view text, std::size_t at) {
  std::size_t syllables = at;
  while (unicode::hangul::is_syllable(three_bytes(text, syllables))) syllables += 3;
  if (syllables > at) return {syllables - at, "NA"};
  if (text[at] == ' ' && (at + 1 == text.size() || static_cast<unsigned char>(text[at + 1]) >= 0xEA)) return {1, {}};
  const auto step = utf8_front(text.substr(at));
  const char32_t c = step.code_point;
  const std::string_view rest = text.substr(at);
  if (is_blank(c)) return {run_length(text, at, is_blank), {}};
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
  if (is_letter(c)) return {run_length(text, at, is_letter_part), "SL"};
  if (is_han(c)) return {run_length(text, at, is_han), "SH"};
  if (unicode::hangul::is_jamo(c)) return {run_length(text, at, unicode::hangul::is_jamo), "NA"};
  if (unicode::hangul::is_compatibility_jamo(c)) {
    const auto is_vowel = [](char32_t v) { return (v >= U'ㅏ' && v <= U'ㅣ') || v >= 0x3187; };
    return {
        run_length(text, at,
                   [&](char32_t v) { return unicode::hangul::is_compatibility_jamo(v) && is_vowel(v) == is_vowel(c); }),
        "IC"};
  }
  std::size_t n = run_length(text, at, [c](char32_t v) { return v == c; });
  if (is_picture(c)) {  // one sign, as text: the next may be an emoji
    n = step.length;
    if (text.substr(at + n).starts_with("\uFE0E")) n += 3;
  }
  return {n, c == U'.' && n > 1 ? "SE" : mark_tag(c)};
}

}  // namespace kindred::text
