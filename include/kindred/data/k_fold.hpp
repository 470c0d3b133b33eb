// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/split.hpp>

namespace kindred::data {

/// Cross-validation: every row is tested once, by what was trained on the other folds.
///
///   const data::k_fold folds(labels, 5, 1);                  // or a number of rows instead of labels
///   for (index_t f = 0; f < folds.size(); ++f) train_and_test(folds.train(f), folds.test(f));
///
/// rows     shuffled and dealt in turn: folds differ by at most one row
/// labels   stratified: the rows of each label are dealt in turn, each label beginning where the one before ended, so
///          that folds differ by at most one row per label and in all
///
/// Complexity   O(n log n), on the host.
/// Determinism  the same on every machine.
/// Errors       argument_error for fewer than 2 folds or more than rows.
class k_fold {
 public:
  k_fold(index_t rows, index_t folds, std::uint64_t seed = 0) : tests_(checked(rows, folds)) {
    deal(random::permutation(rows, seed));
    sort();
  }
  k_fold(std::span<const label_t> labels, index_t folds, std::uint64_t seed = 0)
      : tests_(checked(static_cast<index_t>(labels.size()), folds)) {
    std::uint64_t stream = 0;
    for (auto& rows : split::groups_of(labels)) deal(shuffle(std::move(rows), seed, stream++));
    sort();
  }

  /// Folds.
  index_t size() const { return static_cast<index_t>(tests_.size()); }
  /// Rows that fold `f` tests, ascending.
  std::span<const index_t> test(index_t f) const { return tests_[checked_fold(f)]; }
  /// All other rows, ascending.
  std::vector<index_t> train(index_t f) const {
    std::vector<index_t> rows;
    const std::size_t left_out = checked_fold(f);
    for (std::size_t i = 0; i < tests_.size(); ++i)
      if (i != left_out) rows.insert(rows.end(), tests_[i].begin(), tests_[i].end());
    std::sort(rows.begin(), rows.end());
    return rows;
  }

 private:
  static std::size_t checked(index_t rows, index_t folds) {
    expects<argument_error>(folds >= 2 && folds <= rows, "data::k_fold: {} folds of {} rows", folds, rows);
    return static_cast<std::size_t>(folds);
  }
  std::size_t checked_fold(index_t f) const {
    expects<argument_error>(f >= 0 && f < size(), "data::k_fold: fold {} of {}", f, size());
    return static_cast<std::size_t>(f);
  }
  void deal(const std::vector<index_t>& rows) {
    for (const index_t row : rows) tests_[next_++ % tests_.size()].push_back(row);
  }
  void sort() {
    for (auto& rows : tests_) std::sort(rows.begin(), rows.end());
  }

  std::vector<std::vector<index_t>> tests_;
  std::size_t next_ = 0;
};

}  // namespace kindred::data
