// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <string>

/// A field of /proc/self/status in MiB; -1 where there is none.
inline double status_mib(const std::string& field) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.rfind(field + ":", 0) == 0) return std::stod(line.substr(field.size() + 1)) / 1024;
  return -1;
}

/// Lets the peak start again from what is used at present.
inline bool forget_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
  return status_mib("VmHWM") < status_mib("VmRSS") + 1;
}
