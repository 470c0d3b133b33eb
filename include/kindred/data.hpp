// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `data`: docs/guide/data.md.
#pragma once

#include <kindred/data/affine.hpp>
#include <kindred/data/balanced_sampler.hpp>
#include <kindred/data/batch.hpp>
#include <kindred/data/batches.hpp>
#include <kindred/data/concept.hpp>
#include <kindred/data/graph_sampler.hpp>
#include <kindred/data/item_batch.hpp>
#include <kindred/data/items.hpp>
#include <kindred/data/k_fold.hpp>
#include <kindred/data/labelled_features.hpp>
#include <kindred/data/paired_features.hpp>
#include <kindred/data/random_affine.hpp>
#include <kindred/data/split.hpp>
#include <kindred/data/subset.hpp>
