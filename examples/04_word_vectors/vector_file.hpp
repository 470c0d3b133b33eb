// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/backend/cpu.hpp>
#include <kindred/words/analogy_questions.hpp>
#include <kindred/words/word_embedding.hpp>
#include <kindred/words/word_pairs.hpp>

namespace vectors {

namespace kd = kindred;
using kd::cpu;
using kd::index_t;
using embedding = kd::words::word_embedding<float, cpu>;

/// Reads vectors of word2vec (text or binary), fastText (.vec) and GloVe, plain, .gz or .xz, or an array (.npy).
/// Errors  kindred::io_error.
kd::io::word_vectors<float, cpu> read_vectors(kd::context<cpu>& ctx, const std::string& path);

/// The same, ready for questions.
embedding read_embedding(kd::context<cpu>& ctx, const std::string& path);

/// Rows of words, composed as the words of a file are (NFC).
/// Errors  kindred::argument_error that names a word which is not there.
std::vector<index_t> rows_of(const embedding& words, const std::vector<std::string>& asked);

/// Pairs and questions with composed words.
std::vector<kd::words::word_pair> read_pairs(const std::string& path);
kd::words::analogy_questions read_questions(const std::string& path);

}  // namespace vectors
