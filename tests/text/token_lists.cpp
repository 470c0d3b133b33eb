// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <kindred/backend/cpu.hpp>
#include <kindred/layer/embedding.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/text/device_tokens.hpp>
#include <limits>

using namespace kindred;
using row = std::vector<label_t>;
using text::list_end;
using text::token_lists;

namespace {

template <class Tokens>
concept HasViewOfTemporary = requires(Tokens (&temporary)()) { temporary().template view<float>(); };
static_assert(HasViewOfTemporary<const text::device_tokens<cpu>&> && !HasViewOfTemporary<text::device_tokens<cpu>>);

token_lists lists_of(const std::vector<row>& all) {
  token_lists lists;
  for (const auto& one : all) lists.add(one);
  return lists;
}

const token_lists some = lists_of({{3, 1, 4}, {}, {1, 5, 9, 2, 6}, {5}});

/// Rows of `table` for each id, then the maximum of each item.
std::vector<float> pooled(context<cpu>& ctx, const layer::embedding& embedding, const vector<float, cpu>& table,
                          tokens<float, cpu> words) {
  batch<float, cpu> rows(ctx, 1, words.values.size(), embedding.cols);
  auto y = rows.view();
  y.offsets = words.offsets;
  y.items = words.items;
  y.longest = words.longest;
  embedding.forward<float, cpu>(ctx, {table.view(), {}, words, y, {}, layer::mode::infer, 0});
  const layer::max_pool pool;
  vector<float, cpu> cache(ctx, pool.cache_size(y.shape()));
  batch<float, cpu> out(ctx, words.items, 1, embedding.cols);
  pool.forward<float, cpu>(ctx, {{}, {}, y, out.view(), cache.view(), layer::mode::infer, 0});
  return to_host(ctx, out.view().values);
}

}  // namespace

TEST_CASE("lists come back as they were added") {
  CHECK(some.size() == 4);
  CHECK(some.longest() == 5);
  CHECK(some.values == row{3, 1, 4, 1, 5, 9, 2, 6, 5});
  CHECK(some.offsets == std::vector<index_t>{0, 3, 3, 8, 9});
  CHECK(std::ranges::equal(some.item(2), row{1, 5, 9, 2, 6}));
  CHECK(some.item(1).empty());
  CHECK_THROWS_AS(some.item(4), argument_error);
  CHECK_THROWS_AS(some.item(-1), argument_error);
  CHECK(token_lists{}.longest() == 0);
  const std::vector<index_t> chosen{3, 0, 3};
  CHECK(some.select(chosen) == lists_of({{5}, {3, 1, 4}, {5}}));

  token_lists grown = lists_of({{1, 2, 3}});
  for (int i = 0; i < 8; ++i) grown.add(grown.item(0));  // row that move while they are added
  for (index_t i = 0; i < 9; ++i) CHECK(std::ranges::equal(grown.item(i), row{1, 2, 3}));
  grown.values.push_back(7);
  grown.close();
  CHECK(std::ranges::equal(grown.item(9), row{7}));
}

TEST_CASE("padding cuts and fills at the ends that are asked for") {
  CHECK(some.padded(0, -1) == row{3, 1, 4, -1, -1, -1, -1, -1, -1, -1, 1, 5, 9, 2, 6, 5, -1, -1, -1, -1});
  CHECK(some.padded(2, 0) == row{3, 1, 0, 0, 1, 5, 5, 0});
  CHECK(some.padded(2, 0, {.cut = list_end::front}) == row{1, 4, 0, 0, 2, 6, 5, 0});
  CHECK(some.padded(2, 0, {.fill = list_end::front}) == row{3, 1, 0, 0, 1, 5, 0, 5});
  CHECK(token_lists{}.padded(0, 0).empty());
  CHECK_THROWS_AS(some.padded(-1, 0), argument_error);
  CHECK_THROWS_AS(some.padded(index_t(1) << 62, 0), argument_error);
  CHECK(some.truncated(2) == lists_of({{3, 1}, {}, {1, 5}, {5}}));
  CHECK(some.truncated(2, list_end::front) == lists_of({{1, 4}, {}, {2, 6}, {5}}));
  CHECK(some.truncated(0) == lists_of({{}, {}, {}, {}}));
  CHECK_THROWS_AS(some.truncated(-1), argument_error);
}

TEST_CASE("padded lists become the lists again") {
  CHECK(token_lists::from_padded(some.padded(0, 0), 5, 0) == some);
  const text::padding front{.fill = list_end::front};
  CHECK(token_lists::from_padded(some.padded(7, -1, front), 7, -1, front) == some);
  CHECK(token_lists::from_padded({}, 3, 0).size() == 0);
  CHECK(token_lists::from_padded(row{1, 0, 2, 0}, 4, 0) == lists_of({{1, 0, 2}}));
  CHECK_THROWS_AS(token_lists::from_padded(row{1, 2, 3}, 2, 0), shape_error);
  CHECK_THROWS_AS(token_lists::from_padded(row{1}, 0, 0), shape_error);
}

TEST_CASE("an embedding with a maximum over words gives the same for ragged and padded lists where padding is below") {
  context<cpu> ctx;
  const layer::embedding embedding(10, 6, {.padding = 0});
  vector<float, cpu> table(ctx, embedding.parameter_count());
  embedding.initialize<float, cpu>(ctx, table.view(), {}, 7);
  const text::device_tokens<cpu> ragged(ctx, some), padded(ctx, some.padded(0, 0), 5);
  CHECK(ragged.items() == 4);
  CHECK(padded.items() == 4);
  CHECK(ragged.view<float>().length(2) == 5);
  CHECK(padded.view<float>().length(1) == 5);
  const auto exact = pooled(ctx, embedding, table, ragged.view<float>());
  const auto rectangle = pooled(ctx, embedding, table, padded.view<float>());
  bool below = false;
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t c = 0; c < 6; ++c) {
      float most = i == 1 ? 0.0f : -1e9f;
      for (const label_t id : some.item(static_cast<index_t>(i)))
        most = std::max(most, table.view()(static_cast<index_t>(id) * 6 + static_cast<index_t>(c)));
      CHECK(exact[i * 6 + c] == most);
      // the row of the padding is 0 and takes part where a list was filled
      const bool filled = some.item(static_cast<index_t>(i)).size() < 5;
      below = below || (filled && most < 0);
      CHECK(rectangle[i * 6 + c] == (filled ? std::max(most, 0.0f) : most));
    }
  CHECK(below);  // the case in which the two differ is there
}

TEST_CASE("lists that contradict themselves do not reach a device") {
  context<cpu> ctx;
  using device = text::device_tokens<cpu>;
  const row three{1, 2, 3};
  CHECK_THROWS_AS(device(ctx, three, 2), shape_error);
  CHECK_THROWS_AS(device(ctx, three, 0), shape_error);
  token_lists bad = some;
  bad.offsets = {0, 5, 3, 9};
  CHECK_THROWS_AS(device(ctx, bad), shape_error);
  bad.offsets = {0, 5};
  CHECK_THROWS_AS(device(ctx, bad), shape_error);
  bad.offsets = {};
  CHECK_THROWS_AS(device(ctx, bad), shape_error);
  const device nothing(ctx, token_lists{});
  CHECK(nothing.view<double>().items == 0);
}
