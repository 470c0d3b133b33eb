// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace study {

/// What is fitted. Methods of one family share their fits. From mcca on they learn from class labels too.
enum class family { random, pca, cfa, pls, cca, kcca, mcca, ml_cca, sm, scm, jrl, jgrhml };

const char* family_name(family of);

struct method {
  const char* name;
  const char* title;
  study::family family;
  bool scaled;  ///< coordinate j of both sides is multiplied by rho_j^t
};

/// All methods, in the order of the tables.
const std::vector<method>& known_methods();

/// The methods of a list of names, in the order of the tables, each once.
/// Errors  kindred::argument_error that names the unknown one and the known ones.
std::vector<method> methods_named(const std::vector<std::string>& names);

}  // namespace study
