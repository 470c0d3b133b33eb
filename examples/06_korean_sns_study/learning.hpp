// SPDX-License-Identifier: Apache-2.0
// What one method learns, on a device: the border between the program and what is compiled once for each device.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <pair_results.hpp>

#include "methods.hpp"
#include "pair_data.hpp"

namespace sns {

/// The frame of a learner.
struct learning {
  std::uint64_t seed = 1;
  int threads = 1;    ///< on the CPU
  double effort = 1;  ///< share of the epochs
  int lists = 0;      ///< rankings in each direction
  /// Ways to read one fit that are all embedded, as a trial compares them; empty: the one that the method names.
  std::optional<pairs::fit_cuts> cuts{};
  /// Called once before with the number of steps, then after each step.
  std::function<void(long)> begin = [](long) {};
  std::function<void(const std::string&)> step = [](const std::string&) {};

  index_t epochs(const network_setting& n) const {
    const auto wanted = static_cast<index_t>(static_cast<double>(n.epochs) * effort + 0.5);
    return wanted > 1 ? wanted : 1;
  }
};

/// Items of the test half in the common space. By cosine; with first_columns > 0 two spaces lie beside each other,
/// which kindred::similarity::adaptive_fused compares.
struct embedded {
  features images, texts;
  index_t first_columns = 0;
};

struct learned {
  embedded test;
  std::vector<embedded> cuts{};  ///< with learning::cuts: the test half by each of them, and `test` is empty
  std::vector<float> region_attention{}, word_attention{};  ///< of the test half's rows, as `regions` and `words` lie
  std::string note{};                                       ///< what is to be said beside the numbers
};

/// How the test half was ranked.
struct judged {
  pairs::both_directions both;
  std::vector<pairs::ranking> rankings;
};

/// What learns and judges on one device.
struct device_work {
  /// `raw` for closed forms, which standardize themselves; `scaled` for networks.
  std::function<learned(const method&, const pair_data& raw, const pair_data& scaled, const learning&)> learn;
  std::function<judged(const embedded&, const half& test, const learning&)> judge;
  /// For each word of the test half the weights of its picture's regions; see cross_attention.hpp.
  std::function<std::vector<float>(const pair_data& scaled, const learning&)> words_over_regions;
};

device_work on_cpu();
/// Errors  kindred::device_error when the program was built without CUDA or finds no GPU.
device_work on_cuda();
/// Throws what on_cuda would throw.
void check_cuda();

learned closed_form_on_cpu(const method&, const pair_data& raw, const learning&);
learned row_networks_on_cpu(const method&, const pair_data& scaled, const learning&);
learned generative_on_cpu(const method&, const pair_data& scaled, const learning&);
learned cmpl_on_cpu(const method&, const pair_data& scaled, const learning&);
learned mcsm_on_cpu(const method&, const pair_data& scaled, const learning&);
std::vector<float> words_over_regions_on_cpu(const pair_data& scaled, const learning&);
judged judged_on_cpu(const embedded&, const half& test, const learning&);

}  // namespace sns
