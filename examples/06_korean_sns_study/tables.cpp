// SPDX-License-Identifier: Apache-2.0
#include "tables.hpp"

#include <cstdio>
#include <text_table.hpp>

namespace sns {

namespace {

using presentation::four_decimals;
using presentation::text_table;

std::string decimals(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string notes(const results& found) {
  std::string out;
  for (const auto& m : found.methods) {
    if (m.chosen.empty() && m.note.empty()) continue;
    std::string line;
    for (const auto& [name, value] : m.chosen) {
      char text[64];
      std::snprintf(text, sizeof text, "%s%s %g", line.empty() ? "" : ", ", name.c_str(), value);
      line += text;
    }
    if (m.validation)
      line += "; mAP of trials " + four_decimals(*m.validation) + ", the best of " + std::to_string(m.trials) +
              (m.trials == 1 ? " trial" : " trials");
    if (!m.note.empty()) line.append(line.empty() ? "" : "; ") += m.note;
    out += m.name + ": " + line + "\n";
  }
  return out;
}

std::string comparison_table(const std::vector<comparison>& rows, const char* what) {
  text_table table;
  table.row({what, "words a text", "known", "accuracy", "image to text", "text to image", "seconds"});
  table.rule();
  for (const auto& c : rows)
    table.row({c.name, decimals(c.words_a_text, 1), four_decimals(c.known), four_decimals(c.accuracy),
               four_decimals(c.image_to_text), four_decimals(c.text_to_image), decimals(c.cost.seconds, 1)});
  return table.text();
}

std::string pointing_table(const results& found) {
  text_table table;
  table.row({"attention", "share of the mass", "even", "peak", "even", "cases"});
  table.rule();
  bool any = false;
  const auto row = [&](const std::string& name, const std::optional<pointing>& p) {
    if (!p) return;
    any = true;
    table.row({name, four_decimals(p->mass), four_decimals(p->uniform_mass), four_decimals(p->peak),
               four_decimals(p->uniform_peak), std::to_string(p->cases)});
  };
  for (const auto& m : found.methods) {
    row(m.name + " on what the text names", m.points);
    row(m.name + " on what the post is about", m.on_main);
  }
  row("cross attention of words on what they name", found.words.points);
  return any ? "\nWhere attention falls, compared with an even spread\n\n" + table.text() : "";
}

}  // namespace

pairs::exhibition exhibition(const inputs& data) {
  const auto show = [&data](index_t item) {
    pairs::exhibit e;
    if (!data.posts) return e;
    const post& p = data.posts->items[static_cast<std::size_t>(data.test[static_cast<std::size_t>(item)])];
    e.title = p.text;
    e.png = emoji::png(p.picture);
    return e;
  };
  return {show, [&data](index_t item) {
            return data.pairs.class_name(data.pairs.test.labels[static_cast<std::size_t>(item)]);
          }};
}

std::string printed(const inputs& data, const settings& how, const results& found) {
  std::vector<pairs::table_row> rows;
  for (const auto& m : found.methods) rows.push_back({m.name, m.title, &m.both});
  std::string out = '\n' + std::to_string(data.pairs.train.size()) + " pairs to learn from, " +
                    std::to_string(data.pairs.test.size()) + (how.choosing ? " of the validation part" : "") +
                    " to test on\n\nMean average precision over all results, relevant: same class\n\n" +
                    pairs::precision_table(rows) +
                    "\nRecall: share of queries with a relevant result among the first K\n\n" +
                    pairs::recall_table(rows) + pointing_table(found);
  const std::string said = notes(found);
  if (!said.empty()) out += "\n" + said;
  if (!found.analysers.empty())
    out += "\nAnalysers, in half of the epochs at twice the rate; mAP of cca\n\n" +
           comparison_table(found.analysers, "analyser");
  for (const auto& line : found.analysers_not_compared) out += line + '\n';
  if (!found.word_vectors.empty())
    out += "\nWord vectors, in half of the epochs at twice the rate; mAP of cca\n\n" +
           comparison_table(found.word_vectors, "vectors");
  const method_result& listed = *found.found(found.listed);
  if (!listed.rankings.empty()) out += "\nFirst results of " + found.listed + "; + marks the class of the query\n";
  for (const auto& r : listed.rankings) out += pairs::ranking_list(exhibition(data), r);
  return out;
}

}  // namespace sns
