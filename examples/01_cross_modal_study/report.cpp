// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <html.hpp>
#include <pair_tables.hpp>
#include <style_sheet.hpp>
#include <text_table.hpp>

namespace study {

namespace {

using presentation::escaped;
using presentation::four_decimals;

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

// ---- tables

void chosen_table(std::string& out, const study_result& result) {
  out +=
      "<div class=\"scroll\"><table><thead><tr><th>method</th><th class=\"left\">chosen</th>"
      "<th>mAP in cross-validation</th><th>seconds to fit and evaluate</th></tr></thead>\n<tbody>\n";
  for (const auto& m : result.methods) {
    std::string values;
    for (const auto& [name, value] : m.chosen)
      values.append(values.empty() ? "" : ", ") += escaped(name) + " " + short_number(value);
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

}  // namespace

std::string html_report(const study_data& data, const study_result& result, const manifest& run) {
  std::vector<pairs::table_row> coarse, fine;
  const method_result* ranked = &result.methods.front();
  for (const auto& m : result.methods) {
    coarse.push_back({m.name, m.title, &m.coarse});
    if (m.fine) fine.push_back({m.name, m.title, &*m.fine});
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
  out += pairs::html_tile(four_decimals(ranked->coarse.average_precision()),
                          "mAP of " + ranked->name + ", the best method in cross-validation");
  for (const auto& m : result.methods)
    if (m.name == "random") out += pairs::html_tile(four_decimals(m.coarse.average_precision()), "mAP of chance");
  out += pairs::html_tile(std::to_string(data.train.size()), "pairs to learn from");
  out += pairs::html_tile(std::to_string(data.test.size()), "pairs to test on");
  out += "</ul>\n";

  out +=
      "<h2>Mean average precision</h2>\n<p class=\"soft\">Over all results; a result is right when it has the " +
      escaped(data.class_word) +
      " of the query. The best number of a column is bold; the shaded row is the method that cross-validation on the "
      "training half ranks first.</p>\n";
  out += pairs::html_precision_table(coarse, result.ranked_by);
  out +=
      "<h2>Recall</h2>\n<p class=\"soft\">Share of queries with at least one right result among the first 1, 5, "
      "10.</p>\n";
  out += pairs::html_recall_table(coarse, result.ranked_by);
  if (fine.size() == result.methods.size()) {
    out += "<h2>Mean average precision by " + escaped(data.fine_class_word) +
           "</h2>\n<p class=\"soft\">The same rankings, but right is only what has the " +
           escaped(data.fine_class_word) + " of the query.</p>\n";
    out += pairs::html_precision_table(fine, result.ranked_by);
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
    out += pairs::html_ranking_lists(exhibition(data), result.rankings, true);
    out += pairs::html_ranking_lists(exhibition(data), result.rankings, false);
  }

  out += "<h2>What was chosen</h2>\n<p class=\"soft\">By " + std::to_string(run.folds) +
         "-fold cross-validation on the training half: the highest mean of both directions' mAP. The test half has no "
         "part "
         "in it.</p>\n";
  chosen_table(out, result);
  out += "<h2>This run</h2>\n<dl>\n";
  out += pairs::html_term("data", data.source);
  out += pairs::html_term("training half",
                          "images " + pairs::shape_text(data.train.images.rows, data.train.images.cols) + ", texts " +
                              pairs::shape_text(data.train.texts.rows, data.train.texts.cols));
  out += pairs::html_term("test half", "images " + pairs::shape_text(data.test.images.rows, data.test.images.cols) +
                                           ", texts " + pairs::shape_text(data.test.texts.rows, data.test.texts.cols));
  out += pairs::html_term("seed", std::to_string(run.seed));
  out += pairs::html_term("folds", std::to_string(run.folds));
  out += pairs::html_term("trials", "at most " + std::to_string(run.trials) + " for each method");
  out += pairs::html_term("device", run.device);
  out += pairs::html_term("threads", std::to_string(run.threads));
  out += pairs::html_term("kindred", run.version);
  char seconds[64];
  std::snprintf(seconds, sizeof seconds, "%.1f s, of which %.1f s to choose", result.seconds_total,
                result.seconds_choosing);
  out += pairs::html_term("time", seconds);
  out += "</dl>\n</main>\n</body>\n</html>\n";
  return out;
}

}  // namespace study
