// SPDX-License-Identifier: Apache-2.0
/// @file
/// All of `words`: docs/guide/words.md.
#pragma once

#include <kindred/words/alias_table.hpp>
#include <kindred/words/analogy.hpp>
#include <kindred/words/analogy_questions.hpp>
#include <kindred/words/correlation.hpp>
#include <kindred/words/nearest_words.hpp>
#include <kindred/words/random_vectors.hpp>
#include <kindred/words/word2vec.hpp>
#include <kindred/words/word2vec_training.hpp>
#include <kindred/words/word_embedding.hpp>
#include <kindred/words/word_pairs.hpp>
#include <kindred/words/word_similarity.hpp>
