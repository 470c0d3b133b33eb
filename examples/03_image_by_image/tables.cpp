// SPDX-License-Identifier: Apache-2.0
#include "tables.hpp"

#include <text_table.hpp>

namespace image {

namespace {

void row(presentation::text_table& table, const std::string& name, const measures& m) {
  using presentation::four_decimals;
  table.row({name, four_decimals(m.recall_1), four_decimals(m.recall_10), four_decimals(m.recall_100),
             four_decimals(m.recall_1000), four_decimals(m.map_at_r), four_decimals(m.r_precision)});
}

}  // namespace

std::string printed(const picture_set& set, const results& found) {
  presentation::text_table table;
  table.row({"", "R@1", "R@10", "R@100", "R@1000", "MAP@R", "R-precision"});
  table.rule();
  row(table, "raw pixels", found.pixels);
  if (found.words) row(table, "words (BM25)", *found.words);
  for (const auto& l : found.losses) row(table, l.name, l.test);
  for (const auto& l : found.losses)
    if (l.fused) row(table, l.name + " and words", *l.fused);
  return '\n' + std::to_string(set.test.size()) + " pictures of " + std::to_string(set.test.classes()) +
         " classes, each finds the others; learned from " + std::to_string(set.train.size()) + " pictures of " +
         std::to_string(set.train.classes()) +
         " classes\nR@k: share of queries with a picture of their class among the "
         "first k\n\n" +
         table.text();
}

}  // namespace image
