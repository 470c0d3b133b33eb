// SPDX-License-Identifier: Apache-2.0
#include "error_line.hpp"

namespace presentation {

std::string one_line(std::string text) {
  const auto bracket = text.rfind(" [");
  if (bracket != std::string::npos && text.back() == ']' && text.find(':', bracket) != std::string::npos)
    text.erase(bracket);
  // of files that are not what they should be come bytes that would steer a terminal
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return text;
}

}  // namespace presentation
