// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `retrieval`: docs/guide/retrieval.md.
#pragma once

#include <kindred/retrieval/bm25.hpp>
#include <kindred/retrieval/concept.hpp>
#include <kindred/retrieval/cross_modal.hpp>
#include <kindred/retrieval/cross_modal_engine.hpp>
#include <kindred/retrieval/engine.hpp>
#include <kindred/retrieval/evaluate.hpp>
#include <kindred/retrieval/evaluate_hits.hpp>
#include <kindred/retrieval/evaluate_scores.hpp>
#include <kindred/retrieval/exact_search.hpp>
#include <kindred/retrieval/fuse.hpp>
