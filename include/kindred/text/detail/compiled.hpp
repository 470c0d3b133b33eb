// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `text`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/text/detail/byte_pair_encoding_impl.hpp>
#include <kindred/text/detail/collapse_repeats_impl.hpp>
#include <kindred/text/detail/corpus_impl.hpp>
#include <kindred/text/detail/corpus_writer_impl.hpp>
#include <kindred/text/detail/korean_impl.hpp>
#include <kindred/text/detail/korean_stems_impl.hpp>
#include <kindred/text/detail/prepared_impl.hpp>
#include <kindred/text/detail/separate_laughter_impl.hpp>
#include <kindred/text/detail/social_impl.hpp>
#include <kindred/text/detail/stop_words_impl.hpp>
#include <kindred/text/detail/token_lists_impl.hpp>
#include <kindred/text/detail/vocabulary_impl.hpp>
#include <kindred/text/detail/word_counts_impl.hpp>
