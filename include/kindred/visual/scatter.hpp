// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/core/config.hpp>
#include <string>
#include <vector>

namespace kindred::visual {

/// A point of a scatter plot.
struct scatter_point {
  double x = 0, y = 0;
  std::string label{};  ///< UTF-8; may be empty
  index_t group = -1;   ///< number of a name in scatter::groups, or -1 for none
};

/// A scatter plot as SVG or JSON: points with labels, in the colours of their groups.
///
/// svg   one unit of x is as long as one of y, y grows upwards, and the picture shows all points. Eight colours that
///       people with impaired colour vision tell apart; from the ninth group on other marks. A legend where groups have
///       names. Labels in the order of the points: each takes the first of eight places around its point where it
///       covers no mark and no label, else the first free one in three rings further out with a line to the point. One
///       that finds none is left out (or, with `all_labels`, stands over others); it can still be read by pointing at
///       the mark. Text is escaped; characters that XML does not know, and bytes that are not UTF-8, become U+FFFD.
///       Fonts are those of the reader: a list that knows Hangul, then sans-serif; the widths of labels are estimates.
/// json  {"title": "...", "groups": ["..."], "points": [{"x": 1.5, "y": -2, "label": "...", "group": 0}]}, RFC 8259;
///       "group" is null for -1. Numbers are the shortest that give the same double.
///
/// Complexity   n log n, and for labels the number of labels times that of marks and labels around.
/// Determinism  the same bytes for the same points on every machine; the locale does not matter.
/// Errors       argument_error for a coordinate that is not finite (the point is named), a group without name, a
///              picture smaller than 120 x 90 or larger than 20,000; io_error where a file cannot be written. Files
///              appear whole or not at all.
/// Reference    colours: Okabe and Ito 2008, yellow darkened to show on white.
struct scatter {
  std::string title{};
  std::vector<std::string> groups{};  ///< names of the groups; with none of them no point has a group
  index_t width = 960, height = 720;  ///< of the picture, in CSS pixels
  double radius = 0;                  ///< of marks; 0: 2 to 5 by the number of points
  double font_size = 13;              ///< of labels
  bool all_labels = false;            ///< show labels that cover others too

  std::string svg(const std::vector<scatter_point>& points) const;
  std::string json(const std::vector<scatter_point>& points) const;
  void save_svg(const std::string& path, const std::vector<scatter_point>& points) const;
  void save_json(const std::string& path, const std::vector<scatter_point>& points) const;
};

/// Points of the rows of a map (n x 2), with a label and a group each where those are given (n of them or none).
///
/// Errors  shape_error for other sizes.
template <class T>
std::vector<scatter_point> scatter_points(matrix_view<T, cpu> coordinates, const std::vector<std::string>& labels = {},
                                          const std::vector<index_t>& groups = {}) {
  const index_t n = coordinates.rows();
  expects(coordinates.cols() == 2, "visual::scatter_points: expected 2 columns, got {} x {}", n, coordinates.cols());
  expects((labels.empty() || static_cast<index_t>(labels.size()) == n) &&
              (groups.empty() || static_cast<index_t>(groups.size()) == n),
          "visual::scatter_points: {} rows, {} labels, {} groups", n, labels.size(), groups.size());
  std::vector<scatter_point> points(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].x = static_cast<double>(coordinates(static_cast<index_t>(i), 0));
    points[i].y = static_cast<double>(coordinates(static_cast<index_t>(i), 1));
    if (!labels.empty()) points[i].label = labels[i];
    if (!groups.empty()) points[i].group = groups[i];
  }
  return points;
}

}  // namespace kindred::visual

#if !defined(KINDRED_COMPILED)
#include <kindred/visual/detail/scatter_impl.hpp>
#endif
