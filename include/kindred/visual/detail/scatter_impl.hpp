// SPDX-License-Identifier: Apache-2.0
/// @file
/// Definitions of visual/scatter.hpp.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <kindred/io/atomic_file.hpp>
#include <kindred/io/escaped.hpp>
#include <kindred/visual/detail/svg_impl.hpp>
#include <kindred/visual/scatter.hpp>
#include <string_view>

namespace kindred::visual::detail {

/// A string of JSON, with its quotation marks.
inline std::string quoted(std::string_view text) {
  constexpr const char* digits = "0123456789abcdef";
  std::string out = "\"";
  while (!text.empty()) {
    const char32_t c = take_utf8_front(text);
    if (c == '"' || c == '\\') {
      out += '\\';
      append_utf8(out, c);
    } else if (c < 0x20) {
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    } else {
      append_utf8(out, c);
    }
  }
  return out + '"';
}

/// The shortest text that gives v again.
inline std::string shortest(double v) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, v).ptr;
  return {text, end};
}

/// About how wide the text is, in units of the font's size.
inline double width_of(std::string_view text) {
  double width = 0;
  while (!text.empty()) {
    const char32_t c = take_utf8_front(text);
    const bool mark = (c >= 0x300 && c < 0x370) || (c >= 0x200B && c < 0x2010) || (c >= 0xFE00 && c < 0xFE10) ||
                      (c >= 0x1160 && c < 0x1200);  // combining, joining, the vowels and codas of conjoining jamo
    const bool wide = (c >= 0x1100 && c < 0x1160) || (c >= 0x2E80 && c < 0xA4D0) || (c >= 0xAC00 && c < 0xD7A4) ||
                      (c >= 0xF900 && c < 0xFB00) || (c >= 0xFF00 && c < 0xFF61);
    const bool narrow = c == 'i' || c == 'j' || c == 'l' || c == 'I' || c == '.' || c == ',' || c == '\'' || c == ' ' ||
                        c == 't' || c == 'f' || c == 'r' || c == '!' || c == '|';
    const bool broad = (c >= 'A' && c <= 'Z') || c == 'm' || c == 'w' || c == '@' || c == '%';
    width += mark ? 0 : c >= 0x1F000 ? 1.3 : wide ? 0.96 : narrow ? 0.36 : broad ? 0.72 : 0.58;
  }
  return width;
}

/// A rectangle of the picture, y downwards.
struct box {
  double left, top, right, bottom;
  bool meets(const box& o) const { return left < o.right && o.left < right && top < o.bottom && o.top < bottom; }
};

/// Boxes sorted into squares of the picture, so that a new one is compared with those around it only.
class taken_places {
 public:
  taken_places(double width, double height)
      : across_(1 + static_cast<std::size_t>(width / side)),
        cells_(across_ * (1 + static_cast<std::size_t>(height / side))) {}
  void add(const box& b) {
    each(b, [&](std::vector<box>& cell) {
      cell.push_back(b);
      return true;
    });
  }
  bool free(const box& b) {
    return each(b, [&](std::vector<box>& cell) {
      for (const box& other : cell)
        if (b.meets(other)) return false;
      return true;
    });
  }

 private:
  static constexpr double side = 32;
  template <class F>
  bool each(const box& b, F f) {
    const std::size_t rows = cells_.size() / across_;
    const auto index = [](double v, std::size_t count) {
      return v <= 0 ? 0 : std::min(static_cast<std::size_t>(v / side), count - 1);
    };
    for (std::size_t r = index(b.top, rows); r <= index(b.bottom, rows); ++r)
      for (std::size_t c = index(b.left, across_); c <= index(b.right, across_); ++c)
        if (!f(cells_[r * across_ + c])) return false;
    return true;
  }
  std::size_t across_;
  std::vector<std::vector<box>> cells_;
};

inline constexpr const char* colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                          "#b58900", "#56b4e9", "#7a4fb5", "#4d4d4d"};
inline constexpr index_t colour_count = 8;
inline constexpr const char* no_group = "#3b6ea5";

/// A circle, square, triangle or diamond of about the same area.
inline std::string mark(index_t group, double x, double y, double r) {
  const auto at = [&](double dx, double dy) { return places(x + dx) + "," + places(y + dy); };
  switch (group < 0 ? 0 : group / colour_count % 4) {
    case 1: {
      const double h = r * 0.886;
      return "<path d=\"M" + at(-h, -h) + "h" + places(2 * h) + "v" + places(2 * h) + "h" + places(-2 * h) + "z\"";
    }
    case 2:
      return "<path d=\"M" + at(0, -1.4 * r) + " " + at(1.25 * r, 0.85 * r) + " " + at(-1.25 * r, 0.85 * r) + "z\"";
    case 3:
      return "<path d=\"M" + at(0, -1.3 * r) + " " + at(1.3 * r, 0) + " " + at(0, 1.3 * r) + " " + at(-1.3 * r, 0) +
             "z\"";
    default:
      return "<circle cx=\"" + places(x) + "\" cy=\"" + places(y) + "\" r=\"" + places(r) + "\"";
  }
}
inline const char* colour(index_t group) { return group < 0 ? no_group : colours[group % colour_count]; }

