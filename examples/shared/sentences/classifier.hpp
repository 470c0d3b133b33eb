// SPDX-License-Identifier: Apache-2.0
// What the host knows of a classifier: training.hpp is the template behind it, one file for each device.
#pragma once

#include <functional>
#include <kindred/io/safetensors.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <memory>
#include <span>

#include "training_settings.hpp"

namespace sentence {

/// Sizes of the network.
struct network_shape {
  std::string variant;
  index_t words = 0, dimension = 0;
  std::vector<index_t> filters;
  index_t maps = 0, classes = 0;
  double dropout = 0.5;

  index_t features() const { return maps * static_cast<index_t>(filters.size()); }
  bool has_fixed() const { return variant == "static" || variant == "multichannel"; }
  bool has_trained() const { return variant != "static"; }
};

/// The words of every text, by their numbers: text i is values[offsets[i]] to values[offsets[i + 1] - 1].
struct word_lists {
  std::span<const label_t> values;
  std::span<const index_t> offsets;

  index_t size() const { return static_cast<index_t>(offsets.size()) - 1; }
  std::span<const label_t> operator[](index_t text) const {
    const auto at = static_cast<std::size_t>(text);
    return values.subspan(static_cast<std::size_t>(offsets[at]),
                          static_cast<std::size_t>(offsets[at + 1] - offsets[at]));
  }
};

/// What a classifier says of some texts.
struct judgement {
  std::vector<float> probabilities;  ///< texts x classes
  std::vector<float> features;       ///< texts x features, where asked for
};

/// A trained network on its device.
class classifier {
 public:
  virtual ~classifier() = default;
  /// What it says of the texts `rows`, each by itself: the others do not show.
  virtual judgement of(const word_lists& texts, std::span<const index_t> rows, bool with_features) = 0;
  /// Adds its vectors and weights to a file: words.table, words.fixed, encoder.*, head.*
  virtual void save(kindred::io::safetensors_writer& file) = 0;
};

/// What training is given.
struct training_task {
  network_shape shape;
  word_lists texts;
  std::span<const label_t> labels;
  std::vector<index_t> learn, validate;  ///< texts that are learned from, and those that say when to stop
  std::vector<float> vectors;            ///< words x dimension: where training starts
  std::string checkpoint, run;           ///< file or empty; what has to be equal for it to be gone on with
};

struct training_curve {
  std::vector<double> loss, validation;  ///< mean loss and accuracy on the validation texts, by epoch
  index_t best_epoch = -1;
};

/// told() is called after every batch with what is done.
using teller = std::function<void(const std::string&)>;

std::unique_ptr<classifier> train_on_cpu(const training_task& task, const training_settings& how, const teller& told,
                                         training_curve& curve);
std::unique_ptr<classifier> train_on_cuda(const training_task& task, const training_settings& how, const teller& told,
                                          training_curve& curve);
std::unique_ptr<classifier> load_on_cpu(const kindred::io::safetensors& file, const network_shape& shape, int threads);
std::unique_ptr<classifier> load_on_cuda(const kindred::io::safetensors& file, const network_shape& shape);

/// Throws kindred::device_error where there is no CUDA to work with.
void check_cuda();

}  // namespace sentence
