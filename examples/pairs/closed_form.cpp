// SPDX-License-Identifier: Apache-2.0
#include "closed_form.hpp"

#include <algorithm>

namespace pairs {

using kindred::index_t;

namespace {

constexpr index_t dense_rows = 3000, kernel_columns = 500;

std::vector<index_t> up_to(index_t most) {
  std::vector<index_t> grid;
  // not 1: the cosine of two numbers is their sign
  for (const index_t d : {2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80, 120, 160})
    if (d <= most) grid.push_back(d);
  if (most < 10 && (grid.empty() || grid.back() != most)) grid.push_back(most);
  return grid;
}

}  // namespace

const char* family_name(family of) {
  constexpr const char* names[] = {"random", "pca",    "cfa", "pls", "cca", "kcca",
                                   "mcca",   "ml_cca", "sm",  "scm", "jrl", "jgrhml"};
  return names[static_cast<int>(of)];
}

std::vector<fit_setting> fit_settings(family of, index_t rows, index_t fewest_columns, index_t most_columns) {
  std::vector<fit_setting> settings;
  switch (of) {
    case family::random:
      settings.push_back({});
      break;
    case family::pca:
    case family::cfa:
    case family::pls:
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
    case family::mcca:
      for (const double ridge : {0.01, 0.1, 0.5, 2.0}) settings.push_back({.standardize = true, .ridge = ridge});
      break;
    case family::ml_cca:
      for (const double ridge : {0.05, 0.25, 1.0, 4.0}) settings.push_back({.standardize = true, .ridge = ridge});
      break;
    case family::sm:
      for (const bool standardize : {true, false})
        for (const double c : {1e-4, 1e-3, 0.01, 0.1, 1.0}) settings.push_back({.standardize = standardize, .c = c});
      break;
    case family::scm:
      for (const double ridge : {1e-3, 0.1, 1.0, 10.0, 100.0})
        for (const index_t below : {5, 9, 15, 30, 60, 100})
          if (below <= fewest_columns) settings.push_back({.ridge = ridge, .c = 1, .below = below});
      break;
    case family::jrl:
      for (const double gamma : {10.0, 100.0}) settings.push_back({.standardize = true, .gamma = gamma});
      break;
    case family::jgrhml:
      for (const double alpha : {0.1, 0.5}) settings.push_back({.standardize = true, .alpha = alpha});
      break;
  }
  return settings;
}

std::vector<index_t> dimension_grid(family of, index_t rows, index_t fewest_columns, index_t classes) {
  if (of == family::jrl || of == family::jgrhml) return {rows};  // all that there are
  if (of == family::sm || of == family::scm) return {classes};   // one for each class
  return up_to(of == family::kcca ? rows - 1 : std::min(fewest_columns, rows - 1));
}

const std::vector<double>& power_grid(family of) {
  static const std::vector<double> powers = {0, 0.5, 1, 2, 3}, of_eigenvalues = {0, 1, 2, 4, 6, 8};
  return of == family::mcca ? of_eigenvalues : powers;
}

std::vector<parameter> chosen_parameters(family of, bool scaled, const fit_setting& setting) {
  std::vector<parameter> out;
  if (of == family::random) return out;
  const bool in_classes = of == family::jrl || of == family::jgrhml;
  if (!in_classes) out.emplace_back("dimensions", static_cast<double>(setting.dimensions));
  if (of != family::scm && !in_classes) out.emplace_back("standardize", setting.standardize ? 1 : 0);
  if (setting.ridge > 0) out.emplace_back("ridge", setting.ridge);
  if (of == family::kcca) out.emplace_back("kappa", setting.kappa);
  if (setting.c > 0) out.emplace_back("c", setting.c);
  if (setting.gamma > 0) out.emplace_back("gamma", setting.gamma);
  if (setting.alpha > 0) out.emplace_back("alpha", setting.alpha);
  if (setting.below > 0) out.emplace_back("cca_dimensions", static_cast<double>(setting.below));
  if (setting.size > 0) out.emplace_back("kernel_columns", static_cast<double>(setting.size));
  if (scaled) out.emplace_back("power", setting.power);
  return out;
}

}  // namespace pairs
