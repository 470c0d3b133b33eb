// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <kindred/core/random.hpp>
#include <kindred/visual/tsne.hpp>
#include <numeric>

using namespace kindred;
using visual::tsne;
using visual::tsne_method;

namespace {

constexpr tsne_method all_methods[] = {tsne_method::exact, tsne_method::barnes_hut, tsne_method::interpolation};

std::size_t at(index_t i) { return static_cast<std::size_t>(i); }

// row i around centre i % classes
matrix<float, cpu> clusters(context<cpu>& ctx, index_t n, index_t d, index_t classes, double apart,
                            std::uint64_t seed = 1) {
  matrix<float, cpu> x(ctx, n, d);
  for (index_t i = 0; i < n; ++i)
    for (index_t j = 0; j < d; ++j) {
      const auto r = static_cast<std::uint64_t>(i % classes), c = static_cast<std::uint64_t>(j);
      x.view()(i, j) =
          static_cast<float>(apart * random::normal(77, r, c) + random::normal(seed, static_cast<std::uint64_t>(i), c));
    }
  return x;
}

template <class M>
std::vector<std::vector<index_t>> ranked(const M& m) {  // of each row, the others by distance
  std::vector<std::vector<index_t>> lists;
  for (index_t i = 0; i < m.rows(); ++i) {
    std::vector<std::pair<double, index_t>> d;
    for (index_t j = 0; j < m.rows(); ++j) {
      double sum = 0;
      for (index_t c = 0; c < m.cols(); ++c) {
        const double v = static_cast<double>(m(i, c)) - static_cast<double>(m(j, c));
        sum += v * v;
      }
      if (j != i) d.push_back({sum, j});
    }
    std::sort(d.begin(), d.end());
    lists.emplace_back();
    for (const auto& [unused, j] : d) lists.back().push_back(j);
  }
  return lists;
}

// Venna and Kaski 2001: 1 - 2 / (n k (2n - 3k - 1)) sum over map neighbours that are none of (rank among rows - k)
double trustworthiness(const std::vector<std::vector<index_t>>& rows, const std::vector<std::vector<index_t>>& map,
                       index_t k) {
  const auto n = static_cast<double>(rows.size()), kk = static_cast<double>(k);
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (index_t j = 0; j < k; ++j) {
      const auto place = std::find(rows[i].begin(), rows[i].end(), map[i][at(j)]) - rows[i].begin() + 1;
      if (place > k) sum += static_cast<double>(place) - kk;
    }
  return 1 - 2 / (n * kk * (2 * n - 3 * kk - 1)) * sum;
}

template <class T>
bool same_bytes(matrix_view<const T, cpu> a, matrix_view<const T, cpu> b) {
  return a.rows() == b.rows() && std::memcmp(a.data(), b.data(), at(a.size()) * sizeof(T)) == 0;
}

template <class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const error& e) {
    return e.what();
  }
  return "nothing thrown";
}

bool mentions(const std::string& text, const char* what) { return text.find(what) != std::string::npos; }

}  // namespace

TEST_CASE("a map keeps clusters and neighbours, with every method") {
  context<cpu> ctx(2);
  const index_t n = 400, classes = 5;
  const auto x = clusters(ctx, n, 10, classes, 3);
  const auto rows = ranked(x.view());
  std::vector<double> values;
  for (const tsne_method method : all_methods) {
    CAPTURE(static_cast<int>(method));
    const auto map =
        tsne{.perplexity = 20, .method = method, .exaggerated_iterations = 40, .iterations = 100}.fit(ctx, x);
    CHECK(map.method() == method);
    CHECK(map.iterations() == 100);
    const auto places = ranked(map.coordinates());
    CHECK(trustworthiness(rows, places, 5) > 0.93);  // scikit-learn 1.2 on such rows: 0.95
    index_t same = 0;
    for (index_t i = 0; i < n; ++i)
      for (index_t j = 0; j < 5; ++j) same += places[at(i)][at(j)] % classes == i % classes ? 1 : 0;
    CHECK(same == 5 * n);
    double mean = 0;
    for (index_t i = 0; i < n; ++i) mean += static_cast<double>(map.coordinates()(i, 0)) / static_cast<double>(n);
    CHECK(std::abs(mean) < 1e-4);
    values.push_back(map.kl_divergence());
  }
  // of the pairs in the lists alone the divergence is higher; the two approximations agree
  CHECK(values[1] == doctest::Approx(values[2]).epsilon(0.03));
  CHECK(values[0] < values[1] + 0.05);
  CHECK(values[0] > 0.2);
}

