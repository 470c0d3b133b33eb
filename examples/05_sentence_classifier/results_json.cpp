// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "results.hpp"

namespace sentence {

using json = nlohmann::ordered_json;

std::string results_json(const labelled_texts& data, const settings& how, const results& found, const manifest& run) {
  json variants = json::object(), curves = json::object(), seconds = json::object();
  for (const auto& v : found.variants) {
    json classes = json::object(), confusion = json::array();
    for (index_t c = 0; c < v.test.classes; ++c) {
      classes[data.classes[static_cast<std::size_t>(c)]] = {{"precision", v.test.precision(c)},
                                                            {"recall", v.test.recall(c)},
                                                            {"f1", v.test.f1(c)},
                                                            {"texts", v.test.of_class(c)}};
      json row = json::array();
      for (index_t s = 0; s < v.test.classes; ++s) row.push_back(v.test.at(c, s));
      confusion.push_back(row);
    }
    variants[v.name] = {{"accuracy", v.test.accuracy()},
                        {"macro_f1", v.test.macro_f1()},
                        {"validation", v.validation},
                        {"folds", v.accuracies},
                        {"classes", classes},
                        {"confusion", confusion}};
    json folds = json::array();
    for (const auto& c : v.curves)
      folds.push_back({{"loss", c.loss}, {"validation", c.validation}, {"best_epoch", c.best_epoch}});
    curves[v.name] = folds;
    seconds[v.name] = v.seconds;
  }
  json out;
  out["variants"] = variants;
  out["best"] = found.variants[found.best].name;
  out["most_frequent_class"] = found.majority;
  out["curves"] = curves;
  out["manifest"] = {{"seed", how.seed},
                     {"version", run.version},
                     {"threads", how.threads},
                     {"device", run.device},
                     {"data", data.source},
                     {"classes", data.classes},
                     {"learn", found.learn},
                     {"validate", found.validate},
                     {"test", found.test},
                     {"bad_lines", data.bad},
                     {"words", found.words},
                     {"words_with_vectors", found.from_file},
                     {"words_of_tests_known", found.known},
                     {"tokenizer", how.tokenizer},
                     {"fewest", how.fewest},
                     {"dimension", found.dimension},
                     {"filters", how.filters},
                     {"maps", how.maps},
                     {"features", found.features},
                     {"dropout", how.dropout},
                     {"norm", how.norm},
                     {"rate", how.rate},
                     {"batch", how.batch},
                     {"epochs", how.epochs},
                     {"patience", how.patience},
                     {"validation", how.validation}};
  out["timings"] = {{"vectors", found.seconds_vectors},
                    {"words", found.seconds_words},
                    {"variants", seconds},
                    {"total", found.seconds_total}};
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace sentence
