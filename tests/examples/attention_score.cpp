// SPDX-License-Identifier: Apache-2.0
#include "attention_score.hpp"

#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/random.hpp>
#include <kindred/similarity/cross_attention.hpp>

#include "word_weights.hpp"

namespace {

/// A picture of 8 x 4 pixels, on which a grid of 2 x 4 regions has squares of 2
/// x 2.
sns::posts two_posts() {
  sns::posts out;
  sns::post one{.id = "a", .text = "수박과 고래를 보세요", .picture = {8, 4, std::vector<std::uint8_t>(128)}};
  one.glyphs = {{"수박", {0, 0, 2, 2}, true}, {"고래", {3, 0, 2, 2}, false}, {"", {6, 2, 2, 2}, false}};
  sns::post other = one;
  other.glyphs = {{"포도", {4, 2, 4, 2}, true}};
  out.items = {one, other};
  return out;
}

}  // namespace

TEST_CASE("attention in boxes, by the share of a region that they cover") {
  const auto posts = two_posts();
  const std::vector<kindred::index_t> items{0, 1};
  //                                 main  half  half                    main of
  //                                 the other
  const std::vector<float> weights{0.5f, 0.2f, 0.1f, 0, 0, 0, 0, 0.2f, 0, 0, 0, 0.5f, 0, 0, 0.25f, 0.25f};
  const auto main = sns::attention_score(posts, items, weights, 2, 4, sns::attention_target::main);
  CHECK(main.cases == 2);
  CHECK(main.mass == doctest::Approx((0.5 + 0.5) / 2));
  CHECK(main.peak == doctest::Approx(0.5));  // of the first post alone
  CHECK(main.uniform_mass == doctest::Approx((4.0 / 32 + 8.0 / 32) / 2));
  CHECK(main.uniform_peak == main.uniform_mass);
  const auto named = sns::attention_score(posts, items, weights, 2, 4, sns::attention_target::named);
  CHECK(named.mass == doctest::Approx((0.5 + 0.1 + 0.05 + 0.5) / 2));
  CHECK(named.uniform_mass == doctest::Approx((8.0 / 32 + 8.0 / 32) / 2));
  // the same everywhere: what the uniform figures say
  const auto even =
      sns::attention_score(posts, items, std::vector<float>(16, 0.3f), 2, 4, sns::attention_target::named);
  CHECK(even.mass == doctest::Approx(even.uniform_mass));
  CHECK(even.peak == doctest::Approx(even.uniform_peak));
  CHECK(sns::attention_score(posts, {}, {}, 2, 4, sns::attention_target::main).cases == 0);
  CHECK_THROWS_AS(sns::attention_score(posts, items, std::vector<float>(15), 2, 4, sns::attention_target::main),
                  kindred::argument_error);
  CHECK_THROWS_AS(sns::attention_score(posts, items, std::vector<float>(12), 3, 2, sns::attention_target::main),
                  kindred::argument_error);
  CHECK_THROWS_AS(sns::attention_score(posts, items, std::vector<float>(16, -1), 2, 4, sns::attention_target::main),
                  kindred::argument_error);
  const std::vector<kindred::index_t> outside{2};
  CHECK_THROWS_AS(sns::attention_score(posts, outside, std::vector<float>(8), 2, 4, sns::attention_target::main),
                  kindred::argument_error);
}

TEST_CASE("words against the glyph they name") {
  const auto posts = two_posts();
  const auto& one = posts.items[0];
  CHECK(sns::named_by(one, "수박") == &one.glyphs[0]);
  CHECK(sns::named_by(one, "고래를") == &one.glyphs[1]);
  CHECK(sns::named_by(one, "수박보다!!") == &one.glyphs[0]);
  CHECK(sns::named_by(one, "수박씨") == nullptr);
  CHECK(sns::named_by(one, "포도") == nullptr);
  CHECK(sns::named_by(one, "") == nullptr);
  // the second glyph covers half of two regions; negative nearness counts as
  // none
  const std::vector<sns::word_map> words{
      {0, "고래를", {-5, 3, 1, 0, 0, 0, 0, 0}}, {0, "보세요", {1}}, {1, "수박", {1}}};
  const auto score = sns::word_score(posts, words, 2, 4);
  CHECK(score.cases == 1);
  CHECK(score.mass == doctest::Approx((1.5 + 0.5) / 4));
  CHECK(score.peak == doctest::Approx(0.5));
  CHECK(score.uniform_mass == doctest::Approx(4.0 / 32));
  const std::vector<sns::word_map> wrong{{0, "수박", {1, 2}}};
  CHECK_THROWS_AS(sns::word_score(posts, wrong, 2, 4), kindred::argument_error);
}

TEST_CASE("with the weights of words the score of cross attention comes out") {
  namespace kd = kindred;
  constexpr kd::index_t columns = 5, counts[] = {3, 4};  // words, regions
  pairs::features sides[] = {{counts[0], columns, {}}, {counts[1], columns, {}}};
  std::uint64_t drawn = 0;
  for (auto& side : sides)
    for (kd::index_t i = 0; i < side.rows * columns; ++i)
      side.values.push_back(static_cast<float>(kd::random::normal(7, 0, drawn++)));
  const auto& [words, regions] = sides;
  std::vector<float> weights;
  sns::add_word_weights(words, 0, words.rows, regions, 0, regions.rows, 9, weights);
  REQUIRE(weights.size() == 12);
  // r = the cosine of a word and what it sees
  double mean = 0;
  for (std::size_t w = 0; w < 3; ++w) {
    double product = 0, word = 0, seen = 0, sum = 0;
    for (std::size_t k = 0; k < columns; ++k) {
      double u = 0;
      for (std::size_t c = 0; c < 4; ++c)
        u += static_cast<double>(weights[w * 4 + c]) * static_cast<double>(regions.values[c * columns + k]);
      const auto q = static_cast<double>(words.values[w * columns + k]);
      product += q * u;
      word += q * q;
      seen += u * u;
    }
    for (std::size_t c = 0; c < 4; ++c) sum += static_cast<double>(weights[w * 4 + c]);
    CHECK(sum == doctest::Approx(1));
    mean += product / std::sqrt(word * seen) / 3;
  }
  kd::context<kd::cpu> ctx;
  const auto bag = [&](const pairs::features& f) {
    return kd::batch<float, kd::cpu>(ctx, kd::matrix<float, kd::cpu>(ctx, f.rows, f.cols, f.values),
                                     std::vector<kd::index_t>{0, f.rows});
  };
  using kd::similarity::cross_attention;
  const cross_attention looking{.looks = cross_attention::direction::second_looks,
                                .temperature = 9,
                                .aggregate = cross_attention::aggregation::mean};
  CHECK(looking.score(ctx, bag(regions), bag(words)).to_host()[0] == doctest::Approx(mean).epsilon(1e-5));
}
