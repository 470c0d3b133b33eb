// SPDX-License-Identifier: Apache-2.0
#include "methods.hpp"

#include <algorithm>
#include <kindred/core/error.hpp>

namespace study {

const std::vector<method>& known_methods() {
  static const std::vector<method> all = {
      {"random", "random vectors: chance", family::random, false},
      {"pca", "principal components of each side, not aligned", family::pca, false},
      {"cfa", "cross-modal factor analysis", family::cfa, false},
      {"pls", "partial least squares, canonical", family::pls, false},
      {"cca", "canonical correlation analysis", family::cca, false},
      {"cca_rho", "CCA, coordinates scaled by a power of their correlation", family::cca, true},
      {"kcca", "kernel CCA, Gaussian", family::kcca, false},
      {"kcca_rho", "kernel CCA, scaled by a power of the correlation", family::kcca, true},
      {"mcca", "multi-view CCA with the classes as third view, scaled by a power of the eigenvalue", family::mcca,
       true},
      {"ml_cca", "multi-label CCA: all pairs of one class, scaled by a power of the correlation", family::ml_cca, true},
      {"sm", "semantic matching: class posteriors less their training means", family::sm, false},
      {"scm", "semantic correlation matching: the same on canonical coordinates", family::scm, false},
      {"jrl", "joint representation learning, votes of the nearest training items", family::jrl, false},
      {"s2upg", "one hypergraph of both modalities, votes of the nearest training items", family::s2upg, false},
      {"jgrhml", "labels that spread over a graph of both sides' neighbours", family::jgrhml, false}};
  return all;
}

std::vector<method> methods_named(const std::vector<std::string>& names) {
  std::string known;
  for (const auto& m : known_methods()) known.append(known.empty() ? "" : ", ") += std::string(m.name);
  for (const auto& name : names) {
    const bool found =
        std::any_of(known_methods().begin(), known_methods().end(), [&](const method& m) { return m.name == name; });
    kindred::expects<kindred::argument_error>(found, "--methods: unknown method \"{}\"; known are {}", name, known);
  }
  std::vector<method> chosen;
  for (const auto& m : known_methods())
    if (std::find(names.begin(), names.end(), m.name) != names.end()) chosen.push_back(m);
  kindred::expects<kindred::argument_error>(!chosen.empty(), "--methods: none is named; known are {}", known);
  return chosen;
}

}  // namespace study
