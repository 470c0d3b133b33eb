// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace sns {

/// A word and the particle that follows it, in the form that its last syllable wants: 이/가, 은/는, 을/를, 과/와 behind a
/// consonant and a vowel. `particle` is the first form of the pair; another one stays as it is.
/// Errors  kindred::argument_error for a word that does not end in a Hangul syllable.
std::string with_particle(const std::string& word, std::string_view particle);

/// A sentence: {X} in the pattern becomes the word that X stands for, {X이} the same with its particle. X is the longest
/// beginning of what is in braces that `words` knows.
/// Errors  kindred::argument_error for braces that do not close or hold no known word.
std::string sentence(std::string_view pattern, const std::map<std::string, std::string, std::less<>>& words);

}  // namespace sns
