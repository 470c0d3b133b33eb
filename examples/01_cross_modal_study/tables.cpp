// SPDX-License-Identifier: Apache-2.0
#include "tables.hpp"

#include <cstdio>
#include <pair_tables.hpp>
#include <text_table.hpp>

namespace study {

namespace {

using presentation::four_decimals;

std::string chosen_list(const study_result& result) {
  std::string out;
  for (const auto& m : result.methods) {
    if (m.chosen.empty()) continue;
    out += m.name + ":";
    for (const auto& [name, value] : m.chosen) {
      char text[32];
      std::snprintf(text, sizeof text, " %g", value);
      out.append(name == m.chosen.front().first ? " " : ", ") += name + text;
    }
    if (m.validation)
      out += "; mAP in cross-validation " + four_decimals(*m.validation) + ", the best of " + std::to_string(m.trials) +
             (m.trials == 1 ? " trial" : " trials");
    out += "\n";
  }
  return out;
}

}  // namespace

std::string printed(const study_data& data, const study_result& result) {
  std::vector<pairs::table_row> coarse, fine;
  for (const auto& m : result.methods) {
    coarse.push_back({m.name, m.title, &m.coarse});
    if (m.fine) fine.push_back({m.name, m.title, &*m.fine});
  }
  std::string out = "\nMean average precision over all results, relevant: same " + data.class_word + "\n\n" +
                    pairs::precision_table(coarse) +
                    "\nRecall: share of queries with a relevant result among the first K\n\n" +
                    pairs::recall_table(coarse);
  if (fine.size() == result.methods.size())
    out += "\nMean average precision over all results, relevant: same " + data.fine_class_word + "\n\n" +
           pairs::precision_table(fine);
  const std::string chosen = chosen_list(result);
  if (!chosen.empty()) out += "\nChosen by cross-validation on the training half\n\n" + chosen;
  if (!result.rankings.empty())
    out += "\nFirst results of " + result.ranked_by + "; + marks the " + data.class_word + " of the query\n";
  for (const auto& r : result.rankings) out += pairs::ranking_list(exhibition(data), r);
  return out;
}

}  // namespace study
