// SPDX-License-Identifier: Apache-2.0
#include "closed_form.hpp"

#include <algorithm>

namespace pairs {

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
  constexpr const char* names[] = {"random", "pca", "cfa", "pls", "cca",   "kcca",  "mcca",
                                   "ml_cca", "sm",  "scm", "jrl", "s2upg", "jgrhml"};
  return names[static_cast<int>(of)];
}

kindred::selection::space<fit_setting> space_of(family of, const data_size& size) {
  kindred::selection::space<fit_setting> space;
  const auto standardize = [&] { space.add("standardize", &fit_setting::standardize, {true, false}); };
  switch (of) {
    case family::random:
      break;
    case family::pca:
    case family::cfa:
    case family::pls:
      standardize();
      break;
    case family::cca:
      standardize();
      space.add("ridge", &fit_setting::ridge, {0.1, 1e-3, 1.0, 10.0});
      break;
    case family::kcca:
      standardize();
      space.add("kappa", &fit_setting::kappa, {1e-3, 1e-4, 3e-4, 3e-3});
      break;
    case family::mcca:
      space.add("ridge", &fit_setting::ridge, {0.01, 0.1, 0.5, 2.0});
      break;
    case family::ml_cca:
      space.add("ridge", &fit_setting::ridge, {0.05, 0.25, 1.0, 4.0});
      break;
    case family::sm:
      standardize();
      space.add("c", &fit_setting::c, {0.01, 1e-3, 0.1, 1.0});
      break;
    case family::scm: {
      space.add("ridge", &fit_setting::ridge, {1.0, 1e-3, 100.0});
      std::vector<index_t> below;
      for (const index_t d : {30, 9, 100, 5})
        if (d <= size.fewest_columns && (d != 5 || below.size() < 2)) below.push_back(d);
      if (below.empty()) below.push_back(size.fewest_columns);
      space.add("cca_dimensions", &fit_setting::below, below);
      break;
    }
    case family::jrl:
      space.add("gamma", &fit_setting::gamma, {100.0, 10.0})
          .add("sigma", &fit_setting::sigma, {0.1, 10.0})
          .add("neighbours", &fit_setting::neighbours, {100, 10});
      break;
    case family::s2upg:
      space.add("gamma", &fit_setting::gamma, {1000.0, 100.0})
          .add("sigma", &fit_setting::sigma, {0.1, 10.0})
          .add("neighbours", &fit_setting::neighbours, {100, 30});
      break;
    case family::jgrhml:
      space.add("alpha", &fit_setting::alpha, {0.1, 0.5})
          .add("neighbours", &fit_setting::neighbours, {90, 30})
          .add("gamma", &fit_setting::gamma, {1e4, 100.0});
      break;
  }
  return space;
}

fit_setting start_of(family of, const data_size& size) {
  fit_setting s{.standardize = of != family::random && of != family::scm};
  if (of == family::scm) s.c = 1;
  if (of == family::kcca && size.rows > dense_rows) s.size = kernel_columns;
  return s;
}

fit_setting fit_cuts::of(fit_setting s, std::size_t cut) const {
  s.votes = votes[cut % votes.size()];
  cut /= votes.size();
  s.dimensions = dimensions[cut % dimensions.size()];
  s.power = powers[cut / dimensions.size()];
  return s;
}

fit_cuts cuts_of(family of, const data_size& size, std::vector<double> powers) {
  fit_cuts cuts{std::move(powers)};
  if (of == family::jrl || of == family::s2upg)
    cuts.votes = {100, 30, 10};
  else if (of == family::sm || of == family::scm)
    cuts.dimensions = {size.classes};  // one for each class
  else if (of != family::jgrhml && of != family::random)
    cuts.dimensions = up_to(of == family::kcca ? size.rows - 1 : std::min(size.fewest_columns, size.rows - 1));
  return cuts;
}

std::vector<double> power_grid(family of, bool scaled) {
  if (!scaled) return {0};
  if (of == family::mcca) return {1, 2, 4, 6, 8};
  return {0.5, 1, 2, 3};
}

std::vector<parameter> chosen_parameters(family of, bool scaled, const fit_setting& setting) {
  std::vector<parameter> out;
  if (of == family::random) return out;
  if (setting.dimensions > 0) out.emplace_back("dimensions", static_cast<double>(setting.dimensions));
  if (of != family::scm && of < family::jrl) out.emplace_back("standardize", setting.standardize ? 1 : 0);
  if (setting.ridge > 0) out.emplace_back("ridge", setting.ridge);
  if (of == family::kcca) out.emplace_back("kappa", setting.kappa);
  if (setting.c > 0) out.emplace_back("c", setting.c);
  if (setting.alpha > 0) out.emplace_back("alpha", setting.alpha);
  if (setting.gamma > 0) out.emplace_back("gamma", setting.gamma);
  if (setting.sigma > 0) out.emplace_back("sigma", setting.sigma);
  if (setting.neighbours > 0) out.emplace_back("neighbours", static_cast<double>(setting.neighbours));
  if (setting.votes > 0) out.emplace_back("votes", static_cast<double>(setting.votes));
  if (setting.below > 0) out.emplace_back("cca_dimensions", static_cast<double>(setting.below));
  if (setting.size > 0) out.emplace_back("kernel_columns", static_cast<double>(setting.size));
  if (scaled) out.emplace_back("power", setting.power);
  return out;
}

}  // namespace pairs
