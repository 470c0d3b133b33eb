// SPDX-License-Identifier: Apache-2.0
#include "tables.hpp"

#include <cstdio>
#include <text_table.hpp>

namespace study {

namespace {

using presentation::four_decimals;
using presentation::text_table;

std::string precision_table(const study_result& result, bool fine) {
  text_table table;
  table.row({"method", "image to text", "text to image", "average"});
  table.rule();
  for (const auto& m : result.methods) {
    const both_directions& b = fine ? *m.fine : m.coarse;
    table.row({m.name, four_decimals(b.image_to_text.average_precision),
               four_decimals(b.text_to_image.average_precision), four_decimals(b.average_precision())});
  }
  return table.text();
}

std::string recall_table(const study_result& result) {
  text_table table;
  table.heading({"", "image to text", "text to image", "average"}, 3);
  table.row({"method", "R@1", "R@5", "R@10", "R@1", "R@5", "R@10", "R@1", "R@5", "R@10"});
  table.rule();
  for (const auto& m : result.methods) {
    const direction &a = m.coarse.image_to_text, &b = m.coarse.text_to_image;
    table.row({m.name, four_decimals(a.hit_1), four_decimals(a.hit_5), four_decimals(a.hit_10), four_decimals(b.hit_1),
               four_decimals(b.hit_5), four_decimals(b.hit_10), four_decimals((a.hit_1 + b.hit_1) / 2),
               four_decimals((a.hit_5 + b.hit_5) / 2), four_decimals((a.hit_10 + b.hit_10) / 2)});
  }
  return table.text();
}

std::string chosen_list(const study_result& result) {
  std::string out;
  for (const auto& m : result.methods) {
    if (m.chosen.empty()) continue;
    out += m.name + ":";
    for (const auto& [name, value] : m.chosen) {
      char text[32];
      std::snprintf(text, sizeof text, " %g", value);
      out += (name == m.chosen.front().first ? " " : ", ") + name + text;
    }
    if (m.validation) out += "; mAP in cross-validation " + four_decimals(*m.validation);
    out += "\n";
  }
  return out;
}

std::string name_of(const study_data& data, kindred::index_t item, bool image) {
  const auto at = static_cast<std::size_t>(item);
  const std::string number = (image ? "image " : "text ") + std::to_string(item);
  if (at >= data.test_exhibits.size() || data.test_exhibits[at].title.empty()) return number;
  return image ? number + ", " + data.test_exhibits[at].title : data.test_exhibits[at].title;
}

std::string list(const study_data& data, const ranking& r) {
  const auto class_of = [&](kindred::index_t i) {
    return data.class_name(data.test.labels[static_cast<std::size_t>(i)]);
  };
  std::string out = (r.image_query ? "\nBy the image of: " : "\nBy the text: ") +
                    name_of(data, r.query, r.image_query) + "  (" + class_of(r.query) + ")\n";
  text_table table("lrrl");
  for (std::size_t i = 0; i < r.entries.size(); ++i) {
    const auto& e = r.entries[i];
    char score[32];
    std::snprintf(score, sizeof score, "%.3f", e.score);
    table.row({e.relevant ? "  +" : "", std::to_string(i + 1), score, class_of(e.item),
               name_of(data, e.item, !r.image_query)});
  }
  return out + table.text();
}

}  // namespace

std::string printed(const study_data& data, const study_result& result) {
  std::string out = "\nMean average precision over all results, relevant: same " + data.class_word + "\n\n" +
                    precision_table(result, false) +
                    "\nRecall: share of queries with a relevant result among the first K\n\n" + recall_table(result);
  bool fine = true;
  for (const auto& m : result.methods) fine = fine && m.fine.has_value();
  if (fine)
    out += "\nMean average precision over all results, relevant: same " + data.fine_class_word + "\n\n" +
           precision_table(result, true);
  const std::string chosen = chosen_list(result);
  if (!chosen.empty()) out += "\nChosen by cross-validation on the training half\n\n" + chosen;
  if (!result.rankings.empty())
    out += "\nFirst results of " + result.ranked_by + "; + marks the " + data.class_word + " of the query\n";
  for (const auto& r : result.rankings) out += list(data, r);
  return out;
}

}  // namespace study
