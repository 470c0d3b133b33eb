// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

/// The path of a folder of real data, looked for under the environment variable KINDRED_DATA, else in shared/data
/// beside the source tree. Where it is absent the program says so and ends with 77, which ctest reports as skipped.
inline std::string real_data(const char* folder) {
  namespace fs = std::filesystem;
  const char* const named = std::getenv("KINDRED_DATA");
  const fs::path base =
      named && *named ? fs::path(named) : fs::path(KINDRED_SOURCE_DIR).parent_path() / "shared" / "data";
  const fs::path path = base / folder;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return path.string();
  std::printf("skipped: no folder %s (set KINDRED_DATA to the folder that holds %s)\n", path.c_str(), folder);
  std::fflush(stdout);
  std::exit(77);
}
