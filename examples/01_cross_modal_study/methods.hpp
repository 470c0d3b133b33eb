// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <closed_form.hpp>
#include <string>
#include <vector>

namespace study {

using pairs::family;

struct method {
  const char* name;
  const char* title;
  pairs::family family;
  bool scaled;  ///< coordinate j of both sides is multiplied by rho_j^t
};

/// All methods, in the order of the tables.
const std::vector<method>& known_methods();

/// The methods of a list of names, in the order of the tables, each once.
/// Errors  kindred::argument_error that names the unknown one and the known ones.
std::vector<method> methods_named(const std::vector<std::string>& names);

}  // namespace study
