// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <html.hpp>
#include <style_sheet.hpp>
#include <text_table.hpp>

namespace study {

namespace {

using presentation::base64;
using presentation::escaped;
using presentation::four_decimals;

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

// ---- tables

/// A column of numbers over all methods, its greatest number set bold.
struct column {
  std::vector<double> values;
  double greatest() const { return *std::max_element(values.begin(), values.end()); }
};

template <class Value>
column column_of(const std::vector<const both_directions*>& rows, Value value) {
  column c;
  for (const auto* row : rows) c.values.push_back(value(*row));
  return c;
}

void body(std::string& out, const study_result& result, const std::vector<column>& columns) {
  out += "<tbody>\n";
  for (std::size_t m = 0; m < result.methods.size(); ++m) {
    const auto& method = result.methods[m];
    out += method.name == result.ranked_by ? "<tr class=\"first\">" : "<tr>";
    out += "<td>" + escaped(method.name) + "<small>" + escaped(method.title) + "</small></td>";
    for (const auto& c : columns)
      out += (c.values[m] == c.greatest() ? "<td class=\"best\">" : "<td>") + four_decimals(c.values[m]) + "</td>";
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
}

void precision_table(std::string& out, const study_result& result, const std::vector<const both_directions*>& rows) {
  out +=
      "<div class=\"scroll\"><table><thead><tr><th>method</th><th>image to text</th><th>text to image</th>"
      "<th>average</th></tr></thead>\n";
  body(out, result,
       {column_of(rows, [](const both_directions& b) { return b.image_to_text.average_precision; }),
        column_of(rows, [](const both_directions& b) { return b.text_to_image.average_precision; }),
        column_of(rows, [](const both_directions& b) { return b.average_precision(); })});
}

void recall_table(std::string& out, const study_result& result, const std::vector<const both_directions*>& rows) {
  out +=
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
  body(out, result, columns);
}

void chosen_table(std::string& out, const study_result& result) {
  out +=
      "<div class=\"scroll\"><table><thead><tr><th>method</th><th class=\"left\">chosen</th>"
      "<th>mAP in cross-validation</th><th>seconds to fit and evaluate</th></tr></thead>\n<tbody>\n";
  for (const auto& m : result.methods) {
    std::string values;
    for (const auto& [name, value] : m.chosen)
      values += (values.empty() ? "" : ", ") + escaped(name) + " " + short_number(value);
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.2f", m.seconds);
    out += "<tr><td>" + escaped(m.name) + "</td><td class=\"left\">" + (values.empty() ? "nothing to choose" : values) +
           "</td><td>" + (m.validation ? four_decimals(*m.validation) : "-") + "</td><td>" + seconds + "</td></tr>\n";
  }
  out += "</tbody></table></div>\n";
}

// ---- curves

/// Colour and dashes of a method: grey for the first, chance.
std::string colour(std::size_t method) { return "var(--c" + std::to_string(method % 8) + ")"; }

void curves(std::string& out, const study_result& result, const char* caption, direction both_directions::*side) {
  constexpr double width = 460, height = 320, left = 52, right = 12, top = 14, bottom = 44;
  double most = 0;
  for (const auto& m : result.methods)
    for (const double p : (m.coarse.*side).precision) most = std::max(most, p);
  const double tick = most > 0.6 ? 0.2 : 0.1;
  most = std::clamp(std::ceil(most / tick - 1e-9) * tick, tick, 1.0);
  const auto x = [&](double recall) { return left + recall * (width - left - right); };
  const auto y = [&](double precision) { return top + (1 - precision / most) * (height - top - bottom); };
  char text[256];
  out += "<figure><figcaption>" + std::string(caption) + "</figcaption>\n";
  std::snprintf(text, sizeof text,
                "<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"Precision over recall, %s\">\n", width, height,
                caption);
  out += text;
  const int steps = static_cast<int>(std::lround(most / tick));
  for (int i = 0; i <= steps; ++i) {
    const double p = most * i / steps;
    std::snprintf(text, sizeof text,
                  "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/><text x=\"%.1f\" y=\"%.1f\" "
                  "text-anchor=\"end\">%.2g</text>\n",
                  x(0), x(1), y(p), y(p), x(0) - 7, y(p) + 4, p);
    out += text;
  }
  for (int i = 0; i <= 5; ++i) {
    std::snprintf(text, sizeof text, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.1f</text>\n", x(0.2 * i),
                  y(0) + 18, 0.2 * i);
    out += text;
  }
  std::snprintf(text, sizeof text,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">recall</text>"
                "<text transform=\"translate(12 %.1f) rotate(-90)\" text-anchor=\"middle\">precision</text>\n",
                x(0.5), height - 6, y(most / 2));
  out += text;
  for (std::size_t m = 0; m < result.methods.size(); ++m) {
    const auto& precision = (result.methods[m].coarse.*side).precision;
    out += "<polyline style=\"stroke:" + colour(m) + "\" points=\"";
    for (std::size_t i = 0; i < precision.size(); ++i) {
      const double recall = static_cast<double>(i) / static_cast<double>(precision.size() - 1);
      std::snprintf(text, sizeof text, "%s%.1f,%.1f", i > 0 ? " " : "", x(recall), y(precision[i]));
      out += text;
    }
    out += "\"><title>" + escaped(result.methods[m].name) + "</title></polyline>\n";
  }
  out += "</svg></figure>\n";
}

// ---- lists

void picture(std::string& out, const exhibit& e) {
  if (!e.png.empty())
    out +=
        "<img class=\"picture\" alt=\"" + escaped(e.title) + "\" src=\"data:image/png;base64," + base64(e.png) + "\">";
}

/// One query or result: its picture or its text, whichever is meant, and its number where there is neither.
void shown(std::string& out, const study_data& data, index_t item, bool as_image) {
  const auto at = static_cast<std::size_t>(item);
  const exhibit e = at < data.test_exhibits.size() ? data.test_exhibits[at] : exhibit{};
  if (as_image && !e.png.empty())
    picture(out, e);
  else if (!as_image && !e.title.empty())
    out += "<b>" + escaped(e.title) + "</b>" + (e.text.empty() ? "" : "<small>" + escaped(e.text) + "</small>");
  else
    out += std::string("<b>") + (as_image ? "image " : "text ") + std::to_string(item) + "</b>";
}

void list(std::string& out, const study_data& data, const ranking& r) {
  const auto label = [&](index_t item) { return data.test.labels[static_cast<std::size_t>(item)]; };
  out += "<div class=\"list\"><div class=\"query\">";
  shown(out, data, r.query, r.image_query);
  out += "<small>" + escaped(data.class_name(label(r.query))) + "</small></div>\n<ol class=\"entries\">\n";
  for (std::size_t i = 0; i < r.entries.size(); ++i) {
    const auto& e = r.entries[i];
    out += e.relevant ? "<li class=\"right\">" : "<li>";
    char place[96];
    std::snprintf(place, sizeof place, "<div class=\"place\"><span>%zu &#183; %.3f</span><span>%s</span></div>", i + 1,
                  e.score, e.relevant ? "&#10003;" : "&#10007;");
    out += place;
    shown(out, data, e.item, !r.image_query);
    out += "<small>" + escaped(data.class_name(label(e.item))) + "</small></li>\n";
  }
  out += "</ol></div>\n";
}

void lists(std::string& out, const study_data& data, const study_result& result, bool image_queries) {
  out += image_queries ? "<h3>From an image to texts</h3>\n" : "<h3>From a text to images</h3>\n";
  out += "<div class=\"lists\">\n";
  for (const auto& r : result.rankings)
    if (r.image_query == image_queries) list(out, data, r);
  out += "</div>\n";
}

void tile(std::string& out, const std::string& value, const std::string& caption) {
  out += "<li><b>" + escaped(value) + "</b><span>" + escaped(caption) + "</span></li>\n";
}

void term(std::string& out, const std::string& name, const std::string& value) {
  out += "<dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd>\n";
}

std::string shape(const features& f) { return std::to_string(f.rows) + " x " + std::to_string(f.cols); }

}  // namespace

std::string html_report(const study_data& data, const study_result& result, const manifest& run) {
  std::vector<const both_directions*> coarse, fine;
  const method_result* ranked = &result.methods.front();
  for (const auto& m : result.methods) {
    coarse.push_back(&m.coarse);
    if (m.fine) fine.push_back(&*m.fine);
    if (m.name == result.ranked_by) ranked = &m;
  }
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>Cross-modal retrieval study</title>\n<style>";
  out += presentation::style_sheet;
  out +=
      "</style>\n</head>\n<body>\n<main>\n<h1>Cross-modal retrieval study</h1>\n<p class=\"soft\">Finding texts by an "
      "image "
      "and images by a text. ";
  out += data.source == "embedded" ? "Data: pictures of emoji with their Korean names and keywords, built in."
                                   : "Data: " + escaped(data.source) + ".";
  out += "</p>\n<ul class=\"tiles\">\n";
  tile(out, four_decimals(ranked->coarse.average_precision()),
       "mAP of " + ranked->name + ", the best method in cross-validation");
  for (const auto& m : result.methods)
    if (m.name == "random") tile(out, four_decimals(m.coarse.average_precision()), "mAP of chance");
  tile(out, std::to_string(data.train.size()), "pairs to learn from");
  tile(out, std::to_string(data.test.size()), "pairs to test on");
  out += "</ul>\n";

  out +=
      "<h2>Mean average precision</h2>\n<p class=\"soft\">Over all results; a result is right when it has the " +
      escaped(data.class_word) +
      " of the query. The best number of a column is bold; the shaded row is the method that cross-validation on the "
      "training half ranks first.</p>\n";
  precision_table(out, result, coarse);
  out +=
      "<h2>Recall</h2>\n<p class=\"soft\">Share of queries with at least one right result among the first 1, 5, "
      "10.</p>\n";
  recall_table(out, result, coarse);
  if (fine.size() == result.methods.size()) {
    out += "<h2>Mean average precision by " + escaped(data.fine_class_word) +
           "</h2>\n<p class=\"soft\">The same rankings, but right is only what has the " +
           escaped(data.fine_class_word) + " of the query.</p>\n";
    precision_table(out, result, fine);
  }

  out +=
      "<h2>Precision and recall</h2>\n<p class=\"soft\">Interpolated precision (the highest at this recall or a higher "
      "one), mean over the queries.</p>\n<ul class=\"legend\">\n";
  for (std::size_t m = 0; m < result.methods.size(); ++m)
    out += "<li><i style=\"border-color:" + colour(m) + "\"></i>" + escaped(result.methods[m].name) + "</li>\n";
  out += "</ul>\n<div class=\"curves\">\n";
  curves(out, result, "Image to text", &both_directions::image_to_text);
  curves(out, result, "Text to image", &both_directions::text_to_image);
  out += "</div>\n";

  if (!result.rankings.empty()) {
    out += "<h2>First results</h2>\n<p class=\"soft\">Of " + escaped(result.ranked_by) +
           ", for some queries of the test half, with the score (cosine). Green: the " + escaped(data.class_word) +
           " of the query.</p>\n";
    lists(out, data, result, true);
    lists(out, data, result, false);
  }

  out += "<h2>What was chosen</h2>\n<p class=\"soft\">By " + std::to_string(run.folds) +
         "-fold cross-validation on the training half: the highest mean of both directions' mAP. The test half has no "
         "part "
         "in it.</p>\n";
  chosen_table(out, result);
  out += "<h2>This run</h2>\n<dl>\n";
  term(out, "data", data.source);
  term(out, "training half", "images " + shape(data.train.images) + ", texts " + shape(data.train.texts));
  term(out, "test half", "images " + shape(data.test.images) + ", texts " + shape(data.test.texts));
  term(out, "seed", std::to_string(run.seed));
  term(out, "folds", std::to_string(run.folds));
  term(out, "device", run.device);
  term(out, "threads", std::to_string(run.threads));
  term(out, "kindred", run.version);
  char seconds[64];
  std::snprintf(seconds, sizeof seconds, "%.1f s, of which %.1f s to choose", result.seconds_total,
                result.seconds_choosing);
  term(out, "time", seconds);
  out += "</dl>\n</main>\n</body>\n</html>\n";
  return out;
}

}  // namespace study
