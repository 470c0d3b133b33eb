// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/types.hpp>
#include <string>
#include <vector>

struct query_options {
  std::string file;                ///< what build() wrote
  std::string queries;             ///< FILE.npy with a row per query, or a text file with a line per query; or empty
  std::vector<std::string> texts;  ///< queries given as they are
  kindred::index_t k = 10;         ///< results per query, 1 or more
  bool json = false;
  int threads = 1;
};

/// Answers all queries on stdout, in their order: "query rank id score text" in columns, or a JSON array.
void query(const query_options& options);
