// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `similarity`: docs/guide/similarity.md.
#pragma once

#include <kindred/similarity/adaptive_fused.hpp>
#include <kindred/similarity/bilinear.hpp>
#include <kindred/similarity/centred_cosine.hpp>
#include <kindred/similarity/concept.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/cross_attention.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <kindred/similarity/fragment_alignment.hpp>
#include <kindred/similarity/fused.hpp>
#include <kindred/similarity/knn_vote.hpp>
#include <kindred/similarity/max_sim.hpp>
#include <kindred/similarity/normalized_correlation.hpp>
#include <kindred/similarity/product_form.hpp>
