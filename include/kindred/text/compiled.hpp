// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `text`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/text/alias_table_impl.hpp>
#include <kindred/text/analogy_questions_impl.hpp>
#include <kindred/text/byte_pair_encoding_impl.hpp>
#include <kindred/text/collapse_repeats_impl.hpp>
#include <kindred/text/corpus_impl.hpp>
#include <kindred/text/corpus_writer_impl.hpp>
#include <kindred/text/korean_impl.hpp>
#include <kindred/text/korean_stems_impl.hpp>
#include <kindred/text/normalize_impl.hpp>
#include <kindred/text/prepared_impl.hpp>
#include <kindred/text/separate_laughter_impl.hpp>
#include <kindred/text/social_impl.hpp>
#include <kindred/text/stop_words_impl.hpp>
#include <kindred/text/token_lists_impl.hpp>
#include <kindred/text/vocabulary_impl.hpp>
#include <kindred/text/word2vec_impl.hpp>
#include <kindred/text/word_counts_impl.hpp>
#include <kindred/text/word_pairs_impl.hpp>
