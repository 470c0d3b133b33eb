// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/encoder/network.hpp>

namespace kindred::encoder {

/// Word vectors from elsewhere into the tables of a network: into every piece of its weights and buffers that is called
/// "table" or "frozen_table", with or without a prefix.
///
/// vectors   vocabulary x columns: row i is the vector of id i. Where an id is the padding of the embedding, let its
///           row be 0, as it is not trained
///
/// Returns      how many tables were set.
/// Complexity   O(numbers).
/// Errors       shape_error for a table of another shape, argument_error where there is no table. The network stays as
///              it was then.
template <class Spec, Scalar T, Device D>
index_t set_word_vectors(context<D>& ctx, network<Spec, T, D>& words, const_matrix<T, D> vectors) {
  std::vector<std::string> names;
  const auto table = [&](const std::string& name, index_t, index_t rows, index_t cols) {
    const std::size_t point = name.rfind('.');
    const std::string last = point == std::string::npos ? name : name.substr(point + 1);
    if (last != "table" && last != "frozen_table") return;
    expects(rows == vectors.rows() && cols == vectors.cols(),
            "encoder::set_word_vectors: {}: expected {} x {}, got vectors of {} x {}", name, rows, cols, vectors.rows(),
            vectors.cols());
    names.push_back(name);
  };
  words.spec().parameters(table);
  words.spec().buffers(table);
  expects<argument_error>(!names.empty(), "encoder::set_word_vectors: {} has no table of words",
                          words.spec().description());
  for (const std::string& name : names) words.set(ctx, name, vectors);
  return static_cast<index_t>(names.size());
}

}  // namespace kindred::encoder
