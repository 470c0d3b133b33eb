// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <kindred/core/types.hpp>
#include <span>
#include <vector>

namespace pairs {

/// The fold, 0 to folds - 1, of every item: each class is shuffled by `seed` and dealt out in turn, so that the folds
/// hold nearly equal shares of every class and differ by at most one item in size.
std::vector<int> stratified_folds(std::span<const kindred::label_t> labels, int folds, std::uint64_t seed);

/// At most `most` positions, ascending, with nearly the shares of the classes that all have; all when most <= 0.
std::vector<kindred::index_t> stratified_sample(std::span<const kindred::label_t> labels, kindred::index_t most,
                                                std::uint64_t seed);

}  // namespace pairs
