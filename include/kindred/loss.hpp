// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `loss`: docs/guide/loss.md.
#pragma once

#include <kindred/loss/bidirectional_margin.hpp>
#include <kindred/loss/cca_correlation.hpp>
#include <kindred/loss/chunked_info_nce.hpp>
#include <kindred/loss/cmpc.hpp>
#include <kindred/loss/cmpm.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/loss/contrastive.hpp>
#include <kindred/loss/info_nce.hpp>
#include <kindred/loss/learnable_temperature.hpp>
#include <kindred/loss/lifted_structure.hpp>
#include <kindred/loss/margin.hpp>
#include <kindred/loss/multi_similarity.hpp>
#include <kindred/loss/n_pair.hpp>
#include <kindred/loss/on_scores.hpp>
#include <kindred/loss/proxy_anchor.hpp>
#include <kindred/loss/proxy_nca.hpp>
#include <kindred/loss/reconstruction.hpp>
#include <kindred/loss/reduction.hpp>
#include <kindred/loss/sigmoid_pair.hpp>
#include <kindred/loss/softmax_cross_entropy.hpp>
#include <kindred/loss/triplet.hpp>
#include <kindred/loss/triplet_term.hpp>
#include <kindred/loss/weighted_sum.hpp>
