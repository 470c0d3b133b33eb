// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "classifier.hpp"
#include "texts.hpp"

namespace sentence {

/// How often texts of each class were taken for each class, and what follows from it.
struct measures {
  index_t classes = 0;
  std::vector<index_t> confusion{};  ///< classes x classes: row the class that is right, column the one that was said

  explicit measures(index_t n = 0) : classes(n), confusion(static_cast<std::size_t>(n * n)) {}
  index_t& at(index_t right, index_t said) { return confusion[static_cast<std::size_t>(right * classes + said)]; }
  index_t at(index_t right, index_t said) const { return confusion[static_cast<std::size_t>(right * classes + said)]; }
  index_t total() const;
  index_t of_class(index_t c) const;  ///< texts whose right class is c
  double accuracy() const;
  double precision(index_t c) const;  ///< of what was said to be c; 0 where nothing was
  double recall(index_t c) const;     ///< of what is c; 0 where nothing is
  double f1(index_t c) const;         ///< 0 where both are 0
  double macro_f1() const;            ///< the mean over the classes
};

/// A text and what was said of it.
struct shown_text {
  index_t text;
  label_t said;
  double probability;
};

struct variant_result {
  std::string name, title;
  measures test{};
  std::vector<double> accuracies{};                    ///< of each fold
  std::vector<training_curve> curves{};                ///< of each fold
  double validation = 0;                               ///< accuracy of the epoch that was kept, mean over the folds
  double seconds = 0;                                  ///< to train
  std::vector<shown_text> right{}, wrong{}, unsure{};  ///< of the first fold: said most surely, least surely
};

struct results {
  std::vector<variant_result> variants;
  std::size_t best = 0;                       ///< the variant with the highest validation, the first of equals
  index_t learn = 0, validate = 0, test = 0;  ///< texts, of the first fold
  index_t words = 0, from_file = 0;           ///< known words of the first fold; those with a vector of the file
  index_t dimension = 0, features = 0;
  double known = 0;     ///< share of the words of the test texts that are known
  double majority = 0;  ///< accuracy of always saying the most frequent class of the training texts
  double seconds_words = 0, seconds_vectors = 0, seconds_total = 0;
};

/// How a run was started.
struct manifest {
  std::string version, device;
};

/// The class that is said of each text.
std::vector<label_t> said(const judgement& of, index_t classes);

/// What stands on stdout.
std::string printed(const labelled_texts& data, const settings& how, const results& found);
std::string results_json(const labelled_texts& data, const settings& how, const results& found, const manifest& run);
std::string html_report(const labelled_texts& data, const settings& how, const results& found, const manifest& run);

}  // namespace sentence
