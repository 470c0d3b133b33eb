// SPDX-License-Identifier: Apache-2.0
#include "results_json.hpp"

#include <nlohmann/json.hpp>

namespace study {

namespace {

using json = nlohmann::ordered_json;

json of(const direction& d) {
  return {{"map", d.average_precision}, {"hit@1", d.hit_1}, {"hit@5", d.hit_5}, {"hit@10", d.hit_10}};
}

json of(const both_directions& b) {
  return {{"image_to_text", of(b.image_to_text)}, {"text_to_image", of(b.text_to_image)}};
}

json shapes(const half& h) {
  return {{"images", {h.images.rows, h.images.cols}}, {"texts", {h.texts.rows, h.texts.cols}}};
}

}  // namespace

std::string results_json(const study_data& data, const study_result& result, const manifest& run) {
  json methods = json::object(), fine = json::object(), chosen = json::object(), seconds = json::object();
  for (const auto& m : result.methods) {
    methods[m.name] = of(m.coarse);
    if (m.fine) fine[m.name] = of(*m.fine);
    seconds[m.name] = m.seconds;
    json values = json::object();
    for (const auto& [name, value] : m.chosen) values[name] = value;
    if (m.validation) values["validation_map"] = *m.validation;
    chosen[m.name] = values;
  }
  json out;
  out["methods"] = methods;
  if (!fine.empty()) out["subclasses"] = fine;
  out["chosen"] = chosen;
  out["manifest"] = {{"seed", run.seed},       {"version", run.version},
                     {"threads", run.threads}, {"device", run.device},
                     {"data", data.source},    {"shapes", {{"train", shapes(data.train)}, {"test", shapes(data.test)}}},
                     {"folds", run.folds}};
  out["timings"] = {{"choosing", result.seconds_choosing}, {"methods", seconds}, {"total", result.seconds_total}};
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace study
