// SPDX-License-Identifier: Apache-2.0
#include "emoji_font.hpp"

#include <ft2build.h>

#include <algorithm>
#include <kindred/core/error.hpp>
#include <map>
#include FT_FREETYPE_H
#include FT_TRUETYPE_TABLES_H

namespace emoji {

using kindred::expects;
using kindred::index_t;
using kindred::io_error;

namespace {

constexpr FT_ULong gsub = FT_MAKE_TAG('G', 'S', 'U', 'B');

/// Components of a ligature behind its first glyph, and what they become.
struct ligature {
  std::vector<std::uint32_t> rest;
  std::uint32_t glyph;
};
/// One lookup: ligatures by first glyph, in order of preference.
using ligature_lookup = std::map<std::uint32_t, std::vector<ligature>>;

/// Reads a table of big-endian numbers and never beyond its end.
class table_reader {
 public:
  table_reader(const std::vector<std::uint8_t>& bytes, const std::string& path) : bytes_(bytes), path_(path) {}
  std::uint32_t u16(std::size_t at) const {
    expects<io_error>(at + 2 <= bytes_.size(), "{}: table GSUB: byte {} lies behind its end", path_, at);
    return static_cast<std::uint32_t>(bytes_[at] << 8 | bytes_[at + 1]);
  }
  std::uint32_t u32(std::size_t at) const { return u16(at) << 16 | u16(at + 2); }

