// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/data/batches.hpp>
#include <kindred/data/k_fold.hpp>
#include <kindred/data/labelled_features.hpp>
#include <kindred/data/paired_features.hpp>
#include <kindred/data/subset.hpp>
#include <numeric>

using namespace kindred;
using data::split;
using data::split_counts;

namespace {

using rows_type = std::vector<index_t>;

rows_type all_of(const split& s) {
  rows_type rows = s.train;
  rows.insert(rows.end(), s.validation.begin(), s.validation.end());
  rows.insert(rows.end(), s.test.begin(), s.test.end());
  std::sort(rows.begin(), rows.end());
  return rows;
}

rows_type range(index_t from, index_t to) {
  rows_type rows(static_cast<std::size_t>(to - from));
  std::iota(rows.begin(), rows.end(), from);
  return rows;
}

index_t count(const rows_type& rows, const std::vector<label_t>& labels, label_t label) {
  return std::count_if(rows.begin(), rows.end(),
                       [&](index_t r) { return labels[static_cast<std::size_t>(r)] == label; });
}

std::vector<label_t> dealt(index_t n, label_t classes) {
  std::vector<label_t> labels;
  for (index_t i = 0; i < n; ++i) labels.push_back(static_cast<label_t>(i % classes));
  return labels;
}

// of the Wikipedia set's training and test list, labels 1 to 10
constexpr index_t wikipedia_train[] = {138, 272, 244, 248, 202, 178, 186, 144, 214, 347};
constexpr index_t wikipedia_test[] = {34, 88, 96, 85, 65, 58, 51, 41, 71, 104};

std::vector<label_t> wikipedia_labels() {
  std::vector<label_t> labels;
  for (const auto* list : {wikipedia_train, wikipedia_test}) {
    std::vector<label_t> here;
    for (label_t c = 0; c < 10; ++c) here.insert(here.end(), static_cast<std::size_t>(list[c]), c + 1);
    for (std::size_t i = 0; i < here.size(); ++i)
      labels.push_back(here[i * 5 % here.size()]);  // 5 divides neither length
  }
  return labels;
}

}  // namespace

TEST_CASE("splits of classes of one size have the papers' counts of every class") {
  const auto pascal = dealt(1000, 20);
  const auto s = split::exact(pascal, split_counts::pascal_sentence(), 3);
  CHECK(all_of(s) == range(0, 1000));
  for (label_t c = 0; c < 20; ++c) {
    CHECK(count(s.train, pascal, c) == 40);
    CHECK(count(s.validation, pascal, c) == 5);
    CHECK(count(s.test, pascal, c) == 5);
  }
  for (const auto* part : {&s.train, &s.validation, &s.test}) CHECK(std::is_sorted(part->begin(), part->end()));
  CHECK(split::exact(pascal, split_counts::pascal_sentence(), 3).test == s.test);
  CHECK(split::exact(pascal, split_counts::pascal_sentence(), 4).test != s.test);
  const auto nus = dealt(10000, 10);
  const auto n = split::exact(nus, split_counts::nus_wide_10k());
  for (label_t c = 0; c < 10; ++c) CHECK((count(n.validation, nus, c) == 100 && count(n.test, nus, c) == 100));
  CHECK(split_counts::xmedianet().total() == 200 * 200);
}

TEST_CASE("Wikipedia's lists are kept, and their test rows shared out") {
  const auto labels = wikipedia_labels();
  REQUIRE(labels.size() == 2866);
  const auto plain = split::in_order({2173, 0, 693}), first = plain.validated(231);
  CHECK(plain.train == range(0, 2173));
  CHECK(plain.test == range(2173, 2866));
  CHECK(first.validation == range(2173, 2173 + 231));
  CHECK(first.test == split::in_order(split_counts::wikipedia()).test);
  CHECK(first.test.size() == 462);
  const auto drawn = plain.validated(231, labels, 5);
  CHECK(drawn.train == plain.train);
  CHECK(all_of(drawn) == range(0, 2866));
  CHECK(drawn.validation.size() == 231);
  for (label_t c = 0; c < 10; ++c)  // a third of each class, to within one row
    CHECK(std::abs(static_cast<double>(count(drawn.validation, labels, c + 1)) -
                   static_cast<double>(wikipedia_test[c]) / 3) < 1);
  CHECK(drawn.test != first.test);
  // the study's 7 : 3 of all pairs
  const auto shares = split::stratified(labels, {.validation = 0, .test = 0.3, .seed = 1});
  for (label_t c = 0; c < 10; ++c)
    CHECK(std::abs(static_cast<double>(count(shares.test, labels, c + 1)) -
                   0.3 * static_cast<double>(wikipedia_train[c] + wikipedia_test[c])) <= 0.5);
}

