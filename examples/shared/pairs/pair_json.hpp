// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "pair_results.hpp"

namespace pairs {

/// {"image_to_text": {"map", "hit@1", "hit@5", "hit@10"}, "text_to_image": ...}
inline nlohmann::ordered_json json_of(const both_directions& b) {
  const auto of = [](const direction& d) -> nlohmann::ordered_json {
    return {{"map", d.average_precision}, {"hit@1", d.hit_1}, {"hit@5", d.hit_5}, {"hit@10", d.hit_10}};
  };
  return {{"image_to_text", of(b.image_to_text)}, {"text_to_image", of(b.text_to_image)}};
}

}  // namespace pairs
