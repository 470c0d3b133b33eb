// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `text`: docs/guide/text.md.
#pragma once

#include <kindred/text/bag_of_words.hpp>
#include <kindred/text/bm25_formula.hpp>
#include <kindred/text/bm25_weights.hpp>
#include <kindred/text/byte_pair_encoding.hpp>
#include <kindred/text/case_folded.hpp>
#include <kindred/text/character_ngrams.hpp>
#include <kindred/text/concept.hpp>
#include <kindred/text/corpus.hpp>
#include <kindred/text/corpus_writer.hpp>
#include <kindred/text/device_tokens.hpp>
#include <kindred/text/jamo_ngrams.hpp>
#include <kindred/text/korean.hpp>
#include <kindred/text/korean_stems.hpp>
#include <kindred/text/part_of_speech_filter.hpp>
#include <kindred/text/repeats.hpp>
#include <kindred/text/script_runs.hpp>
#include <kindred/text/social.hpp>
#include <kindred/text/sparse_rows.hpp>
#include <kindred/text/stop_words.hpp>
#include <kindred/text/tf_idf.hpp>
#include <kindred/text/token_lists.hpp>
#include <kindred/text/vocabulary.hpp>
#include <kindred/text/whitespace.hpp>
#include <kindred/text/without_stop_words.hpp>
#include <kindred/text/word_counts.hpp>
#include <kindred/text/word_ids.hpp>
