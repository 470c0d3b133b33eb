// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/types.hpp>
#include <string>
#include <vector>

#include "pair_results.hpp"

namespace pairs {

/// What is fitted. From mcca on they learn from class labels too.
enum class family { random, pca, cfa, pls, cca, kcca, mcca, ml_cca, sm, scm, jrl, jgrhml };

const char* family_name(family of);

/// What one fit is made with. Unused members stay 0.
struct fit_setting {
  bool standardize = false;    ///< features divided by their standard deviations first
  double ridge = 0;            ///< the CCAs: times the mean variance of a view
  double kappa = 0;            ///< kcca: regularization
  kindred::index_t size = 0;   ///< kcca: columns of the incomplete Cholesky decomposition; 0: whole kernel matrices
  double c = 0;                ///< sm and scm: weight of the examples against the penalty
  double alpha = 0;            ///< jgrhml: how far labels spread
  double gamma = 0;            ///< jrl: sparsity
  kindred::index_t below = 0;  ///< scm: dimensions of the CCA below the classifiers
  kindred::index_t dimensions = 0;  ///< of the common space
  double power = 0;                 ///< coordinate j is multiplied by rho_j to this power
};

/// The settings of a family that want a fit of their own, cheapest first. Each is fitted once with the most dimensions;
/// fewer dimensions and other powers are parts of that fit.
///
/// pca, cfa, pls  standardized or not
/// cca     standardized or not; ridge 1e-6, 1e-3, 0.1, 0.5, 2, 10 (the smallest only where there are more rows than
///         columns)
/// kcca    standardized or not; kappa 1e-4, 3e-4, 1e-3, 3e-3; whole kernel matrices up to 3000 rows, else 500 of their
///         columns
/// mcca    standardized; ridge 0.01, 0.1, 0.5, 2
/// ml_cca  standardized; ridge 0.05, 0.25, 1, 4
/// sm      standardized or not; c 1e-4, 1e-3, 0.01, 0.1, 1
/// jrl     standardized; gamma 10, 100; sigma 0.1
/// jgrhml  standardized; alpha 0.1, 0.5
/// scm     below 5, 9, 15, 30, 60, 100; ridge 1e-3, 0.1, 1, 10, 100; c 1
std::vector<fit_setting> fit_settings(family of, kindred::index_t rows, kindred::index_t fewest_columns,
                                      kindred::index_t most_columns);

/// Numbers of dimensions to try for a family, ascending: up to what `rows` training pairs of sides with at least
/// `fewest_columns` columns and `classes` classes give, and to 160.
std::vector<kindred::index_t> dimension_grid(family of, kindred::index_t rows, kindred::index_t fewest_columns,
                                             kindred::index_t classes);

/// Powers of rho, or of the eigenvalues of mcca, to try for the scaled methods; 0, no scaling, is that of the others.
const std::vector<double>& power_grid(family of);

/// Name and value of what was chosen for a family, `scaled` by a power or not, as the tables and JSON show it.
std::vector<parameter> chosen_parameters(family of, bool scaled, const fit_setting& setting);

}  // namespace pairs
