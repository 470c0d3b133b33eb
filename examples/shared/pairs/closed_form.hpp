// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <kindred/selection/space.hpp>
#include <string>
#include <vector>

#include "pair_results.hpp"

namespace pairs {

using kindred::index_t;

/// What is fitted. From mcca on they learn from class labels too.
enum class family { random, pca, cfa, pls, cca, kcca, mcca, ml_cca, sm, scm, jrl, s2upg, jgrhml };

const char* family_name(family of);

/// What one fit is made with. Unused members stay 0.
struct fit_setting {
  bool standardize = false;  ///< features divided by their standard deviations first
  double ridge = 0;          ///< the CCAs: times the mean variance of a view
  double kappa = 0;          ///< kcca: regularization
  index_t size = 0;          ///< kcca: columns of the incomplete Cholesky decomposition; 0: whole kernel matrices
  double c = 0;              ///< sm and scm: weight of the examples against the penalty
  double alpha = 0;          ///< jgrhml: how far labels spread
  double gamma = 0;          ///< jrl and s2upg: sparsity
  double sigma = 0;          ///< jrl and s2upg: smoothness over the graph
  index_t neighbours = 0;    ///< jrl, s2upg and jgrhml: of the graph
  index_t below = 0;         ///< scm: dimensions of the CCA below the classifiers
  index_t dimensions = 0;    ///< of the common space
  double power = 0;          ///< coordinate j is multiplied by rho_j to this power
  index_t votes = 0;         ///< jrl and s2upg: nearest training items that vote

  friend auto operator<=>(const fit_setting&, const fit_setting&) = default;
};

/// The size of the training data that spaces and cuts depend on.
struct data_size {
  index_t rows = 0, fewest_columns = 0, most_columns = 0, classes = 0;
};

/// The settings of a family that need a fit of their own; the first of each list is tried first.
///
/// pca, cfa, pls  standardized or not
/// cca     standardized or not; ridge 0.1, 1e-3, 1, 10
/// kcca    standardized or not; kappa 1e-3, 1e-4, 3e-4, 3e-3; whole kernel matrices up to 3000 rows, else 500 of their
///         columns
/// mcca    standardized; ridge 0.01, 0.1, 0.5, 2
/// ml_cca  standardized; ridge 0.05, 0.25, 1, 4
/// sm      standardized or not; c 0.01, 1e-3, 0.1, 1
/// scm     ridge 1, 1e-3, 100; below 30, 9, 100, or 9, 5 with fewer columns; c 1
/// jrl     standardized; gamma 100, 10; sigma 0.1, 10; neighbours 100, 10
/// s2upg   standardized; gamma 1000, 100; sigma 0.1, 10; neighbours 100, 30
/// jgrhml  standardized; alpha 0.1, 0.5; neighbours 90, 30; gamma 10,000 and 100 of the first view
kindred::selection::space<fit_setting> space_of(family of, const data_size& size);
/// What the space does not vary.
fit_setting start_of(family of, const data_size& size);

/// Ways to read one fit that cost no other fit: powers of the correlations and leading dimensions, or neighbours that
/// vote.
struct fit_cuts {
  std::vector<double> powers{0};
  std::vector<index_t> dimensions{0}, votes{0};

  std::size_t size() const { return powers.size() * dimensions.size() * votes.size(); }
  /// The setting of a cut; powers vary slowest.
  fit_setting of(fit_setting s, std::size_t cut) const;
};
/// `powers` are those to try: 0 for no scaling. Dimensions go up to what the rows, columns and classes allow, and to
/// 160; jrl and s2upg have 100, 30 or 10 neighbours that vote.
fit_cuts cuts_of(family of, const data_size& size, std::vector<double> powers);

/// Powers of rho, or of the eigenvalues of mcca, to try for the scaled methods; 0, no scaling, is that of the others.
std::vector<double> power_grid(family of, bool scaled);

/// Name and value of what was chosen for a family, `scaled` by a power or not, as the tables and JSON show it.
std::vector<parameter> chosen_parameters(family of, bool scaled, const fit_setting& setting);

}  // namespace pairs
