// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

/// A matrix of doubles by its name from a file below tests/data/ whose lines are: name, rows, columns, elements.
inline kindred::matrix<double, kindred::cpu> matrix_fixture(kindred::context<kindred::cpu>& ctx, const char* file_name,
                                                            const std::string& name) {
  std::ifstream file(std::string(KINDRED_SOURCE_DIR) + "/tests/data/" + file_name);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string first;
    kindred::index_t rows = 0, cols = 0;
    words >> first >> rows >> cols;
    if (first != name) continue;
    std::vector<double> values(static_cast<std::size_t>(rows * cols));
    for (double& v : values) words >> v;
    if (!words) break;
    return {ctx, rows, cols, values};
  }
  throw std::runtime_error("no matrix " + name + " in " + file_name);
}
