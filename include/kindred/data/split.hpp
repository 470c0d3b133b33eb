// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/error.hpp>
#include <kindred/core/permutation.hpp>
#include <kindred/core/types.hpp>
#include <span>

namespace kindred::data {

/// How many rows split::exact and split::in_order give to each part, and the counts that papers on pairs of pictures
/// and texts use.
///
///   auto s = data::split::in_order(data::split_counts::wikipedia());                    // the training list, then the
///   test list auto t = data::split::exact(labels, data::split_counts::pascal_sentence(), seed);   // 40, 5 and 5 of
///   every class
///
/// Exact      that every row comes once and the numbers of rows. Of Wikipedia the 2173 training rows too: they are a
///            list that comes with the data, as are the 693 rows from which validation and test are taken.
/// Not known  which 231 of the 693 are for validation, and which rows of the other sets were drawn: papers give
///            numbers, no lists. `in_order` takes the first 231, `exact` and split::validated draw. So figures beside
///            published ones differ by the draw as well. Wikipedia's 231 and 462 stand in MCSM's published code; the
///            numbers of the other sets are those that papers after these quote, not looked up in the first ones.
/// Errors     argument_error for a count below 0.
struct split_counts {
  index_t train = 0, validation = 0, test = 0;

  /// Rows together.
  index_t total() const {
    expects<argument_error>(train >= 0 && validation >= 0 && test >= 0,
                            "data::split_counts: {} for training, {} for validation, {} for test", train, validation,
                            test);
    return train + validation + test;
  }

  /// Wikipedia, 2866 pairs of 10 classes. Rasiwasia et al. 2010 test on all 693 and have no validation: {2173, 0, 693};
  /// with validation: Feng et al. 2014 (Corr-AE), Peng et al. 2018 (MCSM).
  static constexpr split_counts wikipedia() { return {2173, 231, 462}; }
  /// Pascal Sentence, 1000 pairs, 50 of each of 20 classes; Feng et al. 2014.
  static constexpr split_counts pascal_sentence() { return {800, 100, 100}; }
  /// NUS-WIDE-10k, 10,000 pairs, 1000 of each of 10 classes; Feng et al. 2014.
  static constexpr split_counts nus_wide_10k() { return {8000, 1000, 1000}; }
  /// XMediaNet, 40,000 pairs, 200 of each of 200 classes; Peng et al. 2018.
  static constexpr split_counts xmedianet() { return {32000, 4000, 4000}; }
};

/// `rows` in random order, every order equally likely as far as the seed goes.
///
/// stream   another order of the same seed, such as the number of the epoch
///
/// Complexity   O(n), on the host.
/// Determinism  the same on every machine; see random::permutation.
inline std::vector<index_t> shuffle(std::vector<index_t> rows, std::uint64_t seed, std::uint64_t stream = 0) {
  const auto order = random::permutation(static_cast<index_t>(rows.size()), seed, stream);
  std::vector<index_t> shuffled;
  shuffled.reserve(rows.size());
  for (const index_t at : order) shuffled.push_back(rows[static_cast<std::size_t>(at)]);
  return shuffled;
}

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
/// exact        numbers of rows instead of shares, every label in its share: in test and in training and validation
///              together to within one row, in validation and in training to within two
/// in_order     the first rows for training, then validation, then test, as lists that come with data want
/// validated    this split with `count` of its test rows for validation: the first ones, or drawn, every label in its
///              share to within one row
///
/// A share s of n things is round(s n), test before validation. by_group fills the side that lacks the most rows, from
/// the largest group down, groups of one size in random order.
///
/// Complexity   O(n log n), on the host.
/// Determinism  the same on every machine.
/// Errors       argument_error for shares that are below 0 or above 1 together; counts below 0 or that are not the
///              number of rows together; more rows for validation than there are for test, or labels for a row that is
///              not there.
/// Reference    by_class: Song et al. 2016 (Stanford Online Products); counts of papers: split_counts.
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

  static split exact(std::span<const label_t> labels, const split_counts& counts, std::uint64_t seed = 0) {
    expects<argument_error>(counts.total() == static_cast<index_t>(labels.size()),
                            "data::split: {} rows for training, {} for validation and {} for test of {} rows",
                            counts.train, counts.validation, counts.test, labels.size());
    split s;
    std::vector<index_t> others;
    draw(by_label(labels, seed), counts.test, s.test, others);
    draw(others, counts.validation, s.validation, s.train);
    return s.sorted();
  }
  static split in_order(const split_counts& counts) {
    split s;
    index_t row = 0;
    for (const index_t n = counts.total(); row < n; ++row)
      (row < counts.train ? s.train : row < counts.train + counts.validation ? s.validation : s.test).push_back(row);
    return s;
  }
  split validated(index_t count) const {
    split s = *this;
    const auto end = s.test.begin() + static_cast<std::ptrdiff_t>(checked(count));
    s.validation.insert(s.validation.end(), s.test.begin(), end);
    s.test.erase(s.test.begin(), end);
    return s.sorted();
  }
  /// labels   of all rows
  split validated(index_t count, std::span<const label_t> labels, std::uint64_t seed = 0) const {
    checked(count);
    std::vector<label_t> of_tests;
    for (const index_t row : test) {
      expects<argument_error>(row >= 0 && row < static_cast<index_t>(labels.size()),
                              "data::split: row {} is for test, but there are {} labels", row, labels.size());
      of_tests.push_back(labels[static_cast<std::size_t>(row)]);
    }
    std::vector<index_t> drawn, others;
    draw(by_label(of_tests, seed), count, drawn, others);
    split s{train, validation, {}};
    for (const index_t at : drawn) s.validation.push_back(test[static_cast<std::size_t>(at)]);
    for (const index_t at : others) s.test.push_back(test[static_cast<std::size_t>(at)]);
    return s.sorted();
  }

 private:
  friend class k_fold;
  std::size_t checked(index_t count) const {
    expects<argument_error>(count >= 0 && count <= static_cast<index_t>(test.size()),
                            "data::split: {} rows for validation of {} for test", count, test.size());
    return static_cast<std::size_t>(count);
  }
  /// Rows label by label, shuffled within each.
  static std::vector<index_t> by_label(std::span<const label_t> labels, std::uint64_t seed) {
    std::vector<index_t> order;
    std::uint64_t stream = 0;
    for (auto& rows : groups_of(labels)) {
      const auto shuffled = shuffle(std::move(rows), seed, stream++);
      order.insert(order.end(), shuffled.begin(), shuffled.end());
    }
    return order;
  }
  /// `count` of the rows, evenly spread over their order: of the first i rows round(i count / n) are drawn.
  static void draw(const std::vector<index_t>& rows, index_t count, std::vector<index_t>& drawn,
                   std::vector<index_t>& others) {
    const auto n = static_cast<index_t>(rows.size());
    const auto until = [&](index_t i) { return (i * count + n / 2) / n; };
    for (index_t i = 0; i < n; ++i)
      (until(i + 1) > until(i) ? drawn : others).push_back(rows[static_cast<std::size_t>(i)]);
  }
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
