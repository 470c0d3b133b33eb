// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <pair_results.hpp>
#include <string>
#include <utility>
#include <vector>

#include "settings.hpp"

namespace sns {

/// What a stage took.
struct stage_cost {
  std::string name;
  double seconds = 0, peak_mib = 0;
};

/// Where attention falls: shares of its mass and of its peaks on what is meant, and what an even spread would give.
struct pointing {
  double mass = 0, peak = 0, uniform_mass = 0, uniform_peak = 0;
  index_t cases = 0;
};

struct method_result {
  std::string name, title;
  pairs::both_directions both;
  std::vector<pairs::parameter> chosen{};
  std::optional<double> validation{};  ///< mean of both directions' mAP of the best trial
  long trials = 0;                     ///< settings that were tried
  std::string trial_table{};           ///< what each of them had, as comma-separated values
  std::string note{};
  std::vector<pairs::ranking> rankings{};
  std::vector<float> region_attention{}, word_attention{};  ///< of the test half, where the method has any
  std::optional<pointing> points{};   ///< how regions' attention falls on what the text names, where that is known
  std::optional<pointing> on_main{};  ///< and on what the post is about
  stage_cost cost{};
};

/// A row of a comparison of texts' features.
struct comparison {
  std::string name, title;
  double words_a_text = 0;                      ///< mean
  double known = 0;                             ///< share of the words of the test texts that training saw
  double accuracy = 0;                          ///< of the network over words on the classes of the test texts
  double image_to_text = 0, text_to_image = 0;  ///< mAP of cca
  stage_cost cost{};
};

/// Which regions of the picture each word of a text looks at, learned by cross attention beside the methods.
struct word_attention {
  std::vector<float> weights{};      ///< for each row of the test half's words those of its regions; empty: not learned
  std::optional<pointing> points{};  ///< how that of words that name a thing falls on the thing, where that is known
  stage_cost cost{};
};

struct results {
  std::vector<method_result> methods;
  std::string listed;  ///< the method whose rankings are shown
  sns::word_attention words{};
  std::vector<comparison> analysers{}, word_vectors{};
  std::vector<std::string> analysers_not_compared{};
  std::vector<stage_cost> stages{};
  double seconds_total = 0;

  const method_result* found(const std::string& name) const {
    for (const auto& m : methods)
      if (m.name == name) return &m;
    return nullptr;
  }
};

}  // namespace sns
