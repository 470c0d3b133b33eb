// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/data/shuffle.hpp>
#include <span>

namespace kindred::data {

struct split_options {
  double validation = 0.1;  ///< share of the whole, in [0, 1]
  double test = 0.1;        ///< share of the whole; training takes the rest
  std::uint64_t seed = 0;   ///< of what is drawn
};

/// Rows for training, validation and test, each ascending: every row once.
///
///   const auto parts = data::split::stratified(labels, {.test = 0.2, .seed = 1});
///
/// random       rows by themselves
/// stratified   every label has its share on each side, to within one row
/// by_group     rows of one group stay on one side; sides get their shares of the rows as far as groups allow
/// by_class     the same with shares of the classes: training and test have no class in common, as on Stanford Online
///              Products, where half of the classes are for training
///
/// A share s of n things is round(s n), test before validation. by_group fills the side that lacks the most rows, from the
/// largest group down, groups of one size in random order.
///
/// Complexity   O(n log n), on the host.
/// Determinism  the same on every machine.
/// Errors       argument_error for shares that are below 0 or above 1 together.
/// Reference    by_class: Song et al. 2016 (Stanford Online Products).
struct split {
  std::vector<index_t> train, validation, test;

  static split random(index_t n, const split_options& options = {}) {
    check(options);
    split s;
    s.deal(kindred::random::permutation(n, options.seed), options);
    return s.sorted();
  }
  static split stratified(std::span<const label_t> labels, const split_options& options = {}) {
    check(options);
    split s;
    std::uint64_t stream = 0;
    for (auto& rows : groups_of(labels)) s.deal(shuffle(std::move(rows), options.seed, stream++), options);
    return s.sorted();
  }
  static split by_group(std::span<const label_t> groups, const split_options& options = {}) {
    check(options);
    const auto all = groups_of(groups);
    auto order = kindred::random::permutation(static_cast<index_t>(all.size()), options.seed);
    const auto size = [&](index_t g) { return all[static_cast<std::size_t>(g)].size(); };
    std::stable_sort(order.begin(), order.end(), [&](index_t a, index_t b) { return size(a) > size(b); });
    const auto n = static_cast<double>(groups.size());
    split s;
    std::vector<index_t>* const sides[] = {&s.test, &s.validation, &s.train};
    double lacks[] = {options.test * n, options.validation * n, (1 - options.test - options.validation) * n};
    for (const index_t g : order) {
      const auto to = std::max_element(std::begin(lacks), std::end(lacks)) - std::begin(lacks);
      const auto& rows = all[static_cast<std::size_t>(g)];
      sides[to]->insert(sides[to]->end(), rows.begin(), rows.end());
      lacks[to] -= static_cast<double>(rows.size());
    }
    return s.sorted();
  }
  static split by_class(std::span<const label_t> labels, const split_options& options = {}) {
    const auto all = groups_of(labels);
    const split classes = random(static_cast<index_t>(all.size()), options);
    split s;
    const auto collect = [&](const std::vector<index_t>& from, std::vector<index_t>& to) {
      for (const index_t c : from) {
        const auto& rows = all[static_cast<std::size_t>(c)];
        to.insert(to.end(), rows.begin(), rows.end());
      }
    };
    collect(classes.train, s.train);
    collect(classes.validation, s.validation);
    collect(classes.test, s.test);
    return s.sorted();
  }

 private:
  friend class k_fold;
  static void check(const split_options& o) {
    expects<argument_error>(o.validation >= 0 && o.test >= 0 && o.validation + o.test <= 1 + 1e-12,
                            "data::split: shares {} for validation and {} for test", o.validation, o.test);
  }
  /// Rows of every label, labels ascending.
  static std::vector<std::vector<index_t>> groups_of(std::span<const label_t> labels) {
    std::vector<index_t> order(labels.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<index_t>(i);
    const auto label = [&](index_t i) { return labels[static_cast<std::size_t>(i)]; };
    std::stable_sort(order.begin(), order.end(), [&](index_t a, index_t b) { return label(a) < label(b); });
    std::vector<std::vector<index_t>> groups;
    for (const index_t i : order) {
      if (groups.empty() || label(groups.back().front()) != label(i)) groups.emplace_back();
      groups.back().push_back(i);
    }
    return groups;
  }
  void deal(const std::vector<index_t>& rows, const split_options& options) {
    const auto n = static_cast<double>(rows.size());
    const auto share = [&](double s) { return static_cast<std::ptrdiff_t>(s * n + 0.5); };
    const std::ptrdiff_t tests = share(options.test);
    const std::ptrdiff_t validations =
        std::min(share(options.validation), static_cast<std::ptrdiff_t>(rows.size()) - tests);
    test.insert(test.end(), rows.begin(), rows.begin() + tests);
    validation.insert(validation.end(), rows.begin() + tests, rows.begin() + tests + validations);
    train.insert(train.end(), rows.begin() + tests + validations, rows.end());
  }
  split& sorted() {
    for (auto* side : {&train, &validation, &test}) std::sort(side->begin(), side->end());
    return *this;
  }
};

}  // namespace kindred::data
