// SPDX-License-Identifier: Apache-2.0
#include "results_json.hpp"

#include <pair_json.hpp>

namespace study {

namespace {

using json = nlohmann::ordered_json;

json shapes(const half& h) {
  return {{"images", {h.images.rows, h.images.cols}}, {"texts", {h.texts.rows, h.texts.cols}}};
}

}  // namespace

std::string results_json(const study_data& data, const study_result& result, const manifest& run) {
  json methods = json::object(), fine = json::object(), chosen = json::object(), trials = json::object(),
       seconds = json::object();
  for (const auto& m : result.methods) {
    methods[m.name] = pairs::json_of(m.coarse);
    if (m.fine) fine[m.name] = pairs::json_of(*m.fine);
    seconds[m.name] = m.seconds;
    json values = json::object();
    for (const auto& [name, value] : m.chosen) values[name] = value;
    if (m.validation) values["validation_map"] = *m.validation;
    chosen[m.name] = values;
    if (m.trials > 0) trials[m.name] = {{"count", m.trials}, {"table", m.trial_table}};
  }
  json out;
  out["methods"] = methods;
  if (!fine.empty()) out["subclasses"] = fine;
  out["chosen"] = chosen;
  out["trials"] = trials;
  out["manifest"] = {{"seed", run.seed},       {"version", run.version},
                     {"threads", run.threads}, {"device", run.device},
                     {"data", data.source},    {"shapes", {{"train", shapes(data.train)}, {"test", shapes(data.test)}}},
                     {"folds", run.folds},     {"trials", run.trials}};
  out["timings"] = {{"choosing", result.seconds_choosing}, {"methods", seconds}, {"total", result.seconds_total}};
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace study
