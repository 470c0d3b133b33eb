// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <html.hpp>
#include <kindred/core/config.hpp>
#include <style_sheet.hpp>
#include <text_table.hpp>

#include "report_parts.hpp"
#include "tables.hpp"

namespace sns {

namespace {

using presentation::escaped;
using presentation::four_decimals;

std::string decimals(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

void settings_table(std::string& out, const results& found) {
  out +=
      "<div class=\"scroll\"><table><thead><tr><th>method</th><th class=\"left\">chosen</th>"
      "<th>mAP of trials</th><th>seconds</th><th>peak MiB</th></tr></thead>\n<tbody>\n";
  for (const auto& m : found.methods) {
    std::string values;
    for (const auto& [name, value] : m.chosen) {
      char text[64];
      std::snprintf(text, sizeof text, "%s%s %g", values.empty() ? "" : ", ", name.c_str(), value);
      values += escaped(text);
    }
    if (!m.note.empty()) values.append(values.empty() ? "" : "; ") += escaped(m.note);
    out += "<tr><td>" + escaped(m.name) + "</td><td class=\"left\">" + values + "</td><td>" +
           (m.validation ? four_decimals(*m.validation) : "-") + "</td><td>" + decimals(m.cost.seconds, 1) +
           "</td><td>" + decimals(m.cost.peak_mib, 0) + "</td></tr>\n";
  }
  out += "</tbody></table></div>\n";
}

void comparison_table(std::string& out, const std::vector<comparison>& rows, const char* title, const char* what) {
  if (rows.empty()) return;
  out += "<h2>" + std::string(title) +
         "</h2>\n<p class=\"soft\">Texts described again, in half of the epochs at twice the rate, everything else as "
         "it is. Accuracy: of "
         "the network over words, "
         "on the classes of the test texts. Mean average precision: of cca.</p>\n"
         "<div class=\"scroll\"><table><thead><tr><th>" +
         std::string(what) +
         "</th><th>words a text</th><th>known</th><th>accuracy</th><th>image to text</th><th>text to image</th>"
         "<th>seconds</th></tr></thead>\n<tbody>\n";
  for (const auto& c : rows)
    out += "<tr><td>" + escaped(c.name) + "<small>" + escaped(c.title) + "</small></td><td>" +
           decimals(c.words_a_text, 1) + "</td><td>" + four_decimals(c.known) + "</td><td>" +
           four_decimals(c.accuracy) + "</td><td>" + four_decimals(c.image_to_text) + "</td><td>" +
           four_decimals(c.text_to_image) + "</td><td>" + decimals(c.cost.seconds, 1) + "</td></tr>\n";
  out += "</tbody></table></div>\n";
}

}  // namespace

std::string html_report(const inputs& data, const settings& how, const results& found) {
  std::vector<pairs::table_row> rows;
  for (const auto& m : found.methods) rows.push_back({m.name, m.title, &m.both});
  const method_result& listed = *found.found(found.listed);
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Posts with pictures</title>\n"
      "<style>";
  out += presentation::style_sheet;
  out += report_parts_style;
  out +=
      "</style>\n</head>\n<body>\n<main>\n<h1>Posts with pictures</h1>\n<p class=\"soft\">Finding texts by an image "
      "and "
      "images by a text. Data: " +
      escaped(data.pairs.source) + ".</p>\n<ul class=\"tiles\">\n";
  out += pairs::html_tile(four_decimals(listed.both.average_precision()), "mAP of " + listed.name);
  out += pairs::html_tile(std::to_string(data.pairs.train.size()), "pairs to learn from");
  out += pairs::html_tile(std::to_string(data.pairs.test.size()),
                          how.choosing ? "pairs of the validation part to test on" : "pairs to test on");
  if (found.words.points)
    out += pairs::html_tile(decimals(found.words.points->mass / found.words.points->uniform_mass, 1) + " times",
                            "as much attention of a word on what it names as an even one");
  out +=
      "</ul>\n<h2>Mean average precision</h2>\n<p class=\"soft\">Over all results; a result is right when it has the "
      "class of the query. The best number of a column is bold.</p>\n";
  out += pairs::html_precision_table(rows, found.listed);
  out +=
      "<h2>Recall</h2>\n<p class=\"soft\">Share of queries with at least one right result among the first 1, 5, "
      "10.</p>\n";
  out += pairs::html_recall_table(rows, found.listed);
  if (!listed.rankings.empty()) {
    out += "<h2>First results</h2>\n<p class=\"soft\">Of " + escaped(found.listed) +
           ", for some queries of the test half, with the score. Green: the class of the query.</p>\n";
    out += pairs::html_ranking_lists(exhibition(data), listed.rankings, true);
    out += pairs::html_ranking_lists(exhibition(data), listed.rankings, false);
  }
  out += attention_section(data, how, listed, found.words, 2 * how.lists);
  out += noun_map_section(data, how);
  comparison_table(out, found.analysers, "Analysers", "analyser");
  for (const auto& line : found.analysers_not_compared) out += "<p class=\"soft\">" + escaped(line) + "</p>\n";
  comparison_table(out, found.word_vectors, "Word vectors", "vectors");
  out += "<h2>How it was learned</h2>\n";
  settings_table(out, found);
  out += "<h2>This run</h2>\n<dl>\n";
  out += pairs::html_term("data", data.pairs.source);
  out += pairs::html_term("images", pairs::shape_text(data.pairs.train.size(), data.pairs.train.images.cols));
  out += pairs::html_term("texts", pairs::shape_text(data.pairs.train.size(), data.pairs.train.texts.cols));
  out += pairs::html_term("seed", std::to_string(how.seed));
  out += pairs::html_term("trials", "at most " + std::to_string(how.trials) + " for each method");
  out += pairs::html_term("device", how.device);
  out += pairs::html_term("threads", std::to_string(how.threads));
  out += pairs::html_term("kindred", KINDRED_VERSION);
  out += pairs::html_term("time", decimals(found.seconds_total, 1) + " s");
  return out + "</dl>\n</main>\n</body>\n</html>\n";
}

}  // namespace sns
