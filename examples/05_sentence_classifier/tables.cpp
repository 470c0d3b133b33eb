// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdio>
#include <text_table.hpp>

#include "results.hpp"

namespace sentence {

namespace {

using presentation::four_decimals;
using presentation::text_table;

std::string whole(index_t n) { return std::to_string(n); }

std::string deviation(const std::vector<double>& values) {
  double mean = 0, squares = 0;
  for (const double v : values) mean += v / static_cast<double>(values.size());
  for (const double v : values) squares += (v - mean) * (v - mean);
  return four_decimals(std::sqrt(squares / static_cast<double>(values.size() - 1)));
}

}  // namespace

std::string printed(const labelled_texts& data, const settings&, const results& found) {
  const bool trained = found.learn > 0, folded = found.variants.front().accuracies.size() > 1;
  std::string out =
      '\n' + whole(found.test) + " texts of " + whole(static_cast<index_t>(data.classes.size())) + " classes";
  if (trained)
    out += "; learned from " + whole(found.learn) + ", stopped by " + whole(found.validate) + "; " +
           whole(found.words) + " words known, " + four_decimals(found.known) + " of the words of the test texts";
  if (folded)
    out += "\nnumbers of the first of " + whole(static_cast<index_t>(found.variants.front().accuracies.size())) +
           " folds, which are all tested";
  out += "\n\n";
  text_table table;
  std::vector<std::string> head{"", "accuracy", "macro F1"};
  if (folded) head.push_back("deviation");
  if (trained) head.insert(head.end(), {"validation", "epoch", "seconds"});
  table.row(head);
  table.rule();
  if (trained) table.row({"most frequent class", four_decimals(found.majority)});
  for (const auto& v : found.variants) {
    std::vector<std::string> row{v.name, four_decimals(v.test.accuracy()), four_decimals(v.test.macro_f1())};
    if (folded) row.push_back(deviation(v.accuracies));
    if (trained) {
      char seconds[32];
      std::snprintf(seconds, sizeof seconds, "%.0f", v.seconds);
      row.insert(row.end(), {four_decimals(v.validation), whole(v.curves.front().best_epoch + 1), seconds});
    }
    table.row(row);
  }
  out += table.text();
  const auto& best = found.variants[found.best];
  text_table classes;
  classes.row({best.name, "precision", "recall", "F1", "texts"});
  classes.rule();
  for (index_t c = 0; c < best.test.classes; ++c)
    classes.row({data.classes[static_cast<std::size_t>(c)], four_decimals(best.test.precision(c)),
                 four_decimals(best.test.recall(c)), four_decimals(best.test.f1(c)), whole(best.test.of_class(c))});
  text_table confusion;
  std::vector<std::string> names{"is / said"};
  names.insert(names.end(), data.classes.begin(), data.classes.end());
  confusion.row(names);
  confusion.rule();
  for (index_t c = 0; c < best.test.classes; ++c) {
    std::vector<std::string> row{data.classes[static_cast<std::size_t>(c)]};
    for (index_t s = 0; s < best.test.classes; ++s) row.push_back(whole(best.test.at(c, s)));
    confusion.row(row);
  }
  return out + "\n" + classes.text() + "\n" + confusion.text();
}

}  // namespace sentence
