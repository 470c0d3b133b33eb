// SPDX-License-Identifier: Apache-2.0
// backward() of every similarity of rows against central differences.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/check/gradient.hpp>
#include <kindred/core/random.hpp>
#include <kindred/similarity/bilinear.hpp>
#include <kindred/similarity/centred_cosine.hpp>
#include <kindred/similarity/cosine.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/similarity/euclidean.hpp>
#include <kindred/similarity/fused.hpp>
#include <kindred/similarity/normalized_correlation.hpp>
#include <limits>
#include <string>

using namespace kindred;
using namespace kindred::similarity;

static_assert(DifferentiableSimilarity<dot> && DifferentiableSimilarity<cosine, double, emu>);
static_assert(DifferentiableSimilarity<negative_squared_euclidean> && DifferentiableSimilarity<negative_euclidean>);
static_assert(DifferentiableSimilarity<bilinear<float, cpu>> && DifferentiableSimilarity<centred_cosine>);
static_assert(DifferentiableSimilarity<normalized_correlation> && DifferentiableSimilarity<fused<cosine, dot>>);

namespace {

using numbers = std::vector<double>;

numbers noise(index_t count, std::uint64_t seed) {
  numbers x(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = random::uniform(seed, 0, i) - 0.5;
  return x;
}

/// Rows of both sides and the weights whose sum with the scores is the value.
struct problem {
  index_t n, m, p, q;
  numbers a, b, weights;
  problem(index_t rows, index_t others, index_t width, index_t other_width)
      : n(rows),
        m(others),
        p(width),
        q(other_width),
        a(noise(n * p, 1)),
        b(noise(m * q, 2)),
        weights(noise(n * m, 3)) {}
};
struct gradients {
  numbers a, b;
};

/// A similarity on a device without its type. `together`: b is a, and both gradients go into one view.
struct subject {
  std::function<double(const problem&)> value;
  std::function<gradients(const problem&, bool together)> backward;
};

/// Gradients are added to 2 in every place, so that an overwritten one shows.
template <class S, class D>
subject on(context<D>& ctx, S s) {
  const auto of_rows = [&ctx](const numbers& x, index_t rows, index_t cols) {
    return matrix<double, D>(ctx, rows, cols, x);
  };
  return {[=, &ctx](const problem& given) {
            const auto scores = s.score(ctx, of_rows(given.a, given.n, given.p), of_rows(given.b, given.m, given.q));
            const numbers host = scores.to_host();
            double sum = 0;
            for (std::size_t i = 0; i < host.size(); ++i) sum += host[i] * given.weights[i];
            return sum;
          },
          [=, &ctx](const problem& given, bool together) {
            const auto a = of_rows(given.a, given.n, given.p), b = of_rows(given.b, given.m, given.q);
            const auto weights = of_rows(given.weights, given.n, given.m), scores = s.score(ctx, a, b);
            auto da = of_rows(numbers(given.a.size(), 2), given.n, given.p);
            auto db = of_rows(numbers(given.b.size(), 2), given.m, given.q);
            s.backward(ctx, a, b, scores, weights, da.view(), together ? da.view() : db.view());
            return gradients{da.to_host(), db.to_host()};
          }};
}

numbers less_two(numbers x) {
  for (double& v : x) v -= 2;
  return x;
}

/// Both gradients, the one into one view and bytes for any threads and lane order.
void check_gradients(const std::string& name, std::vector<subject> subjects, problem given) {
  CAPTURE(name);
  const bool square = given.p == given.q;
  std::vector<gradients> found, together;
  for (const subject& s : subjects) {
    found.push_back(s.backward(given, false));
    CHECK(check::gradient_error([&] { return s.value(given); }, given.a, less_two(found.back().a)) < 1e-6);
    CHECK(check::gradient_error([&] { return s.value(given); }, given.b, less_two(found.back().b)) < 1e-6);
  }
  CHECK(found[0].a == found[1].a);
  CHECK(found[0].b == found[1].b);
  CHECK(found[2].a == found[3].a);
  CHECK(found[2].b == found[3].b);
  if (!square) return;
  problem siamese(given.n, given.n, given.p, given.p);
  for (const subject& s : subjects) {
    // rows have distance 0 from themselves, which only the products of cpu give exactly; its root has a kink there
    if (name == "negative_euclidean" && together.size() == 2)
      for (std::size_t i = 0; i < static_cast<std::size_t>(given.n); ++i)
        siamese.weights[i * static_cast<std::size_t>(given.n + 1)] = 0;
    siamese.b = siamese.a;
    const gradients both = s.backward(siamese, true);
    const auto value = [&] {
      siamese.b = siamese.a;
      return s.value(siamese);
    };
    CHECK(check::gradient_error(value, siamese.a, less_two(both.a)) < 1e-6);
    CHECK(less_two(both.b) == numbers(both.b.size(), 0));
    together.push_back(both);
  }
  CHECK(together[0].a == together[1].a);
  CHECK(together[2].a == together[3].a);
}

}  // namespace

TEST_CASE("gradients of similarities are those of differences, on cpu and emu, for a batch against itself too") {
  context<cpu> cpu1(1), cpu2(2);
  context<emu> up, down(lane_order::descending);
  const problem given(7, 5, 35, 35), other(6, 4, 9, 5);
  const auto everywhere = [&](auto s) {
    return std::vector<subject>{on(cpu1, s), on(cpu2, s), on(up, s), on(down, s)};
  };
  check_gradients("dot", everywhere(dot{}), given);
  check_gradients("cosine", everywhere(cosine{}), given);
  check_gradients("negative_squared_euclidean", everywhere(negative_squared_euclidean{}), given);
  check_gradients("negative_euclidean", everywhere(negative_euclidean{}), given);
  check_gradients("normalized_correlation", everywhere(normalized_correlation{}), given);
  check_gradients("centred_cosine", everywhere(centred_cosine(noise(35, 8), noise(35, 9))), given);
  check_gradients("fused", everywhere(fused<cosine, dot>{.weight = 0.3}), given);
  check_gradients("fused halves", everywhere(fused<cosine, dot>{.weight = 0.6, .first_columns = 20}), given);
  const numbers form = noise(45, 7);
  const matrix<double, cpu> m1(cpu1, 9, 5, form);
  const matrix<double, emu> m2(up, 9, 5, form);
  const bilinear<double, cpu> first(cpu1, m1);
  const bilinear<double, emu> second(up, m2);
  check_gradients("bilinear", {on(cpu1, first), on(cpu2, first), on(up, second), on(down, second)}, other);
  check_gradients(
      "bilinear, reversed",
      {on(cpu1, first.reversed()), on(cpu2, first.reversed()), on(up, second.reversed()), on(down, second.reversed())},
      problem(4, 6, 5, 9));
}

TEST_CASE("rows of zeros and equal rows have the gradients the documentation says") {
  context<cpu> ctx;
  const numbers x{0, 0, 3, 4, 3, 4};
  const problem given(3, 3, 2, 2);
  const auto of = [&](auto s) {
    problem p = given;
    p.a = p.b = x;
    p.weights = {1, 1, 1, 0, 1, 1, 0, 1, 1};
    return less_two(on(ctx, s).backward(p, false).a);
  };
  // row 0 gets nothing; rows 1 and 2 have cosine 1 to each other, a maximum
  for (const double v : of(cosine{})) CHECK(std::abs(v) < 1e-15);
  // row 0 goes to both others; from equal rows nothing comes
  CHECK(of(negative_squared_euclidean{}) == numbers{12, 16, 0, 0, 0, 0});
  const numbers wanted{1.2, 1.6, 0, 0, 0, 0}, root = of(negative_euclidean{});
  for (std::size_t i = 0; i < root.size(); ++i) CHECK(std::abs(root[i] - wanted[i]) < 1e-15);
  // a row at the mean has no direction: only the mean of the others' gradients, which is 0 for cosines of 1 and -1
  const auto centre = [&](auto s) {
    problem p(3, 1, 2, 2);
    p.a = {1, 1, 0, 0, 2, 2};
    return less_two(on(ctx, s).backward(p, false).a);
  };
  for (const double v : centre(normalized_correlation{})) CHECK(v == 0);  // a single row is its own mean
  const auto from_mean = centre(centred_cosine({1, 1}, {0, 0}));
  CHECK(from_mean[0] == 0);
  CHECK(from_mean[1] == 0);
  CHECK(from_mean[2] != 0);
  // scores that say nothing, and scores that are not finite
  const auto fused_gradient = [&](numbers scores) {
    const matrix<double, cpu> s(ctx, 1, 4, scores), w(ctx, 1, 4, numbers{1, 2, 3, 4});
    matrix<double, cpu> d(ctx, 1, 4);
    fuse_backward<double, cpu>(ctx, s, 0.5, w, d.view());
    return d.to_host();
  };
  CHECK(fused_gradient({7, 7, 7, 7}) == numbers{0, 0, 0, 0});
  const double none = std::numeric_limits<double>::quiet_NaN();
  // u = 0, 1 and 1/2 of minimum 0 and maximum 2
  CHECK(fused_gradient({0, none, 2, 1}) == numbers{-0.5, 0, -0.5, 1});
}

TEST_CASE("gradients of distances do not change where the data are moved far away") {
  context<cpu> ctx;
  const std::vector<float> near{1, 2, 4, 0, 3, 3}, others{2, 2, 5, 1};
  const auto gradients = [&](auto similarity, float offset) {
    auto a = near, b = others;
    for (float& x : a) x += offset;
    for (float& x : b) x += offset;
    const matrix<float, cpu> x(ctx, 3, 2, a), y(ctx, 2, 2, b),
        weights(ctx, 3, 2, std::vector<float>{1, -2, .5, 3, 0, 1});
    matrix<float, cpu> scores(ctx, 3, 2), dx(ctx, 3, 2), dy(ctx, 2, 2);
    similarity.template score<float, cpu>(ctx, x, y, scores.view());
    similarity.template backward<float, cpu>(ctx, x, y, scores, weights, dx.view(), dy.view());
    auto all = dx.to_host();
    for (const float g : dy.to_host()) all.push_back(g);
    return all;
  };
  for (const float offset : {1e4f, 1e6f}) {
    CHECK(gradients(negative_squared_euclidean{}, offset) == gradients(negative_squared_euclidean{}, 0));
    const auto moved = gradients(negative_euclidean{}, offset), kept = gradients(negative_euclidean{}, 0);
    for (std::size_t i = 0; i < kept.size(); ++i) CHECK(std::fabs(moved[i] - kept[i]) < 2e-6f);
  }
}

TEST_CASE("gradients of nothing: empty sides, absent views, NaN, and what does not fit") {
  context<cpu> ctx;
  const matrix<double, cpu> a(ctx, 3, 2, numbers{1, 2, 3, 4, 5, 6}), none(ctx, 0, 2), scores(ctx, 3, 3),
      narrow(ctx, 3, 0), flat(ctx, 0, 3);
  matrix<double, cpu> da(ctx, 3, 2, numbers(6, 2)), empty(ctx, 0, 2), small(ctx, 2, 2);
  const matrix_view<double, cpu> absent;
  negative_euclidean{}.backward(ctx, a, none, narrow, narrow, da.view(), empty.view());
  cosine{}.backward(ctx, none, a, flat, flat, empty.view(), da.view());
  cosine{}.backward(ctx, a, a, scores, scores, absent, {});
  CHECK(da.to_host() == numbers(6, 2));
  CHECK_THROWS_WITH_AS(dot{}.backward(ctx, a, a, scores, narrow, da.view(), {}), doctest::Contains("got 3 x 0"),
                       shape_error);
  CHECK_THROWS_WITH_AS(dot{}.backward(ctx, a, a, scores, scores, absent, small.view()), doctest::Contains("of 2 x 2"),
                       shape_error);
  numbers broken{1, 2, 3, 4, 5, std::numeric_limits<double>::quiet_NaN()};
  const matrix<double, cpu> with_nan(ctx, 3, 2, broken), weights(ctx, 3, 3, numbers(9, 1));
  const auto s = cosine{}.score(ctx, with_nan, a);
  matrix<double, cpu> db(ctx, 3, 2);
  da = matrix<double, cpu>(ctx, 3, 2);
  cosine{}.backward(ctx, with_nan, a, s, weights, da.view(), db.view());
  const numbers own = da.to_host(), others = db.to_host();
  CHECK(own[0] == own[0]);
  CHECK(own[4] != own[4]);
  for (const double v : others) CHECK(v != v);
}

namespace {
/// Changes rows, and has no backward pass for that.
struct doubled : product_form<doubled> {
  static constexpr auto scoring = op::scoring::inner_product;
  static constexpr bool rowwise = true;
  template <Device D, MatrixArgument<D> M>
  prepared<typename M::value_type, D> prepare(context<D>& ctx, const M& x) const {
    return cosine{}.prepare(ctx, x);
  }
};
}  // namespace

TEST_CASE("a similarity that changes rows without saying how gradients come back is refused") {
  context<cpu> ctx;
  const matrix<double, cpu> a(ctx, 1, 2, numbers{1, 2}), s(ctx, 1, 1);
  matrix<double, cpu> da(ctx, 1, 2);
  CHECK_THROWS_WITH_AS(doubled{}.backward(ctx, a, a, s, s, da.view(), {}), doctest::Contains("no prepare_backward()"),
                       argument_error);
}
