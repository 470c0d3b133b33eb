// SPDX-License-Identifier: Apache-2.0
#include "losses.hpp"

#include <algorithm>
#include <set>

namespace image {

const std::vector<loss_kind>& known_losses() {
  static const std::vector<loss_kind> all{{"triplet_semi_hard", "triplet, semi-hard negatives"},
                                          {"triplet_batch_hard", "triplet, hardest pairs of the batch, soft margin"},
                                          {"lifted_structure", "lifted structure"},
                                          {"proxy_nca", "Proxy-NCA"},
                                          {"margin", "margin loss, distance-weighted sampling"},
                                          {"n_pair", "N-pair"},
                                          {"multi_similarity", "multi-similarity"},
                                          {"info_nce", "InfoNCE"},
                                          {"daml", "DAML: triplets with made negatives"}};
  return all;
}

const std::vector<std::string>& known_miners() {
  static const std::vector<std::string> all{"semi_hard", "batch_hard", "all", "easy", "random", "margin_band"};
  return all;
}

std::vector<loss_kind> losses_named(const std::vector<std::string>& names) {
  std::vector<loss_kind> out;
  std::set<std::string> seen;
  for (const auto& name : names) {
    const auto is = [&](const loss_kind& k) { return k.name == name; };
    const auto at = std::find_if(known_losses().begin(), known_losses().end(), is);
    const bool triplet = name == "triplet";
    kindred::expects<kindred::argument_error>(triplet || at != known_losses().end(), "--loss: '{}' is unknown", name);
    kindred::expects<kindred::argument_error>(seen.insert(name).second, "--loss: '{}' comes twice", name);
    out.push_back(triplet ? loss_kind{"triplet", "triplet, the miner of --miner"} : *at);
  }
  return out;
}

double own_rate(const std::string& name) { return name == "proxy_nca" ? 30 : 1; }

}  // namespace image