TEST_CASE("a map of 50 rows with a PCA start has the same bytes again, on any number of threads, in float and double") {
  context<cpu> one(1), two(2), three(3);
  const auto x = clusters(one, 50, 20, 6, 2);
  matrix<double, cpu> wide(one, 50, 20);
  for (index_t i = 0; i < 50; ++i)
    for (index_t j = 0; j < 20; ++j) wide.view()(i, j) = static_cast<double>(x.view()(i, j));
  for (const tsne_method method : all_methods) {
    const tsne options{.perplexity = 12,
                       .method = method,
                       .exaggerated_iterations = 100,
                       .iterations = method == tsne_method::interpolation ? 12 : 500};
    const auto first = options.fit(one, x);
    CHECK(same_bytes(first.coordinates(), options.fit(one, x).coordinates()));
    CHECK(same_bytes(first.coordinates(), options.fit(two, x).coordinates()));
    CHECK(same_bytes(first.coordinates(), options.fit(three, x).coordinates()));
    if (method == tsne_method::exact)
      CHECK(same_bytes(options.fit(one, wide).coordinates(), options.fit(three, wide).coordinates()));
  }
}

TEST_CASE("larger maps have the same bytes on any number of threads") {
  context<cpu> one(1), four(4);
  const auto x = clusters(one, 900, 8, 7, 2);
  for (const tsne_method method : {tsne_method::barnes_hut, tsne_method::interpolation}) {
    const tsne options{.method = method, .exaggerated_iterations = 10, .iterations = 20};
    const auto a = options.fit(one, x), b = options.fit(four, x);
    CHECK(same_bytes(a.coordinates(), b.coordinates()));
    CHECK(a.kl_divergence() == b.kl_divergence());
  }
}

TEST_CASE("the map does not see the origin and the unit of the rows") {
  context<cpu> ctx(2);
  const auto x = clusters(ctx, 60, 5, 3, 3);
  const tsne options{.perplexity = 10, .iterations = 8};  // later ones amplify the last digits
  const auto map = options.fit(ctx, x);
  for (const float unit : {0x1p-40f, 0x1p30f}) {
    auto y = x.clone();
    for (index_t i = 0; i < y.rows() * y.cols(); ++i) y.data()[i] *= unit;
    CHECK(same_bytes(map.coordinates(), options.fit(ctx, y).coordinates()));
  }
  matrix<double, cpu> near(ctx, 60, 5), far(ctx, 60, 5);
  for (index_t i = 0; i < 300; ++i) {
    near.data()[i] = static_cast<double>(x.data()[i]);
    far.data()[i] = near.data()[i] + 1e6;
  }
  const auto a = options.fit(ctx, near), b = options.fit(ctx, far);
  for (index_t i = 0; i < 60; ++i)
    CHECK(a.coordinates()(i, 0) == doctest::Approx(b.coordinates()(i, 0)).epsilon(1e-5).scale(1e-5));
}

TEST_CASE("squared distances give the map of the rows they come from") {
  context<cpu> ctx;
  const auto x = clusters(ctx, 64, 6, 4, 2);
  matrix<float, cpu> d(ctx, 64, 64);
  for (index_t i = 0; i < 64; ++i)
    for (index_t j = 0; j < 64; ++j) {
      double sum = 0;
      for (index_t c = 0; c < 6; ++c)
        sum += std::pow(static_cast<double>(x.view()(i, c)) - static_cast<double>(x.view()(j, c)), 2);
      d.view()(i, j) = i == j ? -1 : static_cast<float>(sum);  // the diagonal is not read
    }
  for (const tsne_method method : {tsne_method::exact, tsne_method::barnes_hut}) {
    // few iterations: later ones amplify the last digits
    const tsne options{
        .perplexity = 9, .method = method, .iterations = 8, .initialization = visual::tsne_initialization::random};
    const auto a = options.fit(ctx, x), b = options.fit_distances(ctx, d);
    CHECK(a.kl_divergence() == doctest::Approx(b.kl_divergence()).epsilon(1e-3));
    for (index_t i = 0; i < 64; ++i)
      CHECK(a.coordinates()(i, 0) == doctest::Approx(b.coordinates()(i, 0)).epsilon(1e-3).scale(1e-5));
    CHECK(mentions(message_of([&] { b.transform(ctx, x); }), "made from distances"));
  }
  d.view()(3, 4) = -0.5f;
  CHECK(mentions(message_of([&] { tsne{.perplexity = 9}.fit_distances(ctx, d); }), "row 3, column 4: -0.5"));
}

