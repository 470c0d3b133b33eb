// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/vocabulary.hpp>

#include "classifier.hpp"
#include "words.hpp"

namespace sentence {

/// All that a trained classifier needs to read a text: what stands in a model file beside the weights.
struct model_description {
  network_shape shape;
  std::string tokenizer;
  index_t longest = 0;
  std::vector<std::string> classes;
  kindred::text::vocabulary words;
};

/// Writes a safetensors file: texts type, tokenizer, variant, filters, classes and so on; the vocabulary under
/// vocabulary.; what the tokenizer learned under pieces.; what classifier::save adds. It appears whole or not at all.
/// Errors: kindred::io_error.
void save_model(const std::string& path, const model_description& of, const tokenizer& cut, classifier& trained);

/// Reads the description in a model file and compares the fingerprint over all of it.
/// Errors  kindred::io_error for a file of another kind, and where description and fingerprint differ.
model_description read_description(const kindred::io::safetensors& file);

}  // namespace sentence
