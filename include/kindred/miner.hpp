// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `miner`: docs/guide/miner.md.
#pragma once

#include <kindred/miner/all.hpp>
#include <kindred/miner/batch_hard.hpp>
#include <kindred/miner/concept.hpp>
#include <kindred/miner/distance_weighted.hpp>
#include <kindred/miner/easy.hpp>
#include <kindred/miner/graph.hpp>
#include <kindred/miner/hardest_negative.hpp>
#include <kindred/miner/margin_band.hpp>
#include <kindred/miner/multi_similarity.hpp>
#include <kindred/miner/random.hpp>
#include <kindred/miner/score_distance.hpp>
#include <kindred/miner/semi_hard.hpp>
