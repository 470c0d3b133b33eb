// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <html.hpp>
#include <style_sheet.hpp>
#include <text_table.hpp>

#include "results.hpp"

namespace sentence {

namespace {

using presentation::escaped;
using presentation::four_decimals;

constexpr const char* own_style = R"css(
.confusion td { text-align: center; position: relative; }
.confusion td.cell { background: color-mix(in srgb, var(--c6) var(--share), transparent); }
.confusion td.same { background: color-mix(in srgb, var(--good) var(--share), transparent); }
.said { list-style: none; margin: 0 0 1rem; padding: 0; display: grid; gap: .45rem; }
.said li { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--c6); border-radius: 8px;
  padding: .45rem .8rem; overflow-wrap: anywhere; }
.said li.right { border-left-color: var(--good); }
.said small { color: var(--soft); display: block; font-variant-numeric: tabular-nums; }
)css";

std::string colour(std::size_t i) { return "var(--c" + std::to_string(i % 8) + ")"; }

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}
std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", 100 * share);
  return text;
}

void variants_table(std::string& out, const results& found) {
  const bool trained = found.learn > 0;
  double highest = 0;
  for (const auto& v : found.variants) highest = std::max(highest, v.test.accuracy());
  out += "<div class=\"scroll\"><table><thead><tr><th>variant</th><th>accuracy</th><th>macro F1</th>";
  if (trained) out += "<th>validation</th><th>epochs run</th><th>epoch kept</th><th>seconds</th>";
  out += "</tr></thead>\n<tbody>\n";
  if (trained)
    out += "<tr><td>most frequent class<small>always said</small></td><td>" + four_decimals(found.majority) +
           "</td><td></td><td></td><td></td><td></td><td></td></tr>\n";
  for (const auto& v : found.variants) {
    out += "<tr><td>" + escaped(v.name) + "<small>" + escaped(v.title) + "</small></td>";
    out += (v.test.accuracy() >= highest ? "<td class=\"best\">" : "<td>") + four_decimals(v.test.accuracy()) +
           "</td><td>" + four_decimals(v.test.macro_f1()) + "</td>";
    if (trained) {
      const auto& c = v.curves.front();
      char seconds[32];
      std::snprintf(seconds, sizeof seconds, "%.0f", v.seconds);
      out += "<td>" + four_decimals(v.validation) + "</td><td>" + std::to_string(c.loss.size()) + "</td><td>" +
             std::to_string(c.best_epoch + 1) + "</td><td>" + seconds + "</td>";
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
}

/// One figure with a line for every variant; all in one unit.
void curves(std::string& out, const results& found, const char* title, std::vector<double> training_curve::*of) {
  constexpr double width = 300, height = 160, left = 50, right = 8, top = 10, bottom = 26;
  double low = 1e300, high = -1e300;
  std::size_t longest = 0;
  for (const auto& v : found.variants)
    for (const double y : v.curves.front().*of) {
      low = std::min(low, y);
      high = std::max(high, y);
      longest = std::max(longest, (v.curves.front().*of).size());
    }
  if (longest == 0 || !(high >= low)) return;
  const double range = high > low ? high - low : 1;
  char text[200];
  out += "<figure><figcaption>" + std::string(title) + "</figcaption>\n";
  std::snprintf(text, sizeof text, "<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"%s over epochs\">\n", width,
                height, title);
  out += text;
  for (const double value : {low, high}) {
    const double y = top + (1 - (value - low) / range) * (height - top - bottom);
    std::snprintf(text, sizeof text,
                  "<line class=\"grid\" x1=\"%g\" x2=\"%g\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  "<text x=\"%g\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>\n",
                  left, width - right, y, y, left - 5, y + 4, value);
    out += text;
  }
  std::snprintf(text, sizeof text,
                "<text x=\"%g\" y=\"%g\">epoch 1</text><text x=\"%g\" y=\"%g\" text-anchor=\"end\">%zu</text>\n", left,
                height - 6, width - right, height - 6, longest);
  out += text;
  for (std::size_t v = 0; v < found.variants.size(); ++v) {
    const auto& line = found.variants[v].curves.front().*of;
    out += "<polyline style=\"stroke:" + colour(v + 1) + "\" points=\"";
    for (std::size_t i = 0; i < line.size(); ++i) {
      const double at = longest > 1 ? static_cast<double>(i) / static_cast<double>(longest - 1) : 0;
      std::snprintf(text, sizeof text, "%s%.1f,%.1f", i > 0 ? " " : "", left + at * (width - left - right),
                    top + (1 - (line[i] - low) / range) * (height - top - bottom));
      out += text;
    }
    out += "\"/>\n";
  }
  out += "</svg></figure>\n";
}

void class_tables(std::string& out, const labelled_texts& data, const measures& m) {
  out +=
      "<div class=\"scroll\"><table><thead><tr><th>class</th><th>precision</th><th>recall</th><th>F1</th><th>texts</th>"
      "</tr></thead>\n<tbody>\n";
  for (index_t c = 0; c < m.classes; ++c)
    out += "<tr><td>" + escaped(data.classes[static_cast<std::size_t>(c)]) + "</td><td>" +
           four_decimals(m.precision(c)) + "</td><td>" + four_decimals(m.recall(c)) + "</td><td>" +
           four_decimals(m.f1(c)) + "</td><td>" + std::to_string(m.of_class(c)) + "</td></tr>\n";
  out +=
      "</tbody></table></div>\n<h3>What was taken for what</h3>\n<div class=\"scroll\"><table "
      "class=\"confusion\"><thead><tr>"
      "<th>is / said</th>";
  for (const auto& name : data.classes) out += "<th style=\"text-align:center\">" + escaped(name) + "</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (index_t c = 0; c < m.classes; ++c) {
    out += "<tr><td style=\"text-align:left\">" + escaped(data.classes[static_cast<std::size_t>(c)]) + "</td>";
    for (index_t s = 0; s < m.classes; ++s) {
      const double share = m.of_class(c) > 0 ? static_cast<double>(m.at(c, s)) / static_cast<double>(m.of_class(c)) : 0;
      out += "<td class=\"" + std::string(c == s ? "same" : "cell") + "\" style=\"--share:" + short_number(75 * share) +
             "%\">" + std::to_string(m.at(c, s)) + "</td>";
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
}

void examples(std::string& out, const labelled_texts& data, const char* title, const std::vector<shown_text>& list) {
  if (list.empty()) return;
  out += "<h3>" + std::string(title) + "</h3>\n<ul class=\"said\">\n";
  for (const auto& t : list) {
    const auto at = static_cast<std::size_t>(t.text);
    const label_t is = data.labels[at];
    const auto name = [&](label_t label) { return escaped(data.classes[static_cast<std::size_t>(label)]); };
    out += std::string("<li class=\"") + (is == t.said ? "right" : "wrong") + "\">" + escaped(data.texts[at]) +
           "<small>" + escaped(data.ids[at]) + ": said " + name(t.said) + ", " + percent(t.probability) +
           (is == t.said ? "" : "; is " + name(is)) + "</small></li>\n";
  }
  out += "</ul>\n";
}

void term(std::string& out, const std::string& name, const std::string& value) {
  out += "<dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd>\n";
}

}  // namespace

std::string html_report(const labelled_texts& data, const settings& how, const results& found, const manifest& run) {
  const variant_result& best = found.variants[found.best];
  const bool trained = found.learn > 0;
  const std::size_t folds = best.accuracies.size();
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>Sentence classifier</title>\n<style>";
  out += presentation::style_sheet;
  out += own_style;
  out +=
      "</style>\n</head>\n<body>\n<main>\n<h1>Sentence classifier</h1>\n<p class=\"soft\">A convolutional network over "
      "word vectors says the class of a text. ";
  out += data.source == "embedded" ? "Data: Korean names and keywords of emoji, and their groups, built in."
                                   : "Data: " + escaped(data.source) + ".";
  out += "</p>\n<ul class=\"tiles\">\n";
  const auto tile = [&](const std::string& value, const std::string& name) {
    out += "<li><b>" + escaped(value) + "</b><span>" + escaped(name) + "</span></li>\n";
  };
  tile(percent(best.test.accuracy()), "of the test texts right, " + best.name);
  tile(std::to_string(best.test.total()), "test texts of " + std::to_string(data.classes.size()) + " classes");
  if (trained) tile(std::to_string(found.learn), "texts learned from" + std::string(folds > 1 ? " in a fold" : ""));
  tile(std::to_string(found.words), "words known");
  if (trained) tile(percent(found.known), "of the words of the test texts known");
  out += "</ul>\n<h2>Accuracy</h2>\n";
  variants_table(out, found);
  if (trained) {
    out +=
        "<h2>Training</h2>\n<p class=\"soft\">Mean loss of each epoch, and accuracy on the validation texts after it" +
        std::string(folds > 1 ? ", first fold" : "") + ".</p>\n<ul class=\"legend\">\n";
    for (std::size_t v = 0; v < found.variants.size(); ++v)
      out += "<li><i style=\"border-color:" + colour(v + 1) + "\"></i>" + escaped(found.variants[v].name) + "</li>\n";
    out += "</ul>\n<div class=\"curves\">\n";
    curves(out, found, "Loss", &training_curve::loss);
    curves(out, found, "Validation accuracy", &training_curve::validation);
    out += "</div>\n";
  }
  out += "<h2>Classes</h2>\n<p class=\"soft\">" + escaped(best.name) +
         (found.variants.size() > 1 ? ", the variant with the best validation.</p>\n" : ".</p>\n");
  class_tables(out, data, best.test);
  if (how.shown > 0) {
    out += "<h2>Texts</h2>\n<p class=\"soft\">What " + escaped(best.name) + " said of test texts" +
           (folds > 1 ? " of the first fold" : "") + ".</p>\n";
    examples(out, data, "Most surely wrong", best.wrong);
    examples(out, data, "Least sure", best.unsure);
    examples(out, data, "Most surely right", best.right);
  }
  out += "<h2>This run</h2>\n<dl>\n";
  term(out, "data", data.source);
  if (data.bad > 0) term(out, "lines left out", std::to_string(data.bad));
  if (trained) {
    term(out, "texts",
         std::to_string(found.learn) + " to learn from, " + std::to_string(found.validate) + " to stop by, " +
             std::to_string(found.test) + " for tests");
    if (folds > 1) term(out, "folds", std::to_string(folds));
    term(out, "tokenizer", how.tokenizer + ", words that occur " + std::to_string(how.fewest) + " times");
    term(out, "word vectors",
         std::to_string(found.dimension) + " numbers, " + std::to_string(found.from_file) + " of " +
             std::to_string(found.words) + " words from the file");
    std::string filters;
    for (const index_t f : how.filters) filters.append(filters.empty() ? "" : ", ") += std::to_string(f);
    term(out, "filters", filters + " words wide, " + std::to_string(how.maps) + " of each");
    term(out, "dropout", short_number(how.dropout));
    term(out, "longest weights of a class", how.norm > 0 ? short_number(how.norm) : "any");
    term(out, "learning rate", short_number(how.rate) + ", Adam");
    term(out, "batch", std::to_string(how.batch));
    term(out, "epochs", std::to_string(how.epochs) + " at most, patience " + std::to_string(how.patience));
    term(out, "seed", std::to_string(how.seed));
  }
  term(out, "device", run.device);
  term(out, "threads", std::to_string(how.threads));
  term(out, "kindred", run.version);
  term(out, "time", short_number(found.seconds_total) + " s");
  out += "</dl>\n</main>\n</body>\n</html>\n";
  return out;
}

}  // namespace sentence
