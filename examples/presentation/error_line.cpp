// SPDX-License-Identifier: Apache-2.0
#include "error_line.hpp"

namespace presentation {

std::string one_line(std::string text) {
  const auto bracket = text.rfind(" [");
  if (bracket != std::string::npos && text.back() == ']' && text.find(':', bracket) != std::string::npos)
    text.erase(bracket);
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text;
}

}  // namespace presentation
