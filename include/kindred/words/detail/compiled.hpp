// SPDX-License-Identifier: Apache-2.0
/// @file
/// What KINDRED_COMPILED leaves out of `words`, emitted once; see kindred/compiled.hpp.
#pragma once

#include <kindred/words/detail/alias_table_impl.hpp>
#include <kindred/words/detail/analogy_questions_impl.hpp>
#include <kindred/words/detail/word2vec_impl.hpp>
#include <kindred/words/detail/word_pairs_impl.hpp>
