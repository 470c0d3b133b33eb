// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <algorithm>
#include <cstdio>
#include <html.hpp>
#include <style_sheet.hpp>
#include <text_table.hpp>

#include "picture_file.hpp"

namespace image {

namespace {

using presentation::escaped;
using presentation::four_decimals;

constexpr const char* own_style = R"css(
.near { display: flex; flex-wrap: wrap; gap: .5rem; align-items: flex-start; }
.near figure { padding: .3rem; width: 5.4rem; border-width: 3px; }
.near img { width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated; display: block; }
.near figcaption { font-size: .7rem; font-weight: 400; line-height: 1.25; overflow-wrap: anywhere; }
.near .asked { border-color: var(--c1); } .near .right { border-color: var(--good); } .near .wrong { border-color: var(--c6); }
)css";

std::string colour(std::size_t i) { return "var(--c" + std::to_string(i % 8) + ")"; }

// ---- the table

struct line {
  std::string name, title;
  measures m;
};

void table(std::string& out, const std::vector<line>& lines) {
  constexpr double measures::*columns[] = {&measures::recall_1,    &measures::recall_10, &measures::recall_100,
                                           &measures::recall_1000, &measures::map_at_r,  &measures::r_precision};
  out +=
      "<div class=\"scroll\"><table><thead><tr><th>loss</th><th>R@1</th><th>R@10</th><th>R@100</th><th>R@1000</th>"
      "<th>MAP@R</th><th>R-precision</th></tr></thead>\n<tbody>\n";
  for (const auto& l : lines) {
    out += "<tr><td>" + escaped(l.name) + "<small>" + escaped(l.title) + "</small></td>";
    for (const auto column : columns) {
      const auto less = [&](const line& a, const line& b) { return a.m.*column < b.m.*column; };
      const bool best = l.m.*column >= (*std::max_element(lines.begin(), lines.end(), less)).m.*column;
      out += (best ? "<td class=\"best\">" : "<td>") + four_decimals(l.m.*column) + "</td>";
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
}

// ---- curves: each loss in units of its own, so each is drawn between its lowest and its highest value

void curve(std::string& out, const loss_result& l, std::size_t number) {
  constexpr double width = 300, height = 150, left = 50, right = 8, top = 10, bottom = 26;
  if (l.curve.empty()) return;
  const auto [low, high] = std::minmax_element(l.curve.begin(), l.curve.end());
  const double range = *high > *low ? *high - *low : 1;
  char text[200];
  out += "<figure><figcaption>" + escaped(l.name) + "</figcaption>\n";
  std::snprintf(text, sizeof text, "<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"Loss over epochs\">\n", width,
                height);
  out += text;
  for (const double value : {*low, *high}) {
    const double y = top + (1 - (value - *low) / range) * (height - top - bottom);
    std::snprintf(text, sizeof text,
                  "<line class=\"grid\" x1=\"%g\" x2=\"%g\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  "<text x=\"%g\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>\n",
                  left, width - right, y, y, left - 5, y + 4, value);
    out += text;
  }
  std::snprintf(text, sizeof text, "<text x=\"%g\" y=\"%g\" text-anchor=\"end\">epoch %zu</text>\n", width - right,
                height - 6, l.curve.size());
  out += text;
  out += "<polyline style=\"stroke:" + colour(number) + "\" points=\"";
  for (std::size_t i = 0; i < l.curve.size(); ++i) {
    const double at = l.curve.size() > 1 ? static_cast<double>(i) / static_cast<double>(l.curve.size() - 1) : 0;
    std::snprintf(text, sizeof text, "%s%.1f,%.1f", i > 0 ? " " : "", left + at * (width - left - right),
                  top + (1 - (l.curve[i] - *low) / range) * (height - top - bottom));
    out += text;
  }
  out += "\"/>\n</svg></figure>\n";
}

// ---- nearest pictures

void picture(std::string& out, const picture_set& set, index_t item, const char* kind, const std::string& caption) {
  const auto at = static_cast<std::size_t>(item);
  const std::string name = set.test.names.empty() ? "picture " + std::to_string(item) : set.test.names[at];
  const std::string& group = set.test.class_names[static_cast<std::size_t>(set.test.labels[at])];
  out += "<figure class=\"" + std::string(kind) + "\"><img alt=\"" + escaped(name) + "\" title=\"" + escaped(name) +
         "\" src=\"data:image/png;base64," +
         presentation::base64(png(set.test.pixels.data() + item * set.numbers(), set.height, set.width, set.channels)) +
         "\"><figcaption>" + escaped(caption.empty() ? group : caption + " " + group) + "</figcaption></figure>\n";
}

void nearest(std::string& out, const picture_set& set, const std::string& name, const std::vector<ranking>& rankings) {
  out += "<h3>" + escaped(name) + "</h3>\n";
  for (const auto& r : rankings) {
    out += "<div class=\"near\">\n";
    picture(out, set, r.query, "asked", "");
    for (std::size_t i = 0; i < r.items.size(); ++i) {
      char score[32];
      std::snprintf(score, sizeof score, "%.2f", r.scores[i]);
      const auto label = [&](index_t item) { return set.test.labels[static_cast<std::size_t>(item)]; };
      picture(out, set, r.items[i], label(r.items[i]) == label(r.query) ? "right" : "wrong", score);
    }
    out += "</div>\n";
  }
}

void term(std::string& out, const std::string& name, const std::string& value) {
  out += "<dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd>\n";
}

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

}  // namespace

std::string html_report(const picture_set& set, const settings& how, const results& found, const manifest& run) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>Image by image</title>\n<style>";
  out += presentation::style_sheet;
  out += own_style;
  out +=
      "</style>\n</head>\n<body>\n<main>\n<h1>Image by image</h1>\n<p class=\"soft\">Pictures of the test half find "
      "each "
      "other; none of their classes was seen in training. ";
  out += set.source == "embedded" ? "Data: pictures of emoji, built in." : "Data: " + escaped(set.source) + ".";
  out +=
      "</p>\n<h2>Recall</h2>\n<p class=\"soft\">R@k: share of queries with a picture of their class among the first k, "
      "the "
      "query itself left out. The best number of a column is bold.</p>\n";
  std::vector<line> lines{{"raw pixels", "cosine of the pixels", found.pixels}};
  if (found.words) lines.push_back({"words", "BM25 over the words of the pictures", *found.words});
  for (const auto& l : found.losses) lines.push_back({l.name, l.title, l.test});
  for (const auto& l : found.losses)
    if (l.fused) lines.push_back({l.name + " and words", "both lists, by reciprocal rank", *l.fused});
  table(out, lines);
  if (!found.losses.empty()) {
    out +=
        "<h2>Training</h2>\n<p class=\"soft\">Mean loss of each epoch, each loss in units of its own.</p>\n"
        "<div class=\"curves\">\n";
    for (std::size_t i = 0; i < found.losses.size(); ++i) curve(out, found.losses[i], i + 1);
    out += "</div>\n";
  }
  if (!found.pixel_rankings.empty()) {
    out +=
        "<h2>Nearest pictures</h2>\n<p class=\"soft\">First the query, then the ten pictures with the highest cosine. "
        "Green: "
        "the class of the query; red: another.</p>\n";
    nearest(out, set, "raw pixels", found.pixel_rankings);
    for (const auto& l : found.losses) nearest(out, set, l.name, l.rankings);
  }
  out += "<h2>This run</h2>\n<dl>\n";
  const auto shape = [&](const half& h) {
    return std::to_string(h.size()) + " pictures of " + std::to_string(set.height) + " x " + std::to_string(set.width) +
           " x " + std::to_string(set.channels) + ", " + std::to_string(h.classes()) + " classes";
  };
  term(out, "data", set.source);
  term(out, "training half", shape(set.train));
  term(out, "test half", shape(set.test));
  if (!set.broken.empty())
    term(out, "left out", std::to_string(set.broken.size()) + " pictures that could not be read");
  if (!set.links.empty()) term(out, "links", std::to_string(set.links.size()));
  term(out, "epochs", std::to_string(how.epochs));
  term(out, "batch", std::to_string(how.batch) + ", " + std::to_string(how.per_class) + " of each class");
  term(out, "learning rate", short_number(how.rate));
  term(out, "pictures are moved by",
       short_number(how.rotation) + " degrees, " + short_number(how.shift) + " of their size, " +
           short_number(how.scale) + " times" + (how.flip ? ", flipped" : ""));
  term(out, "seed", std::to_string(run.seed));
  term(out, "device", run.device);
  term(out, "threads", std::to_string(run.threads));
  term(out, "kindred", run.version);
  term(out, "time", short_number(found.seconds_total) + " s");
  out += "</dl>\n</main>\n</body>\n</html>\n";
  return out;
}

}  // namespace image
