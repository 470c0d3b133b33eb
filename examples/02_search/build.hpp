// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/types.hpp>
#include <string>

struct build_options {
  std::string gallery;              ///< FILE.npy with a row per item, or a text file with a line per item
  std::string captions;             ///< a text file, line i belongs to row i; or empty
  std::string compare = "cosine";   ///< rows: cosine or bhattacharyya
  kindred::index_t terms = 0;       ///< columns of texts at most; 0: 2048, or 512 where captions are learned from
  kindred::index_t dimensions = 0;  ///< of the common space at most; 0: as many as there are
  int threads = 1;
  std::string file;  ///< what to write
};

/// Embeds the gallery and writes the engine; tells on stderr how far long work has come.
void build(const build_options& options);
