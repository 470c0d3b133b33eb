// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <word_map.hpp>

#include "text_features.hpp"

namespace sns {

/// The first `most` of `nouns`, which frequent_nouns() gives, that the vocabulary knows, as a map of their vectors.
/// Nothing where fewer than 4 are known, as with an analyser whose pieces are no words.
std::optional<sentence::word_map> noun_map(const text_features& of, const std::vector<std::string>& nouns, index_t most,
                                           std::uint64_t seed, int threads);

}  // namespace sns
