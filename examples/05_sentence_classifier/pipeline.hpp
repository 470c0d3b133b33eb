// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>

#include "model_file.hpp"
#include "results.hpp"

namespace sentence {

/// Where what was trained goes; empty: nowhere.
struct outputs {
  std::string model, features;
};

/// Trains every variant on every fold and measures it on the tests.
results run(const labelled_texts& data, const settings& how, const std::string& vectors, const std::string& device,
            const outputs& to);

/// A trained classifier from a model file.
class reader {
 public:
  reader(const std::string& path, const std::string& device, int threads);

  const model_description& description() const { return description_; }
  judgement of(const std::vector<std::string>& texts, bool with_features);

 private:
  kindred::io::safetensors file_;
  model_description description_;
  tokenizer cut_;
  std::unique_ptr<classifier> classifier_;
};

/// What a trained classifier says of texts with labels, as the one variant of the results.
results measured(reader& trained, const labelled_texts& data, const settings& how, const outputs& to);

/// For every line of `from` one line on `to`: class, its probability, the line.
void classify(reader& trained, std::FILE* from, std::FILE* to);

}  // namespace sentence
