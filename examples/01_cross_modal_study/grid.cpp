// SPDX-License-Identifier: Apache-2.0
#include "grid.hpp"

#include <algorithm>

namespace study {

using kindred::index_t;

namespace {
constexpr index_t dense_rows = 3000, kernel_columns = 500;
}

std::vector<fit_setting> fit_settings(family of, index_t rows, index_t most_columns) {
  std::vector<fit_setting> settings;
  switch (of) {
    case family::random:
      settings.push_back({});
      break;
    case family::pca:
    case family::cfa:
      for (const bool standardize : {true, false}) settings.push_back({.standardize = standardize});
      break;
    case family::cca:
      for (const bool standardize : {true, false})
        for (const double ridge : {1e-6, 1e-3, 0.1, 0.5, 2.0, 10.0})
          if (ridge > 1e-6 || rows > 2 * most_columns) settings.push_back({.standardize = standardize, .ridge = ridge});
      break;
    case family::kcca:
      for (const bool standardize : {true, false})
        for (const double kappa : {1e-4, 3e-4, 1e-3, 3e-3})
          settings.push_back(
              {.standardize = standardize, .kappa = kappa, .size = rows > dense_rows ? kernel_columns : 0});
      break;
  }
  return settings;
}

std::vector<index_t> dimension_grid(index_t most) {
  std::vector<index_t> grid;
  // not 1: the cosine of two numbers is their sign
  for (const index_t d : {2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80, 120, 160})
    if (d <= most) grid.push_back(d);
  if (most < 10 && (grid.empty() || grid.back() != most)) grid.push_back(most);
  return grid;
}

const std::vector<double>& power_grid() {
  static const std::vector<double> powers = {0, 0.5, 1, 2, 3};
  return powers;
}

std::vector<std::pair<std::string, double>> chosen_parameters(const method& of, const fit_setting& setting) {
  std::vector<std::pair<std::string, double>> out;
  if (of.family == family::random) return out;
  out.emplace_back("dimensions", static_cast<double>(setting.dimensions));
  out.emplace_back("standardize", setting.standardize ? 1 : 0);
  if (of.family == family::cca) out.emplace_back("ridge", setting.ridge);
  if (of.family == family::kcca) out.emplace_back("kappa", setting.kappa);
  if (setting.size > 0) out.emplace_back("kernel_columns", static_cast<double>(setting.size));
  if (of.scaled) out.emplace_back("power", setting.power);
  return out;
}

}  // namespace study
