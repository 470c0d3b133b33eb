// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <html.hpp>
#include <text_table.hpp>

#include "pair_tables.hpp"

namespace pairs {

namespace {

using presentation::base64;
using presentation::escaped;
using presentation::four_decimals;

/// A column of numbers over all methods, its greatest number set bold.
struct column {
  std::vector<double> values;
  double greatest() const { return *std::max_element(values.begin(), values.end()); }
};

template <class Value>
column column_of(const std::vector<table_row>& rows, Value value) {
  column c;
  for (const auto& row : rows) c.values.push_back(value(*row.results));
  return c;
}

void body(std::string& out, const std::vector<table_row>& rows, const std::string& first,
          const std::vector<column>& columns) {
  out += "<tbody>\n";
  for (std::size_t m = 0; m < rows.size(); ++m) {
    out += rows[m].name == first ? "<tr class=\"first\">" : "<tr>";
    out += "<td>" + escaped(rows[m].name) + "<small>" + escaped(rows[m].title) + "</small></td>";
    for (const auto& c : columns)
      out += (c.values[m] == c.greatest() ? "<td class=\"best\">" : "<td>") + four_decimals(c.values[m]) + "</td>";
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
}

void picture(std::string& out, const exhibit& e) {
  if (!e.png.empty())
    out +=
        "<img class=\"picture\" alt=\"" + escaped(e.title) + "\" src=\"data:image/png;base64," + base64(e.png) + "\">";
}

/// One query or result: its picture or its text, whichever is meant, and its number where there is neither.
void shown(std::string& out, const exhibition& of, kindred::index_t item, bool as_image) {
  const exhibit e = of.show(item);
  if (as_image && !e.png.empty())
    picture(out, e);
  else if (!as_image && !e.title.empty())
    out += "<b>" + escaped(e.title) + "</b>" + (e.text.empty() ? "" : "<small>" + escaped(e.text) + "</small>");
  else
    out += std::string("<b>") + (as_image ? "image " : "text ") + std::to_string(item) + "</b>";
}

void list(std::string& out, const exhibition& of, const ranking& r) {
  out += "<div class=\"list\"><div class=\"query\">";
  shown(out, of, r.query, r.image_query);
  out += "<small>" + escaped(of.class_name(r.query)) + "</small></div>\n<ol class=\"entries\">\n";
  for (std::size_t i = 0; i < r.entries.size(); ++i) {
    const auto& e = r.entries[i];
    out += e.relevant ? "<li class=\"right\">" : "<li>";
    char place[96];
    std::snprintf(place, sizeof place, "<div class=\"place\"><span>%zu &#183; %.3f</span><span>%s</span></div>", i + 1,
                  e.score, e.relevant ? "&#10003;" : "&#10007;");
    out += place;
    shown(out, of, e.item, !r.image_query);
    out += "<small>" + escaped(of.class_name(e.item)) + "</small></li>\n";
  }
  out += "</ol></div>\n";
}

}  // namespace

std::string html_precision_table(const std::vector<table_row>& rows, const std::string& first) {
  std::string out =
      "<div class=\"scroll\"><table><thead><tr><th>method</th><th>image to text</th><th>text to image</th>"
      "<th>average</th></tr></thead>\n";
  body(out, rows, first,
       {column_of(rows, [](const both_directions& b) { return b.image_to_text.average_precision; }),
        column_of(rows, [](const both_directions& b) { return b.text_to_image.average_precision; }),
        column_of(rows, [](const both_directions& b) { return b.average_precision(); })});
  return out;
}

std::string html_recall_table(const std::vector<table_row>& rows, const std::string& first) {
  std::string out =
      "<div class=\"scroll\"><table><thead><tr><th rowspan=\"2\">method</th><th colspan=\"3\">image to text</th>"
      "<th colspan=\"3\">text to image</th><th colspan=\"3\">average</th></tr>\n<tr>";
  for (int i = 0; i < 3; ++i) out += "<th>R@1</th><th>R@5</th><th>R@10</th>";
  out += "</tr></thead>\n";
  constexpr double direction::*hits[] = {&direction::hit_1, &direction::hit_5, &direction::hit_10};
  std::vector<column> columns;
  for (const auto hit : hits)
    columns.push_back(column_of(rows, [hit](const both_directions& b) { return b.image_to_text.*hit; }));
  for (const auto hit : hits)
    columns.push_back(column_of(rows, [hit](const both_directions& b) { return b.text_to_image.*hit; }));
  for (const auto hit : hits)
    columns.push_back(
        column_of(rows, [hit](const both_directions& b) { return (b.image_to_text.*hit + b.text_to_image.*hit) / 2; }));
  body(out, rows, first, columns);
  return out;
}

std::string html_ranking_lists(const exhibition& of, const std::vector<ranking>& rankings, bool image_queries) {
  std::string out = image_queries ? "<h3>From an image to texts</h3>\n" : "<h3>From a text to images</h3>\n";
  out += "<div class=\"lists\">\n";
  for (const auto& r : rankings)
    if (r.image_query == image_queries) list(out, of, r);
  return out + "</div>\n";
}

std::string html_tile(const std::string& value, const std::string& caption) {
  return "<li><b>" + escaped(value) + "</b><span>" + escaped(caption) + "</span></li>\n";
}

std::string html_term(const std::string& name, const std::string& value) {
  return "<dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd>\n";
}

std::string shape_text(kindred::index_t rows, kindred::index_t cols) {
  return std::to_string(rows) + " x " + std::to_string(cols);
}

}  // namespace pairs