TEST_CASE("new rows find their place among the old, each by itself") {
  context<cpu> ctx(2), one(1);
  const index_t n = 300, classes = 5;
  const auto x = clusters(ctx, n, 10, classes, 3), fresh = clusters(ctx, 40, 10, classes, 3, 2);
  for (const tsne_method method : all_methods) {
    CAPTURE(static_cast<int>(method));
    const auto map =
        tsne{.perplexity = 20, .method = method, .exaggerated_iterations = 40, .iterations = 80}.fit(ctx, x);
    const auto nearest = [&](float px, float py) {
      index_t best = 0;
      double least = 1e30;
      for (index_t j = 0; j < n; ++j) {
        const double d = std::hypot(static_cast<double>(map.coordinates()(j, 0) - px),
                                    static_cast<double>(map.coordinates()(j, 1) - py));
        if (d < least) {
          least = d;
          best = j;
        }
      }
      return best;
    };
    const auto places = map.transform(ctx, fresh);
    index_t right = 0;
    for (index_t i = 0; i < 40; ++i)
      right += nearest(places.view()(i, 0), places.view()(i, 1)) % classes == i % classes ? 1 : 0;
    CHECK(right == 40);
    // training rows come near their own places, measured by the radius of the map
    const auto again = map.transform(ctx, x);
    double moved = 0, radius = 0;
    for (index_t i = 0; i < n; ++i) {
      const auto a = map.coordinates().row(i);
      moved +=
          std::hypot(static_cast<double>(a(0) - again.view()(i, 0)), static_cast<double>(a(1) - again.view()(i, 1)));
      radius += std::hypot(static_cast<double>(a(0)), static_cast<double>(a(1)));
    }
    CHECK(moved < 0.01 * radius);
    // alone, and on one thread
    const auto alone = map.transform(one, fresh.view().middle_rows(7, 1));
    CHECK(same_bytes(std::as_const(alone).view(), std::as_const(places).view().middle_rows(7, 1)));
    CHECK(map.transform(ctx, fresh.view().middle_rows(0, 0)).rows() == 0);
  }
}

TEST_CASE("without iterations a new row stands at the weighted mean of its nearest") {
  context<cpu> ctx;
  matrix<double, cpu> x(ctx, 12, 1), start(ctx, 12, 2), one(ctx, 1, 1);
  for (index_t i = 0; i < 12; ++i) {
    x.view()(i, 0) = static_cast<double>(i);
    start.view()(i, 0) = static_cast<double>(i) - 5.5;
    start.view()(i, 1) = i % 2 == 0 ? 1 : -1;
  }
  const auto map = tsne{.perplexity = 3, .iterations = 0}.fit_from(ctx, x, start);
  for (index_t i = 0; i < 12; ++i)
    CHECK(map.coordinates()(i, 0) == doctest::Approx(start.view()(i, 0)).epsilon(1e-14));  // centred already
  one.view()(0, 0) = 4.5;  // 4 nearest: 3, 4, 5, 6 in two pairs of equal distance
  const auto place = map.transform(ctx, one, {.perplexity = 1, .iterations = 0});
  CHECK(place.view()(0, 0) == doctest::Approx(-1).epsilon(1e-9));
  CHECK(place.view()(0, 1) == doctest::Approx(0).scale(1).epsilon(1e-9));
}

TEST_CASE("progress is told and can stop the fit") {
  context<cpu> ctx;
  const auto x = clusters(ctx, 80, 5, 4, 3);
  const tsne options{.perplexity = 15, .iterations = 410};
  std::vector<visual::tsne_progress> told;
  const auto map = options.fit(ctx, x, [&](const visual::tsne_progress& p) { told.push_back(p); });
  CHECK(told.size() == 9);
  CHECK(told.back().iteration == 410);
  CHECK(told.back().kl_divergence == map.kl_divergence());
  CHECK(told[8].kl_divergence < told[5].kl_divergence);
  CHECK(told[5].kl_divergence < told[4].kl_divergence);  // the exaggeration has ended
  CHECK(same_bytes(map.coordinates(), options.fit(ctx, x).coordinates()));
  CHECK(options.fit(ctx, x, [](const visual::tsne_progress& p) { return p.iteration < 100; }).iterations() == 100);
}

