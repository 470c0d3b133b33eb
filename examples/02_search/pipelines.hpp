// SPDX-License-Identifier: Apache-2.0
// What this program can build and load, put together from the library's parts and two of our own.
#pragma once

#include <kindred/projection/cca.hpp>
#include <kindred/retrieval/cross_modal.hpp>
#include <kindred/retrieval/engine.hpp>

#include "bhattacharyya.hpp"
#include "line_encoder.hpp"

namespace kd = kindred;

using lines = std::vector<std::string>;
template <class Similarity>
using flat_index = kd::index::flat<float, kd::cpu, Similarity>;

/// Rows of numbers, compared by Similarity.
template <class Similarity>
using row_engine = kd::retrieval::engine<kd::encoder::features, flat_index<Similarity>>;
/// Lines of text.
using line_engine = kd::retrieval::engine<line_encoder, flat_index<kd::similarity::cosine>>;
/// Rows of numbers and the lines of text that belong to them; each kind finds the other.
using pair_engine = kd::retrieval::cross_modal_engine<kd::encoder::features, line_encoder,
                                                      kd::projection::linear_projection<float, kd::cpu>,
                                                      kd::similarity::cosine, flat_index<kd::similarity::cosine>>;