inline void check(const scatter& plot, const std::vector<scatter_point>& points) {
  expects<argument_error>(plot.width >= 120 && plot.height >= 90 && plot.width <= 20000 && plot.height <= 20000,
                          "visual::scatter: expected an image of 120 x 90 to 20000 x 20000 pixels, got {} x {}",
                          plot.width, plot.height);
  expects<argument_error>(plot.radius >= 0 && plot.radius <= 100 && plot.font_size >= 1 && plot.font_size <= 200,
                          "visual::scatter: marks of radius {}, font of size {}", plot.radius, plot.font_size);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const scatter_point& p = points[i];
    expects<argument_error>(std::isfinite(p.x) && std::isfinite(p.y), "visual::scatter: point {} lies at ({}, {})", i,
                            p.x, p.y);
    expects<argument_error>(p.group >= -1 && p.group < static_cast<index_t>(plot.groups.size()),
                            "visual::scatter: point {} has group {} of {}", i, p.group, plot.groups.size());
  }
}

}  // namespace kindred::visual::detail

namespace kindred::visual {

KINDRED_INLINE std::string scatter::svg(const std::vector<scatter_point>& points) const {
  using detail::places;
  detail::check(*this, points);
  const double w = static_cast<double>(width), h = static_cast<double>(height), n = static_cast<double>(points.size());
  const double r = radius > 0 ? radius : std::clamp(5.5 - 0.75 * std::log10(std::max(n, 1.0)) * 1.2, 2.0, 5.0);
  const double margin = 18, title_size = 19, entry_size = 13, entry_height = 21;
  const double top = title.empty() ? margin : margin + title_size + 14;
  double legend = 0;  // its width
  for (const std::string& g : groups) legend = std::max(legend, entry_size * detail::width_of(g) + 26);
  legend = std::min(legend, w * 0.4);
  const detail::box area{margin, top, w - margin - (legend > 0 ? legend + 14 : 0), h - margin};
  // room inside the frame, so that marks and labels at the edge do not touch it
  const double pad = std::min({34.0, (area.right - area.left) / 8, (area.bottom - area.top) / 8});
  double low_x = 0, high_x = 0, low_y = 0, high_y = 0;
  if (!points.empty()) {
    low_x = high_x = points[0].x;
    low_y = high_y = points[0].y;
  }
  for (const scatter_point& p : points) {
    low_x = std::min(low_x, p.x);
    high_x = std::max(high_x, p.x);
    low_y = std::min(low_y, p.y);
    high_y = std::max(high_y, p.y);
  }
  // halves, because the difference of two doubles may overflow
  const double half_x = high_x / 2 - low_x / 2, half_y = high_y / 2 - low_y / 2;
  const double inner_x = (area.right - area.left) / 2 - pad, inner_y = (area.bottom - area.top) / 2 - pad;
  const double share = std::max({half_x / inner_x, half_y / inner_y, 1e-300});  // of the data in a pixel
  const double centre_x = low_x / 2 + high_x / 2, centre_y = low_y / 2 + high_y / 2;
  const double mid_x = (area.left + area.right) / 2, mid_y = (area.top + area.bottom) / 2;
  std::vector<detail::box> places_of;  // of the marks; left and top hold their centres
  for (const scatter_point& p : points)
    places_of.push_back({mid_x + (p.x / share - centre_x / share), mid_y - (p.y / share - centre_y / share), 0, 0});

  std::string out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(width) + "\" height=\"" +
      std::to_string(height) + "\" viewBox=\"0 0 " + std::to_string(width) + " " + std::to_string(height) +
      "\" role=\"img\" font-family=\"'Noto Sans CJK KR','Noto Sans KR','Apple SD Gothic Neo','Malgun Gothic',"
      "'Noto Sans',sans-serif\">\n";
  out += "<title>" + io::escaped(title.empty() ? "Scatter plot" : title) + "</title>\n";
  out += "<rect width=\"100%\" height=\"100%\" fill=\"#fbfbf9\"/>\n";
  if (!title.empty())
    out += "<text x=\"" + places(margin) + "\" y=\"" + places(margin + title_size) + "\" font-size=\"" +
           places(title_size) + "\" font-weight=\"600\" fill=\"#1c1f24\">" + io::escaped(title) + "</text>\n";
  out += "<rect x=\"" + places(area.left) + "\" y=\"" + places(area.top) + "\" width=\"" +
         places(area.right - area.left) + "\" height=\"" + places(area.bottom - area.top) +
         "\" rx=\"10\" fill=\"#ffffff\" stroke=\"#dfe2e6\"/>\n";

  detail::taken_places taken(w, h);
  for (const detail::box& p : places_of) taken.add({p.left - r, p.top - r, p.left + r, p.top + r});
  std::string lines, marks, labels;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double x = places_of[i].left, y = places_of[i].top;
    marks += detail::mark(points[i].group, x, y, r) + " fill=\"" + detail::colour(points[i].group) + "\"";
    marks += points[i].label.empty()
                 ? "/>\n"
                 : "><title>" + io::escaped(points[i].label) + "</title></" +
                       (points[i].group / detail::colour_count % 4 <= 0 ? "circle" : "path") + ">\n";
    if (points[i].label.empty()) continue;
    const double long_half = font_size * detail::width_of(points[i].label) / 2 + 1, high_half = font_size * 0.6;
    // directions from the point to the label, right first
    static constexpr double ways[8][2] = {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}};
    static constexpr double rings[4] = {2.5, 13, 23, 34};
    bool shown = false;
    for (const double distance : rings) {
      for (const auto& way : ways) {
        const double slant = way[0] != 0 && way[1] != 0 ? 0.7 : 1;
        const double cx = x + way[0] * (long_half + slant * (r + distance));
        const double cy = y + way[1] * (high_half + slant * (way[0] != 0 && distance < 10 ? 0 : r + distance));
        const detail::box b{cx - long_half, cy - high_half, cx + long_half, cy + high_half};
        const bool inside = b.left >= area.left + 3 && b.right <= area.right - 3 && b.top >= area.top + 3 &&
                            b.bottom <= area.bottom - 3;
        if (!inside || !taken.free(b)) continue;
        taken.add(b);
        if (distance > 10) {
          const double end_x = std::clamp(x, b.left + 1, b.right - 1), end_y = std::clamp(y, b.top + 2, b.bottom - 2);
          lines += "<path d=\"M" + places(x) + "," + places(y) + " " + places(end_x) + "," + places(end_y) + "\"/>\n";
        }
        labels += "<text x=\"" + places(cx) + "\" y=\"" + places(cy + font_size * 0.36) + "\">" +
                  io::escaped(points[i].label) + "</text>\n";
        shown = true;
        break;
      }
      if (shown) break;
    }
    if (!shown && all_labels)
      labels += "<text x=\"" + places(std::min(x + r + 2.5 + long_half, area.right - long_half)) + "\" y=\"" +
                places(y + font_size * 0.36) + "\">" + io::escaped(points[i].label) + "</text>\n";
  }
  if (!lines.empty()) out += "<g stroke=\"#9aa1ab\" stroke-width=\"0.8\" fill=\"none\">\n" + lines + "</g>\n";
  out += "<g fill-opacity=\"0.88\" stroke=\"#ffffff\" stroke-width=\"0.7\">\n" + marks + "</g>\n";
  // a rim of the paper's colour keeps letters readable over marks and lines
  if (!labels.empty())
    out +=
        "<g font-size=\"" + places(font_size) +
        "\" fill=\"#1c1f24\" text-anchor=\"middle\" stroke=\"#ffffff\" stroke-width=\"2.5\" stroke-linejoin=\"round\" "
        "paint-order=\"stroke\">\n" +
        labels + "</g>\n";
  if (!groups.empty()) {
    out += "<g font-size=\"" + places(entry_size) + "\" fill=\"#1c1f24\">\n";
    const double x = area.right + 20;
    const auto fitting = static_cast<std::size_t>(std::max(1.0, (area.bottom - area.top) / entry_height));
    for (std::size_t g = 0; g < groups.size() && g < fitting; ++g) {
      const double y = area.top + 12 + entry_height * static_cast<double>(g);
      if (g + 1 == fitting && groups.size() > fitting) {
        out += "<text x=\"" + places(x + 14) + "\" y=\"" + places(y + 4.7) + "\">+ " +
               std::to_string(groups.size() - g) + "</text>\n";
        break;
      }
      out += detail::mark(static_cast<index_t>(g), x + 4, y, 5) + " fill=\"" + detail::colour(static_cast<index_t>(g)) +
             "\"/>\n<text x=\"" + places(x + 16) + "\" y=\"" + places(y + 4.7) + "\">" + io::escaped(groups[g]) +
             "</text>\n";
    }
    out += "</g>\n";
  }
  return out + "</svg>\n";
}

