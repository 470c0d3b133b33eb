// SPDX-License-Identifier: Apache-2.0
#include <kindred/core/config.hpp>
#include <pair_json.hpp>

#include "tables.hpp"

namespace sns {

namespace {

using json = nlohmann::ordered_json;

json of(const half& h) {
  json out = {{"pairs", h.size()}, {"images", h.images.cols}, {"texts", h.texts.cols}};
  if (!h.regions.empty()) out["regions"] = h.regions.cols;
  if (!h.words.empty()) out["words"] = h.words.cols;
  return out;
}

json of(const std::vector<comparison>& rows) {
  json out = json::object();
  for (const auto& c : rows)
    out[c.name] = {
        {"title", c.title},       {"words_a_text", c.words_a_text},       {"known", c.known},
        {"accuracy", c.accuracy}, {"image_to_text_map", c.image_to_text}, {"text_to_image_map", c.text_to_image}};
  return out;
}

json of(const pointing& p) {
  return {{"mass", p.mass},
          {"uniform_mass", p.uniform_mass},
          {"peak", p.peak},
          {"uniform_peak", p.uniform_peak},
          {"cases", p.cases}};
}

}  // namespace

std::string results_json(const inputs& data, const settings& how, const results& found) {
  json methods = json::object(), chosen = json::object(), trials = json::object(), notes = json::object(),
       attention = json::object(), costs = json::object();
  for (const auto& m : found.methods) {
    methods[m.name] = pairs::json_of(m.both);
    json values = json::object();
    for (const auto& [name, value] : m.chosen) values[name] = value;
    if (m.validation) values["validation_map"] = *m.validation;
    if (!values.empty()) chosen[m.name] = values;
    if (m.trials > 0) trials[m.name] = {{"count", m.trials}, {"table", m.trial_table}};
    if (!m.note.empty()) notes[m.name] = m.note;
    if (m.points) attention[m.name]["named"] = of(*m.points);
    if (m.on_main) attention[m.name]["main"] = of(*m.on_main);
  }
  if (found.words.points) attention["cross_attention"]["words"] = of(*found.words.points);
  for (const auto& c : found.stages) costs[c.name] = {{"seconds", c.seconds}, {"peak_mib", c.peak_mib}};
  for (const auto* rows : {&found.analysers, &found.word_vectors})
    for (const auto& c : *rows) costs[c.cost.name] = {{"seconds", c.cost.seconds}, {"peak_mib", c.cost.peak_mib}};
  json out;
  out["methods"] = methods;
  out["chosen"] = chosen;
  out["trials"] = trials;
  out["notes"] = notes;
  if (!attention.empty()) out["attention"] = attention;
  if (data.texts)
    out["texts"] = {{"words_a_text", data.texts->words_a_text},
                    {"known", data.texts->known},
                    {"words", data.texts->vocabulary.size()},
                    {"accuracy", data.texts->accuracy}};
  if (!found.analysers.empty()) out["analysers"] = of(found.analysers);
  if (!found.analysers_not_compared.empty()) out["analysers_not_compared"] = found.analysers_not_compared;
  if (!found.word_vectors.empty()) out["word_vectors"] = of(found.word_vectors);
  out["manifest"] = {{"seed", how.seed},
                     {"version", KINDRED_VERSION},
                     {"threads", how.threads},
                     {"device", how.device},
                     {"data", data.pairs.source},
                     {"effort", how.effort},
                     {"trials", how.trials},
                     {"trial_pairs", how.trial_pairs},
                     {"tested", how.choosing ? "validation" : "test"},
                     {"classes", data.pairs.classes},
                     {"train", of(data.pairs.train)},
                     {"test", of(data.pairs.test)},
                     {"validation", data.pairs.validation.size()}};
  out["timings"] = {{"stages", costs}, {"total", found.seconds_total}};
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace sns