TEST_CASE("counts are exact for classes of any sizes, and every class has its share") {
  const auto labels = wikipedia_labels();
  const auto s = split::exact(labels, split_counts::wikipedia(), 1);
  CHECK(all_of(s) == range(0, 2866));
  CHECK((s.train.size() == 2173 && s.validation.size() == 231 && s.test.size() == 462));
  for (label_t c = 0; c < 10; ++c) {
    const auto n = static_cast<double>(wikipedia_train[c] + wikipedia_test[c]);
    CHECK(std::abs(static_cast<double>(count(s.test, labels, c + 1)) - n * 462 / 2866) <= 1);
    CHECK(std::abs(static_cast<double>(count(s.validation, labels, c + 1)) - n * 231 / 2866) <= 2);
  }
  // classes of one row, all to one part, and nothing at all
  std::vector<label_t> single;
  for (label_t i = 0; i < 7; ++i) single.push_back(-i);
  const auto few = split::exact(single, {4, 1, 2});
  CHECK((few.train.size() == 4 && few.validation.size() == 1 && few.test.size() == 2));
  CHECK(all_of(few) == range(0, 7));
  CHECK(split::exact(single, {0, 0, 7}).test == range(0, 7));
  CHECK(all_of(split::exact({}, {})).empty());
  CHECK(all_of(split::in_order({})).empty());
  CHECK_THROWS_WITH_AS(split::exact(single, {4, 1, 1}),
                       doctest::Contains("4 rows for training, 1 for validation and 1"), argument_error);
  CHECK_THROWS_WITH_AS(split::in_order({9, -1, 3}), doctest::Contains("-1 for validation"), argument_error);
  CHECK_THROWS_WITH_AS(few.validated(3), doctest::Contains("3 rows for validation of 2 for test"), argument_error);
  CHECK_THROWS_AS(few.validated(-1), argument_error);
  CHECK_THROWS_WITH_AS(split::in_order({1, 0, 9}).validated(2, single), doctest::Contains("row 7 is for test"),
                       argument_error);
}

TEST_CASE("a part of a set is a set: labels, batches, folds of its own rows, and parts of parts") {
  context<cpu> ctx;
  std::vector<float> numbers(30);
  std::iota(numbers.begin(), numbers.end(), 0.0f);
  const matrix<float, cpu> images(ctx, 10, 3, numbers),
      texts(ctx, 10, 1, std::vector<float>(numbers.begin(), numbers.begin() + 10));
  const auto listed = dealt(10, 2);
  const vector<label_t, cpu> labels(ctx, listed);
  const data::paired_features pairs(images, texts, labels);
  const data::subset part(pairs, {9, 2, 4, 6, 3, 2});
  static_assert(data::Dataset<decltype(part)>);
  CHECK(part.size() == 6);
  CHECK(std::vector<label_t>(part.labels().begin(), part.labels().end()) == std::vector<label_t>{1, 0, 0, 0, 1, 0});
  const rows_type wanted{4, 0};
  const auto batch = part.gather(ctx, wanted);
  CHECK(to_host(ctx, batch.second().values) == std::vector<float>{3, 9});
  CHECK(to_host(ctx, batch.first().values) == std::vector<float>{9, 10, 11, 27, 28, 29});
  CHECK(std::vector<label_t>(batch.labels().begin(), batch.labels().end()) == std::vector<label_t>{1, 1});
  data::paired_batch<float, cpu> again(ctx);
  part.gather(ctx, wanted, again);
  CHECK(to_host(ctx, again.second().values) == std::vector<float>{3, 9});

  const data::k_fold folds(part.labels(), 2, 1);
  const data::subset learned(part, folds.train(0)), tested(part, rows_type(folds.test(0).begin(), folds.test(0).end()));
  CHECK(learned.size() + tested.size() == 6);
  std::vector<float> seen;
  for (const auto* half : {&learned, &tested})
    for (const float v : to_host(ctx, half->gather(ctx, range(0, half->size())).second().values)) seen.push_back(v);
  std::sort(seen.begin(), seen.end());
  CHECK(seen == std::vector<float>{2, 2, 3, 4, 6, 9});
  index_t shown = 0;
  data::batches(part, {.size = 4})(0, [&](std::span<const index_t> rows) { shown += part.gather(ctx, rows).size(); });
  CHECK(shown == 6);

  const data::paired_features plain(images, texts);
  CHECK(data::subset(plain, {1}).labels().empty());
  CHECK(data::subset(plain, {}).size() == 0);
  CHECK_THROWS_WITH_AS(data::subset(pairs, {10}), doctest::Contains("data::subset: row 10 of 10 items"),
                       argument_error);
  CHECK_THROWS_WITH_AS(part.gather(ctx, rows_type{6}), doctest::Contains("data::subset: row 6 of 6 items"),
                       argument_error);
  const data::labelled_features single(images, labels);
  CHECK(to_host(ctx, data::subset(single, {1}).gather(ctx, rows_type{0}).x().values) == std::vector<float>{3, 4, 5});
}
