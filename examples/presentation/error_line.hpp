// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace presentation {

/// The message of an error on one line, without the place in the library's source that states it.
std::string one_line(std::string text);

}  // namespace presentation
