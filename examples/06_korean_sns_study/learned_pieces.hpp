// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <words.hpp>

namespace sns {

/// A tokenizer whose pieces sentencepiece learns from the texts `rows`: a unigram model with about `symbols` pieces,
/// fewer where the texts do not give so many. Pieces of nothing but the mark of a blank are left out.
/// Errors  kindred::argument_error with what sentencepiece says.
sentence::cutter learned_pieces(const std::vector<std::string>& texts, const std::vector<sentence::index_t>& rows,
                                sentence::index_t symbols);

}  // namespace sns