 private:
  const std::vector<std::uint8_t>& bytes_;
  const std::string& path_;
};

/// The glyphs that a coverage table lists, in its order.
std::vector<std::uint32_t> coverage(const table_reader& t, std::size_t at) {
  std::vector<std::uint32_t> glyphs;
  const auto format = t.u16(at), count = t.u16(at + 2);
  for (std::size_t i = 0; i < count; ++i) {
    if (format == 1) {
      glyphs.push_back(t.u16(at + 4 + 2 * i));
    } else {
      for (auto g = t.u16(at + 4 + 6 * i), last = t.u16(at + 6 + 6 * i); g <= last; ++g) glyphs.push_back(g);
    }
  }
  return glyphs;
}

/// The ligature substitutions (lookup type 4, also behind type 7) of a GSUB table; other types are passed over.
/// OpenType 1.9, chapters "GSUB" and "Common table formats".
std::vector<ligature_lookup> read_ligatures(const std::vector<std::uint8_t>& bytes, const std::string& path) {
  std::vector<ligature_lookup> lookups;
  if (bytes.empty()) return lookups;
  const table_reader t(bytes, path);
  const std::size_t list = t.u16(8);
  for (std::size_t l = 0; l < t.u16(list); ++l) {
    const std::size_t lookup = list + t.u16(list + 2 + 2 * l);
    ligature_lookup found;
    for (std::size_t s = 0; s < t.u16(lookup + 4); ++s) {
      std::size_t subtable = lookup + t.u16(lookup + 6 + 2 * s);
      auto type = t.u16(lookup);
      if (type == 7) {
        type = t.u16(subtable + 2);
        subtable += t.u32(subtable + 4);
      }
      if (type != 4) continue;
      const auto first = coverage(t, subtable + t.u16(subtable + 2));
      for (std::size_t i = 0; i < std::min<std::size_t>(first.size(), t.u16(subtable + 4)); ++i) {
        const std::size_t set = subtable + t.u16(subtable + 6 + 2 * i);
        for (std::size_t j = 0; j < t.u16(set); ++j) {
          const std::size_t at = set + t.u16(set + 2 + 2 * j);
          ligature made{{}, t.u16(at)};
          for (std::size_t c = 1; c < t.u16(at + 2); ++c) made.rest.push_back(t.u16(at + 2 + 2 * c));
          found[first[i]].push_back(std::move(made));
        }
      }
    }
    if (!found.empty()) lookups.push_back(std::move(found));
  }
  return lookups;
}

}  // namespace

struct font::state {
  std::string path;
  FT_Library library = nullptr;
  FT_Face face = nullptr;
  std::vector<ligature_lookup> lookups;
  ~state() {
    if (face) FT_Done_Face(face);
    if (library) FT_Done_FreeType(library);
  }
};

font::font(const std::string& path) : state_(std::make_unique<state>()) {
  auto& s = *state_;
  s.path = path;
  expects<io_error>(FT_Init_FreeType(&s.library) == 0, "emoji: FreeType cannot be initialised");
  expects<io_error>(FT_New_Face(s.library, path.c_str(), 0, &s.face) == 0, "{}: no font that FreeType can read", path);
  expects<io_error>(FT_HAS_COLOR(s.face) && FT_HAS_FIXED_SIZES(s.face), "{}: a font without colour bitmaps", path);
  expects<io_error>(FT_Select_Size(s.face, 0) == 0, "{}: its first bitmap size cannot be selected", path);
  FT_ULong size = 0;
  if (FT_Load_Sfnt_Table(s.face, gsub, 0, nullptr, &size) == 0) {
    std::vector<std::uint8_t> bytes(size);
    expects<io_error>(FT_Load_Sfnt_Table(s.face, gsub, 0, bytes.data(), &size) == 0, "{}: table GSUB cannot be read",
                      path);
    s.lookups = read_ligatures(bytes, path);
  }
}

font::~font() = default;

std::uint32_t font::glyph(std::u32string_view sequence) const {
  std::vector<std::uint32_t> run;
  for (const char32_t c : sequence) {
    if (c == 0xFE0F) continue;  // emoji presentation, which is all this font has
    run.push_back(FT_Get_Char_Index(state_->face, c));
    if (run.back() == 0) return 0;
  }
  for (const auto& lookup : state_->lookups)
    for (std::size_t i = 0; i < run.size(); ++i) {
      const auto found = lookup.find(run[i]);
      if (found == lookup.end()) continue;
      for (const auto& l : found->second) {
        const auto next = run.begin() + static_cast<std::ptrdiff_t>(i) + 1;
        if (static_cast<std::size_t>(run.end() - next) < l.rest.size() ||
            !std::equal(l.rest.begin(), l.rest.end(), next))
          continue;
        run[i] = l.glyph;
        run.erase(next, next + static_cast<std::ptrdiff_t>(l.rest.size()));
        break;
      }
    }
  return run.size() == 1 ? run[0] : 0;
}

emoji::picture font::picture(std::uint32_t glyph, index_t reduce) const {
  const auto& s = *state_;
  expects<io_error>(FT_Load_Glyph(s.face, glyph, FT_LOAD_COLOR) == 0 &&
                        s.face->glyph->format == FT_GLYPH_FORMAT_BITMAP &&
                        s.face->glyph->bitmap.pixel_mode == FT_PIXEL_MODE_BGRA && s.face->glyph->bitmap.pitch > 0,
                    "{}: glyph {} has no colour bitmap", s.path, glyph);
  const auto& bitmap = s.face->glyph->bitmap;
  emoji::picture out{static_cast<index_t>(bitmap.width) / reduce, static_cast<index_t>(bitmap.rows) / reduce, {}};
  out.rgba.reserve(static_cast<std::size_t>(out.width * out.height * 4));
  for (index_t y = 0; y < out.height; ++y)
    for (index_t x = 0; x < out.width; ++x) {
      index_t sum[4] = {};  // blue, green, red, opacity; colours come multiplied by opacity, so they add up
      for (index_t dy = 0; dy < reduce; ++dy)
        for (index_t dx = 0; dx < reduce; ++dx)
          for (index_t c = 0; c < 4; ++c)
            sum[c] += bitmap.buffer[(y * reduce + dy) * bitmap.pitch + (x * reduce + dx) * 4 + c];
      const auto colour = [&](index_t c) {
        return static_cast<std::uint8_t>(sum[3] == 0 ? 0
                                                     : std::min<index_t>(255, (255 * sum[c] + sum[3] / 2) / sum[3]));
      };
      const index_t area = reduce * reduce;
      out.rgba.insert(out.rgba.end(),
                      {colour(2), colour(1), colour(0), static_cast<std::uint8_t>((sum[3] + area / 2) / area)});
    }
  return out;
}

}  // namespace emoji