KINDRED_INLINE std::string scatter::json(const std::vector<scatter_point>& points) const {
  detail::check(*this, points);
  std::string out = "{\"title\": " + detail::quoted(title) + ", \"groups\": [";
  for (std::size_t g = 0; g < groups.size(); ++g) out.append(g > 0 ? ", " : "") += detail::quoted(groups[g]);
  out += "], \"points\": [";
  for (std::size_t i = 0; i < points.size(); ++i) {
    const scatter_point& p = points[i];
    out += std::string(i > 0 ? "," : "") + "\n{\"x\": " + detail::shortest(p.x) + ", \"y\": " + detail::shortest(p.y) +
           ", \"label\": " + detail::quoted(p.label) +
           ", \"group\": " + (p.group < 0 ? "null" : std::to_string(p.group)) + "}";
  }
  return out + "\n]}\n";
}

KINDRED_INLINE void scatter::save_svg(const std::string& path, const std::vector<scatter_point>& points) const {
  const std::string text = svg(points);
  io::atomic_file file(path);
  file.write(text);
  file.commit();
}

KINDRED_INLINE void scatter::save_json(const std::string& path, const std::vector<scatter_point>& points) const {
  const std::string text = json(points);
  io::atomic_file file(path);
  file.write(text);
  file.commit();
}

}  // namespace kindred::visual
