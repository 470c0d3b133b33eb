// SPDX-License-Identifier: Apache-2.0
#include "methods.hpp"

#include <algorithm>
#include <kindred/core/error.hpp>

namespace sns {

using pairs::family;

const std::vector<method>& known_methods() {
  // Closed forms choose among the settings of ../shared/pairs/closed_form.hpp, networks among those of space_of.
  // Networks have two layers, as in the papers; rates are the papers' where the optimizer is theirs, else Adam's usual
  // 1e-3.
  static const std::vector<method> all = {
      {"cca", "canonical correlation analysis", learner::closed_form, family::cca, true},
      {"cfa", "cross-modal factor analysis", learner::closed_form, family::cfa, true},
      {"kcca", "kernel CCA, Gaussian", learner::closed_form, family::kcca, true},
      // batches many times larger than the outputs, as the loss wants; with the weight decay of the public code DeepCCA
      // (1e-5) and without dropout the networks correlate what only the pairs learned from have in common
      {"dcca",
       "deep CCA: networks whose outputs correlate",
       learner::dcca,
       family::cca,
       true,
       {.hidden = 256,
        .dimensions = 20,
        .epochs = 20,
        .batch = 800,
        .rate = 1e-3,
        .dropout = 0.5,
        .weight_decay = 1e-2,
        .ridge = 1}},
      {"cmdn",
       "cross-media multiple deep networks: autoencoders, Boltzmann machines, classes, stages of joint codes",
       learner::cmdn,
       family::cca,
       true,
       {.hidden = 256, .dimensions = 64, .epochs = 20, .batch = 100, .rate = 1e-3, .weight_decay = 1e-4}},
      {"deep_sm",
       "deep semantic matching: class posteriors of networks",
       learner::deep_sm,
       family::sm,
       true,
       {.hidden = 512, .epochs = 20, .batch = 64, .rate = 1e-3, .dropout = 0.5}},
      {"cmpl",
       "cross-modal projection learning: CMPM and CMPC",
       learner::cmpl,
       family::cca,
       true,
       {.hidden = 128, .dimensions = 256, .epochs = 30, .batch = 64, .rate = 5e-4, .dropout = 0.3}},
      {"mcsm",
       "modality-specific cross-modal similarity: attention over regions and over words",
       learner::mcsm,
       family::cca,
       true,
       {.hidden = 64, .dimensions = 128, .epochs = 20, .batch = 40, .rate = 1e-3, .dropout = 0.2}},
      {"corr_ae",
       "correspondence autoencoder",
       learner::corr_ae,
       family::cca,
       false,
       {.hidden = 512, .dimensions = 128, .epochs = 40, .batch = 100, .rate = 1e-3, .correspondence = 0.8}},
      {"bimodal_autoencoder",
       "bimodal deep autoencoder: one code from either side",
       learner::bimodal_autoencoder,
       family::cca,
       false,
       {.hidden = 256, .dimensions = 128, .epochs = 30, .batch = 100, .rate = 1e-3}},
      {"multimodal_dbn",
       "multimodal deep belief network: Boltzmann machines of each side and over both",
       learner::multimodal_dbn,
       family::cca,
       false,
       {.hidden = 256, .epochs = 30, .batch = 100}},
      {"pls", "partial least squares, canonical", learner::closed_form, family::pls, false},
      {"mcca", "multi-view CCA with the classes as third view", learner::closed_form, family::mcca, false},
      {"ml_cca", "multi-label CCA: all pairs of one class", learner::closed_form, family::ml_cca, false},
      {"sm", "semantic matching: class posteriors", learner::closed_form, family::sm, false},
      {"scm", "semantic correlation matching", learner::closed_form, family::scm, false},
      {"jrl", "joint representation learning", learner::closed_form, family::jrl, false},
      {"s2upg", "one hypergraph of both modalities", learner::closed_form, family::s2upg, false},
      {"jgrhml", "labels that spread over a graph of neighbours", learner::closed_form, family::jgrhml, false},
      {"random", "random vectors: chance", learner::closed_form, family::random, false}};
  return all;
}

kindred::selection::space<network_setting> space_of(const method& of, bool words) {
  kindred::selection::space<network_setting> space;
  const network_setting& n = of.network;
  switch (of.learner) {
    case learner::closed_form:
      break;
    case learner::dcca:
      space.add("ridge", &network_setting::ridge, {n.ridge, 1e-3, 0.1, 10.0})
          .add("epochs", &network_setting::epochs, {n.epochs, 2 * n.epochs});
      break;
    case learner::cmdn:
      space.add("dimensions", &network_setting::dimensions, {n.dimensions, n.dimensions / 4})
          .add("rate", &network_setting::rate, {n.rate, n.rate / 3})
          .add("weight_decay", &network_setting::weight_decay, {n.weight_decay, 1e-2});
      break;
    case learner::deep_sm:
      space.add("rate", &network_setting::rate, {n.rate, n.rate / 3})
          .add("dropout", &network_setting::dropout, {n.dropout, 0.2})
          .add("epochs", &network_setting::epochs, {n.epochs, n.epochs / 2});
      break;
    case learner::cmpl:
      space.add("words", &network_setting::words, words ? std::vector<bool>{true, false} : std::vector<bool>{false})
          .add("epochs", &network_setting::epochs, {n.epochs, 3 * n.epochs})
          .add("rate", &network_setting::rate, {n.rate, n.rate / 3});
      break;
    case learner::mcsm:
      space.add("rate", &network_setting::rate, {n.rate, n.rate / 3})
          .add("dropout", &network_setting::dropout, {n.dropout, 0.5})
          .add("dimensions", &network_setting::dimensions, {n.dimensions, n.dimensions / 2});
      break;
    case learner::corr_ae:
      space.add("alpha", &network_setting::correspondence, {n.correspondence, 0.99})
          .add("dimensions", &network_setting::dimensions, {n.dimensions, n.dimensions / 16})
          .add("both", &network_setting::both, {false, true});
      break;
    case learner::bimodal_autoencoder:
      space.add("dimensions", &network_setting::dimensions, {n.dimensions, n.dimensions / 4})
          .add("hidden", &network_setting::hidden, {n.hidden, n.hidden / 2})
          .add("rate", &network_setting::rate, {n.rate, n.rate / 3});
      break;
    case learner::multimodal_dbn:
      space.add("hidden", &network_setting::hidden, {n.hidden, n.hidden / 4, n.hidden / 2, 2 * n.hidden})
          .add("epochs", &network_setting::epochs, {n.epochs, n.epochs / 2});
      break;
  }
  return space;
}

std::vector<method> methods_named(const std::vector<std::string>& names) {
  std::string known;
  for (const auto& m : known_methods()) known.append(known.empty() ? "" : ", ") += std::string(m.name);
  const auto named = [&](const method& m) { return std::find(names.begin(), names.end(), m.name) != names.end(); };
  for (const auto& name : names)
    kindred::expects<kindred::argument_error>(
        std::any_of(known_methods().begin(), known_methods().end(), [&](const method& m) { return m.name == name; }),
        "--methods: unknown method \"{}\"; known are {}", name, known);
  std::vector<method> chosen;
  for (const auto& m : known_methods())
    if (names.empty() ? m.of_the_eight : named(m)) chosen.push_back(m);
  return chosen;
}

}  // namespace sns