TEST_CASE("rows that are equal, in a line or all alike have defined maps") {
  context<cpu> ctx(2);
  const auto finite = [](const auto& map) {
    double widest = 0;
    for (index_t i = 0; i < map.size(); ++i)
      for (index_t c = 0; c < 2; ++c) {
        CHECK(std::isfinite(map.coordinates()(i, c)));
        widest = std::max(widest, std::abs(static_cast<double>(map.coordinates()(i, c))));
      }
    return widest;
  };
  matrix<float, cpu> line(ctx, 40, 1), alike(ctx, 40, 3);
  for (index_t i = 0; i < 40; ++i) line.view()(i, 0) = static_cast<float>(i);
  for (const tsne_method method : all_methods) {
    CAPTURE(static_cast<int>(method));
    const index_t iterations = method == tsne_method::interpolation ? 8 : 100;
    const tsne options{.perplexity = 5, .method = method, .iterations = iterations};
    const auto map = options.fit(ctx, line);
    CHECK(finite(map) > 0);
    double second = 0;
    for (index_t i = 0; i < 40; ++i) second = std::max(second, std::abs(static_cast<double>(map.coordinates()(i, 1))));
    CHECK(second > 1e-5);  // of the line itself it would be 0
    const auto random = tsne{.perplexity = 5,
                             .method = method,
                             .iterations = iterations,
                             .initialization = visual::tsne_initialization::random};
    finite(random.fit(ctx, alike));
    CHECK(mentions(message_of([&] { options.fit(ctx, alike); }), "40 rows do not vary"));
    auto twice = clusters(ctx, 40, 3, 4, 1);
    for (index_t i = 0; i < 38; ++i)
      for (index_t c = 0; c < 3; ++c) twice.view()(i, c) = twice.view()(i % 2, c);
    CHECK(finite(options.fit(ctx, twice)) > 0);
  }
  // the smallest map
  const auto four = clusters(ctx, 4, 3, 4, 1);
  for (const tsne_method method : all_methods)
    finite(tsne{.perplexity = 1, .method = method, .iterations = 10}.fit(ctx, four));
}

TEST_CASE("what has no map is refused by name") {
  context<cpu> ctx;
  for (const index_t n : {0, 1, 2, 3})
    CHECK(mentions(message_of([&] { tsne{.perplexity = 1}.fit(ctx, matrix<float, cpu>(ctx, n, 2)); }),
                   "rows, at least 4 are needed"));
  const auto x = clusters(ctx, 50, 4, 3, 2);
  CHECK(mentions(message_of([&] { tsne{}.fit(ctx, x); }), "perplexity 30, but 50 rows take 1 to 16.33"));
  CHECK(mentions(message_of([&] { tsne{.perplexity = 0.5}.fit(ctx, x); }), "perplexity 0.5"));
  CHECK(mentions(message_of([&] { tsne{.perplexity = std::nan("")}.fit(ctx, x); }), "perplexity nan"));
  CHECK(mentions(message_of([&] { tsne{.perplexity = 5, .angle = 1.5}.fit(ctx, x); }), "angle in [0, 1], got 1.5"));
  CHECK(mentions(message_of([&] { tsne{.perplexity = 5, .early_exaggeration = 0}.fit(ctx, x); }),
                 "early_exaggeration in [1, 1e6], got 0"));
  CHECK(mentions(message_of([&] { tsne{.perplexity = 5, .iterations = -1}.fit(ctx, x); }), "-1 iterations"));
  CHECK(mentions(message_of([&] { tsne{.perplexity = 5, .rate = -1}.fit(ctx, x); }), "rate -1"));
  CHECK(mentions(message_of([&] { tsne{.perplexity = 5, .rate = 1e14}.fit(ctx, x); }), "diverges in iteration"));
  auto y = x.clone();
  y.view()(7, 3) = std::numeric_limits<float>::quiet_NaN();
  CHECK(mentions(message_of([&] { tsne{.perplexity = 5}.fit(ctx, y); }), "row 7, column 3 is not finite"));
  const matrix<float, cpu> start(ctx, 49, 2);
  CHECK_THROWS_AS(tsne{.perplexity = 5}.fit_from(ctx, x, start), shape_error);
  const auto map = tsne{.perplexity = 5, .iterations = 10}.fit(ctx, x);
  CHECK(mentions(message_of([&] { map.transform(ctx, y); }), "row 7, column 3 is not finite"));
  CHECK_THROWS_AS(map.transform(ctx, start), shape_error);
  CHECK(mentions(message_of([&] { map.transform(ctx, x, {.perplexity = 40}); }), "perplexity 40"));
}
