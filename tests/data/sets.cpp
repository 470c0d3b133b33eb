// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/data/labelled_features.hpp>
#include <kindred/data/paired_features.hpp>

using namespace kindred;

namespace {

std::vector<float> counted(index_t count) {
  std::vector<float> v;
  for (index_t i = 0; i < count; ++i) v.push_back(static_cast<float>(i));
  return v;
}

template <class T, class D>
std::vector<T> listed(vector_view<const T, D> v) {
  return {v.begin(), v.end()};
}

static_assert(kindred::OwningTemporary<data::item_batch<float, cpu>>, "its view() of a temporary does not exist");

}  // namespace

TEST_CASE("a labelled set gathers rows with their labels, in the order asked for, some twice") {
  context<cpu> ctx;
  const matrix<float, cpu> x(ctx, 4, 3, counted(12));
  const std::vector<label_t> labels{5, 6, 7, 8};
  const vector<label_t, cpu> y(ctx, labels);
  const data::labelled_features set(x, y);
  CHECK(set.size() == 4);
  CHECK(std::vector<label_t>(set.labels().begin(), set.labels().end()) == labels);
  const std::vector<index_t> rows{2, 0, 2};
  const auto batch = set.gather(ctx, rows);
  CHECK(batch.size() == 3);
  CHECK(batch.x().shape() == shape::vectors(3, 3));
  CHECK(to_host(ctx, batch.x().values) == std::vector<float>{6, 7, 8, 0, 1, 2, 6, 7, 8});
  CHECK(listed(batch.labels()) == std::vector<label_t>{7, 5, 7});
  CHECK(set.gather(ctx, std::vector<index_t>{}).size() == 0);
  CHECK_THROWS_WITH_AS(set.gather(ctx, std::vector<index_t>{1, 4}), doctest::Contains("row 4 of 4 items"),
                       argument_error);
  CHECK_THROWS_WITH_AS(set.gather(ctx, std::vector<index_t>{-1}), doctest::Contains("row -1"), argument_error);
  CHECK_THROWS_WITH_AS(data::labelled_features(x, y.view().segment(0, 3)), doctest::Contains("4 items but 3 labels"),
                       shape_error);
}

TEST_CASE("a batch is used again and allocates only to grow") {
  context<cpu> ctx;
  const matrix<float, cpu> x(ctx, 6, 2, counted(12));
  const vector<label_t, cpu> y(ctx, 6);
  const data::labelled_features set(x.view(), y.view());
  data::labelled_batch<float, cpu> batch(ctx);
  set.gather(ctx, std::vector<index_t>{0, 1, 2, 3}, batch);
  const float* const first = batch.x().values.data();
  set.gather(ctx, std::vector<index_t>{5, 4}, batch);
  CHECK(batch.x().values.data() == first);
  CHECK(to_host(ctx, batch.x().values) == std::vector<float>{10, 11, 8, 9});
  CHECK(batch.labels().size() == 2);
  batch.x().values(0, 0) = -1;
  CHECK(first[0] == -1);
}

TEST_CASE("pictures keep their shape, also from a strided matrix and onto another device") {
  context<cpu> ctx;
  context<emu> other;
  const matrix<float, cpu> pixels(ctx, 3 * 6, 4, counted(72));
  const vector<label_t, cpu> y(ctx, 3);
  const batch_view<const float, cpu> pictures{pixels.view(), {}, 3, 6, 2};
  const batch_view<const float, cpu> red{pixels.view().middle_cols(1, 1), {}, 3, 6, 2};
  const std::vector<index_t> rows{2, 1};
  const data::labelled_features set(pictures, y), strided(red, y);
  CHECK(set.items().item() == shape::pictures(1, 2, 3, 4));
  const auto check = [&](const auto& batch, index_t channels, index_t channel) {
    CHECK(batch.x().shape() == shape::pictures(2, 2, 3, channels));
    for (index_t i = 0; i < 2; ++i)
      for (index_t p = 0; p < 6; ++p)
        for (index_t c = 0; c < channels; ++c)
          CHECK(batch.x().values(i * 6 + p, c) ==
                static_cast<float>((rows[static_cast<std::size_t>(i)] * 6 + p) * 4 + channel + c));
  };
  check(set.gather(ctx, rows), 4, 0);
  check(strided.gather(ctx, rows), 1, 1);
  check(set.gather(other, rows), 4, 0);
}

TEST_CASE("sequences of different lengths are gathered with their offsets; empty ones stay") {
  context<cpu> ctx;
  const std::vector<index_t> offsets{0, 2, 2, 5};
  const batch<float, cpu> words(ctx, matrix<float, cpu>(ctx, 5, 2, counted(10)), offsets);
  const vector<label_t, cpu> y(ctx, 3);
  const data::labelled_features set(words, y);
  const auto batch = set.gather(ctx, std::vector<index_t>{2, 1, 0, 2});
  CHECK(batch.x().items == 4);
  CHECK(batch.x().longest == 3);
  CHECK(listed(batch.x().offsets) == std::vector<index_t>{0, 3, 3, 5, 8});
  CHECK(to_host(ctx, batch.x().values) == std::vector<float>{4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  const auto shorter = set.gather(ctx, std::vector<index_t>{0, 1});
  CHECK(shorter.x().longest == 2);
  CHECK(shorter.x().shape().ragged);
}

TEST_CASE("pairs are gathered side by side, with labels or without") {
  context<cpu> ctx;
  const matrix<float, cpu> images(ctx, 3, 2, counted(6));
  const batch<float, cpu> texts(ctx, matrix<float, cpu>(ctx, 4, 1, counted(4)), std::vector<index_t>{0, 1, 2, 4});
  const vector<label_t, cpu> y(ctx, std::vector<label_t>{3, 4, 5});
  const data::paired_features labelled(images, texts, y), plain(images.view(), texts.view()),
      known(ctx, images, texts, y);
  CHECK(labelled.size() == 3);
  CHECK(plain.labels().empty());
  const std::vector<index_t> rows{2, 0};
  const auto batch = labelled.gather(ctx, rows);
  CHECK(to_host(ctx, batch.first().values) == std::vector<float>{4, 5, 0, 1});
  CHECK(to_host(ctx, batch.second().values) == std::vector<float>{2, 3, 0});
  CHECK(listed(batch.labels()) == std::vector<label_t>{5, 3});
  CHECK(listed(known.gather(ctx, rows).labels()) == std::vector<label_t>{5, 3});
  CHECK_FALSE(plain.gather(ctx, rows).labels());
  CHECK_THROWS_WITH_AS(data::paired_features(images.view().middle_rows(0, 2), texts),
                       doctest::Contains("2 items and 3 items"), shape_error);
  CHECK_THROWS_WITH_AS(data::paired_features(images, texts, y.view().segment(0, 1)),
                       doctest::Contains("3 pairs but 1 labels"), shape_error);
}
