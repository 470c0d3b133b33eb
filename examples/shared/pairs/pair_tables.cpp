// SPDX-License-Identifier: Apache-2.0
#include "pair_tables.hpp"

#include <cstdio>
#include <text_table.hpp>

namespace pairs {

using presentation::four_decimals;
using presentation::text_table;

std::string precision_table(const std::vector<table_row>& rows) {
  text_table table;
  table.row({"method", "image to text", "text to image", "average"});
  table.rule();
  for (const auto& m : rows) {
    const both_directions& b = *m.results;
    table.row({m.name, four_decimals(b.image_to_text.average_precision),
               four_decimals(b.text_to_image.average_precision), four_decimals(b.average_precision())});
  }
  return table.text();
}

std::string recall_table(const std::vector<table_row>& rows) {
  text_table table;
  table.heading({"", "image to text", "text to image", "average"}, 3);
  table.row({"method", "R@1", "R@5", "R@10", "R@1", "R@5", "R@10", "R@1", "R@5", "R@10"});
  table.rule();
  for (const auto& m : rows) {
    const direction &a = m.results->image_to_text, &b = m.results->text_to_image;
    table.row({m.name, four_decimals(a.hit_1), four_decimals(a.hit_5), four_decimals(a.hit_10), four_decimals(b.hit_1),
               four_decimals(b.hit_5), four_decimals(b.hit_10), four_decimals((a.hit_1 + b.hit_1) / 2),
               four_decimals((a.hit_5 + b.hit_5) / 2), four_decimals((a.hit_10 + b.hit_10) / 2)});
  }
  return table.text();
}

std::string ranking_list(const exhibition& of, const ranking& r) {
  const auto name_of = [&](kindred::index_t item, bool image) {
    const std::string number = (image ? "image " : "text ") + std::to_string(item), title = of.show(item).title;
    if (title.empty()) return number;
    return image ? number + ", " + title : title;
  };
  std::string out = (r.image_query ? "\nBy the image of: " : "\nBy the text: ") + name_of(r.query, r.image_query) +
                    "  (" + of.class_name(r.query) + ")\n";
  text_table table("lrrl");
  for (std::size_t i = 0; i < r.entries.size(); ++i) {
    const auto& e = r.entries[i];
    char score[32];
    std::snprintf(score, sizeof score, "%.3f", e.score);
    table.row({e.relevant ? "  +" : "", std::to_string(i + 1), score, of.class_name(e.item),
               name_of(e.item, !r.image_query)});
  }
  return out + table.text();
}

}  // namespace pairs
