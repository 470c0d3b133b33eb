// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `encoder`: docs/guide/encoder.md.
#pragma once

#include <kindred/encoder/bidirectional_lstm.hpp>
#include <kindred/encoder/concept.hpp>
#include <kindred/encoder/convolutional.hpp>
#include <kindred/encoder/features.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/encoder/patch_descriptor.hpp>
#include <kindred/encoder/sentence_cnn.hpp>
#include <kindred/encoder/sequence_attention.hpp>
#include <kindred/encoder/set_word_vectors.hpp>
#include <kindred/encoder/torch.hpp>
#include <kindred/encoder/trainable.hpp>
#include <kindred/encoder/word_average.hpp>
