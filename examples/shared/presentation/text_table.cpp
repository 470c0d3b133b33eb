// SPDX-License-Identifier: Apache-2.0
#include "text_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <kindred/unicode/utf8.hpp>

namespace presentation {

namespace {

constexpr int gap = 2;  // spaces between columns

struct range {
  char32_t first, last;
};

// Unicode's East Asian Width W and F, joined to blocks
constexpr range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x2614, 0x2615},   {0x2648, 0x2653},
    {0x26A1, 0x26A1},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x2705, 0x2705},   {0x2728, 0x2728},
    {0x274C, 0x274C},   {0x2753, 0x2755},   {0x2795, 0x2797},   {0x2B1B, 0x2B1C},   {0x2E80, 0x303E},
    {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD}};

// combining marks, vowel and final jamo that follow a leading one, joiners, variation selectors, skin tones, tags
constexpr range without_width[] = {{0x0300, 0x036F}, {0x1160, 0x11FF},   {0x200B, 0x200F},  {0x20D0, 0x20FF},
                                   {0xFE00, 0xFE0F}, {0x1F3FB, 0x1F3FF}, {0xE0000, 0xE01EF}};

template <std::size_t N>
bool within(const range (&ranges)[N], char32_t c) {
  return std::any_of(std::begin(ranges), std::end(ranges), [c](range r) { return r.first <= c && c <= r.last; });
}

std::string spaces(int count) { return std::string(static_cast<std::size_t>(std::max(count, 0)), ' '); }

}  // namespace

int display_width(std::string_view text) {
  int width = 0;
  kindred::unicode::decode_utf8(text, kindred::unicode::invalid_bytes::replace, [&](char32_t c) {
    if (!within(without_width, c)) width += within(wide, c) ? 2 : 1;
  });
  return width;
}

void text_table::heading(std::vector<std::string> cells, std::size_t columns) {
  lines_.push_back({std::move(cells), false, columns});
}

std::string text_table::text() const {
  std::vector<int> widths;
  for (const auto& l : lines_) {
    if (l.span != 1) continue;
    widths.resize(std::max(widths.size(), l.cells.size()), 0);
    for (std::size_t c = 0; c < l.cells.size(); ++c) widths[c] = std::max(widths[c], display_width(l.cells[c]));
  }
  int total = 0;
  for (std::size_t c = 0; c < widths.size(); ++c) total += widths[c] + (c > 0 ? gap : 0);

  std::string out;
  for (const auto& l : lines_) {
    std::string text;
    if (l.is_rule) {
      text = std::string(static_cast<std::size_t>(total), '-');
    } else {
      std::size_t column = 0;
      for (std::size_t c = 0; c < l.cells.size(); ++c) {
        const std::size_t last = c == 0 ? 1 : std::min(column + l.span, widths.size());
        int room = 0;
        for (std::size_t i = column; i < last; ++i) room += widths[i] + (i > column ? gap : 0);
        column = last;
        const int free = room - display_width(l.cells[c]);
        const bool left = c == 0 || sides_[std::min(c, sides_.size() - 1)] == 'l';
        const int before = l.span > 1 && c > 0 ? free / 2 : left ? 0 : free;
        text.append(spaces((c > 0 ? gap : 0) + before)).append(l.cells[c]).append(spaces(free - std::max(before, 0)));
      }
      text.erase(text.find_last_not_of(' ') + 1);
    }
    out += text + '\n';
  }
  return out;
}

std::string four_decimals(double value) {
  if (!std::isfinite(value)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", value);
  return text;
}

}  // namespace presentation
