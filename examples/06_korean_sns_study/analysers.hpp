// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <words.hpp>

namespace sns {

using kindred::index_t;
using kindred::label_t;

/// A way to cut Korean texts into words.
struct analyser {
  std::string name, title;
};

/// What analysers need that learn nothing here; empty: such an analyser is left out.
struct analyser_files {
  std::string mecab;  ///< folder of a compiled dictionary in UTF-8
  std::string kiwi;   ///< folder of Kiwi's model
};

/// The analysers that this program was built with and that have what they need, the one of the study first.
std::vector<analyser> analysers(const analyser_files& files = {});

/// The analysers that analysers(files) lacks, one line each: "mecab: not compared, no dictionary (--mecab)".
std::vector<std::string> analysers_not_compared(const analyser_files& files);

/// The folder of mecab-ko-dic that the environment variable KINDRED_MECAB_KO_DIC names, else the one of the build or of
/// the system; empty without it or without MeCab.
std::string installed_mecab_dictionary();

/// The analyser `name`; one that learns does so from the texts `rows`.
/// Errors  kindred::argument_error for a name that is not in analysers(files); kindred::io_error for files it cannot
///         use.
sentence::tokenizer made_analyser(const std::string& name, const std::vector<std::string>& texts,
                                  const std::vector<index_t>& rows, const sentence::training_settings& how,
                                  const analyser_files& files = {});

/// What analysers are given of a post: laughter taken out of the syllables it was typed into, hashtags as words without
/// their sign, an underscore as a blank; without addresses, names of users and marks. What is not UTF-8 is replaced.
std::string plain_text(std::string_view post);

/// The nouns that text::korean finds in the texts `rows`, of two characters or more, the most frequent first, those of
/// equal frequency by their bytes.
std::vector<std::string> frequent_nouns(const std::vector<std::string>& texts, const std::vector<index_t>& rows);

}  // namespace sns
