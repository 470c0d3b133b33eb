// SPDX-License-Identifier: Apache-2.0
#include "results_json.hpp"

#include <nlohmann/json.hpp>

namespace image {

namespace {

using json = nlohmann::ordered_json;

json of(const measures& m) {
  return {{"recall@1", m.recall_1},       {"recall@10", m.recall_10}, {"recall@100", m.recall_100},
          {"recall@1000", m.recall_1000}, {"map@r", m.map_at_r},      {"r_precision", m.r_precision}};
}

json of(const picture_set& set, const half& h) {
  return {{"pictures", h.size()}, {"classes", h.classes()}, {"shape", {set.height, set.width, set.channels}}};
}

}  // namespace

std::string results_json(const picture_set& set, const settings& how, const results& found, const manifest& run) {
  json losses = json::object(), fused = json::object(), curves = json::object(), seconds = json::object();
  for (const auto& l : found.losses) {
    losses[l.name] = of(l.test);
    curves[l.name] = l.curve;
    seconds[l.name] = l.seconds;
    if (l.fused) fused[l.name] = of(*l.fused);
  }
  json out;
  out["losses"] = losses;
  out["baseline"] = of(found.pixels);
  if (found.words) {
    out["words"] = of(*found.words);
    out["fused"] = fused;
  }
  out["curves"] = curves;
  out["manifest"] = {{"seed", run.seed},           {"version", run.version},   {"threads", run.threads},
                     {"device", run.device},       {"data", set.source},       {"train", of(set, set.train)},
                     {"test", of(set, set.test)},  {"broken", set.broken},     {"links", set.links.size()},
                     {"miner", how.miner},         {"epochs", how.epochs},     {"batch", how.batch},
                     {"per_class", how.per_class}, {"rate", how.rate},         {"width", how.width},
                     {"dimension", how.dimension}, {"rotation", how.rotation}, {"shift", how.shift},
                     {"scale", how.scale},         {"flip", how.flip}};
  out["timings"] = {{"losses", seconds}, {"total", found.seconds_total}};
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace image
