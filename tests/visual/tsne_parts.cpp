// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <complex>
#include <kindred/core/random.hpp>
#include <kindred/visual/detail/tsne_impl.hpp>

#include "matrix_fixture.hpp"

using namespace kindred;
using namespace kindred::visual::detail;
using visual::tsne_method;

namespace kindred::visual::detail {
extern template map_kernels<float> kernels_of<float>(instruction_set);
extern template map_kernels<double> kernels_of<double>(instruction_set);
}  // namespace kindred::visual::detail

namespace {

matrix<double, cpu> fixture(context<cpu>& ctx, const char* name) {
  return matrix_fixture(ctx, "visual/tsne.txt", name);
}

// p(i, j) as a whole matrix
template <class T>
std::vector<double> whole(const affinities<T>& p) {
  const index_t n = p.count;
  std::vector<double> m(at(n * n), 0.0);
  for (index_t i = 0; i < n; ++i) {
    if (!p.dense.empty()) {
      for (index_t j = 0; j < n; ++j) m[at(i * n + j)] = static_cast<double>(p.dense[at(i * padded(n) + j)]);
    } else {
      for (index_t e = p.offsets[at(i)]; e < p.offsets[at(i) + 1]; ++e)
        m[at(i * n + p.ids[at(e)])] += static_cast<double>(p.values[at(e)]);
    }
  }
  return m;
}

affinities<double> dense_from(const matrix<double, cpu>& m) {
  affinities<double> p;
  p.count = m.rows();
  p.dense.assign(at(p.count * padded(p.count)), 0.0);
  for (index_t i = 0; i < p.count; ++i)
    for (index_t j = 0; j < p.count; ++j) p.dense[at(i * padded(p.count) + j)] = m.view()(i, j);
  return p;
}

template <class T>
map_points<T> points_from(const matrix<double, cpu>& m) {
  map_points<T> y(m.rows());
  for (index_t i = 0; i < m.rows(); ++i) {
    y.x[at(i)] = static_cast<T>(m.view()(i, 0));
    y.y[at(i)] = static_cast<T>(m.view()(i, 1));
  }
  return y;
}

// clusters of points, `width` wide in all
template <class T>
map_points<T> made_points(index_t n, double width, std::uint64_t seed) {
  map_points<T> y(n);
  for (index_t i = 0; i < n; ++i) {
    const auto u = static_cast<std::uint64_t>(i), c = u % 7;
    const double spread = c == 0 ? 0.3 : 0.03;  // one broad cluster around the others
    const double x = 0.35 * (random::uniform(seed, 8, c) - 0.5) + spread * (random::uniform(seed, 0, u) - 0.5);
    const double z = 0.35 * (random::uniform(seed, 9, c) - 0.5) + spread * (random::uniform(seed, 1, u) - 0.5);
    y.x[at(i)] = static_cast<T>(width * 1.5 * x + width);  // off the origin
    y.y[at(i)] = static_cast<T>(width * 1.5 * z);
  }
  return y;
}

struct difference {
  double force, norm;  // relative
};

// of sums with those of a plain loop in double: root mean square over that of the forces
template <class T>
difference compared(const map_points<T>& y, const std::vector<map_force<T>>& got, double z) {
  double error = 0, size = 0, norm = 0;
  for (std::size_t i = 0; i < at(y.count); ++i) {
    double fx = 0, fy = 0;
    for (std::size_t j = 0; j < at(y.count); ++j) {
      const double dx = static_cast<double>(y.x[i]) - static_cast<double>(y.x[j]);
      const double dy = static_cast<double>(y.y[i]) - static_cast<double>(y.y[j]), q = 1 / (1 + dx * dx + dy * dy);
      fx += q * q * dx;
      fy += q * q * dy;
      norm += q;
    }
    const double ex = static_cast<double>(got[i].x) - fx, ey = static_cast<double>(got[i].y) - fy;
    error += ex * ex + ey * ey;
    size += fx * fx + fy * fy;
  }
  return {std::sqrt(error / size), std::abs(z - norm) / norm};
}

std::vector<instruction_set> sets() {
  std::vector<instruction_set> all{instruction_set::baseline};
  for (const auto s : {instruction_set::avx2, instruction_set::avx512})
    if (s <= best_instruction_set()) all.push_back(s);
  return all;
}

template <class T>
double largest_error(const fourier_plan<T>& plan, const map_kernels<T>& kernels, bool inverse) {
  const index_t n = plan.length, lanes = kernels.lanes;
  std::vector<T> memory(at(4 * n * lanes));
  T* const p = memory.data();
  fourier_buffer<T> buffer{p, p + n * lanes, p + 2 * n * lanes, p + 3 * n * lanes};
  std::vector<std::complex<double>> given(at(n * lanes));
  for (std::size_t i = 0; i < given.size(); ++i) {
    buffer.re[i] = static_cast<T>(random::uniform(1, 0, i) - 0.5);
    buffer.im[i] = static_cast<T>(random::uniform(1, 1, i) - 0.5);
    given[i] = {static_cast<double>(buffer.re[i]), static_cast<double>(buffer.im[i])};
  }
  if (inverse) buffer = buffer.exchanged();
  kernels.fourier(plan, buffer);
  if (inverse) buffer = buffer.exchanged();
  double error = 0;
  for (index_t lane = 0; lane < lanes; ++lane)
    for (index_t k = 0; k < n; ++k) {
      std::complex<double> sum = 0;
      for (index_t j = 0; j < n; ++j)
        sum +=
            given[at(j * lanes + lane)] * std::polar(1.0, (inverse ? 1 : -1) * 2 * std::acos(-1.0) *
                                                              static_cast<double>(j * k % n) / static_cast<double>(n));
      const std::size_t here = at(k * lanes + lane);
      error = std::max(error, std::abs(sum - std::complex<double>(static_cast<double>(buffer.re[here]),
                                                                  static_cast<double>(buffer.im[here]))));
    }
  return error;
}

}  // namespace

TEST_CASE("affinities are those of scikit-learn, over all pairs and over the nearest") {
  context<cpu> ctx(2);
  const auto x = fixture(ctx, "x");
  for (const bool all : {true, false}) {
    const auto want = fixture(ctx, all ? "p" : "p_near").to_host();
    const auto got = whole(row_affinities<double>(ctx, x.view(), 8, all));
    double sum = 0;
    for (std::size_t i = 0; i < want.size(); ++i) {
      // both stop within 1e-5 of the entropy, scikit-learn from distances in float
      CHECK(got[i] == doctest::Approx(want[i]).epsilon(2e-4).scale(1e-7));
      if (want[i] == 0) CHECK(got[i] == 0);
      sum += got[i];
    }
    CHECK(sum == doctest::Approx(1).epsilon(1e-12));
  }
}

TEST_CASE("the entropy of a row is that of the perplexity, at any unit of the distances") {
  for (const double unit : {1e-12, 1.0, 1e9})
    for (const index_t count : {3, 16, 50}) {
      std::vector<double> d(at(padded(count))), p(at(padded(count)));
      for (std::size_t j = 0; j < at(count); ++j) d[j] = unit * (1 + random::uniform(4, 0, j));
      const double perplexity = 1 + 0.5 * static_cast<double>(count - 1) * 0.6;
      conditional(kernels_of<double>(best_instruction_set()), d.data(), count, perplexity, p.data());
      double entropy = 0, sum = 0;
      for (std::size_t j = 0; j < at(count); ++j) {
        entropy -= p[j] > 0 ? p[j] * std::log(p[j]) : 0;
        sum += p[j];
      }
      CHECK(sum == doctest::Approx(1).epsilon(1e-13));
      CHECK(std::exp(entropy) == doctest::Approx(perplexity).epsilon(1.1e-5));
    }
}

TEST_CASE("equal distances give equal affinities, and the nearest all of it at perplexity 1") {
  std::vector<double> d(16, 7.0), p(16);
  const auto kernels = kernels_of<double>(best_instruction_set());
  conditional(kernels, d.data(), 5, 2, p.data());
  for (std::size_t j = 0; j < 5; ++j) CHECK(p[j] == doctest::Approx(0.2).epsilon(1e-15));
  d = {3, 1, 2};
  d.resize(16);
  conditional(kernels, d.data(), 3, 1, p.data());
  CHECK(p[1] == doctest::Approx(1).epsilon(1e-5));
}

TEST_CASE("value and gradient are those of scikit-learn and of differences") {
  context<cpu> ctx(2);
  const auto p = dense_from(fixture(ctx, "p"));
  const auto want = fixture(ctx, "gradient");
  map_points<double> y = points_from<double>(fixture(ctx, "places"));
  map_forces<double> forces(ctx, p, tsne_method::exact, 0);
  forces.compute(y);
  CHECK(forces.divergence(y) == doctest::Approx(fixture(ctx, "divergence").to_host()[0]).epsilon(1e-8));
  for (index_t i = 0; i < y.count; ++i) {
    double x = 0, z = 0;
    forces.gradient(i, 1, x, z);
    CHECK(x == doctest::Approx(want.view()(i, 0)).epsilon(1e-7).scale(0.01));
    CHECK(z == doctest::Approx(want.view()(i, 1)).epsilon(1e-7).scale(0.01));
  }
  for (const index_t i : {0, 17, 44})
    for (const bool first : {true, false}) {
      double x = 0, z = 0;
      forces.compute(y);
      forces.gradient(i, 1, x, z);
      double& place = first ? y.x[at(i)] : y.y[at(i)];
      const double kept = place, step = 1e-5;
      const auto value = [&](double v) {
        place = v;
        forces.compute(y);
        return forces.divergence(y);
      };
      const double slope = (value(kept + step) - value(kept - step)) / (2 * step);
      place = kept;
      CHECK((first ? x : z) == doctest::Approx(slope).epsilon(1e-6).scale(1e-3));
    }
}

TEST_CASE("the start is that of scikit-learn") {
  context<cpu> ctx;
  const auto x = fixture(ctx, "x"), want = fixture(ctx, "pca");
  const auto means = linalg::column_means(ctx, x.view());
  matrix<double, cpu> centred(ctx, x.rows(), x.cols());
  centre<double>(x.view(), means, 0.25, centred.data());
  map_points<double> y(x.rows());
  principal_start<double>(ctx, {}, centred.view(), y);
  for (index_t i = 0; i < x.rows(); ++i) {
    CHECK(y.x[at(i)] == doctest::Approx(want.view()(i, 0)).epsilon(1e-8).scale(1e-6));
    CHECK(y.y[at(i)] == doctest::Approx(want.view()(i, 1)).epsilon(1e-8).scale(1e-6));
  }
}

TEST_CASE("Fourier transforms are the sums that define them, both ways, with every instruction set") {
  for (const instruction_set set : sets())
    for (const index_t n : {1, 2, 3, 4, 5, 6, 8, 9, 20, 25, 60, 96, 150, 225}) {
      CAPTURE(n);
      const auto length = static_cast<double>(n);
      for (const bool inverse : {false, true}) {
        // errors of a transform grow with log n, sums with sqrt n
        CHECK(largest_error(fourier_plan<double>(n), kernels_of<double>(set), inverse) <
              1e-15 * (1 + 2 * std::sqrt(length)));
        CHECK(largest_error(fourier_plan<float>(n), kernels_of<float>(set), inverse) <
              3e-7 * (1 + 2 * std::sqrt(length)));
      }
    }
  CHECK_THROWS_AS(fourier_plan<float>(14), argument_error);
  CHECK(smooth(1) == 1);
  CHECK(smooth(7) == 8);
  CHECK(smooth(241) == 243);
}

TEST_CASE("Barnes-Hut's forces are exact at angle 0 and within the square of the angle elsewhere") {
  context<cpu> ctx(2);
  for (const double width : {1e-3, 5.0, 80.0})
    for (const index_t n : {5, 33, 1000}) {
      CAPTURE(width);
      CAPTURE(n);
      const auto kernels = kernels_of<double>(ctx.instructions());
      const auto y = made_points<double>(n, width, 3);
      quadtree<double> tree;
      std::vector<map_force<double>> sums(at(n));
      tree.build(y, 0);
      const double z = tree.repel(ctx, kernels, sums.data());
      const difference exact = compared(y, sums, z);
      CHECK(exact.force < 1e-12);
      CHECK(exact.norm < 1e-13);
      for (const double angle : {0.2, 0.5, 0.8}) {
        tree.build(y, angle);
        const double near = tree.repel(ctx, kernels, sums.data());
        const difference d = compared(y, sums, near);
        // a square of side s has the second moment s^2 / 12 along either axis: the first term that a mass in its centre
        // lacks
        CHECK(d.force < angle * angle / 12);
        CHECK(d.norm < angle * angle / 12);
        for (index_t i = 0; i < n; i += 7) {
          const map_force<double> alone = tree.repel(kernels, y.x[at(i)], y.y[at(i)]);
          CHECK(alone.z == doctest::Approx(sums[at(i)].z).epsilon(angle * angle / 4));
        }
      }
    }
}

TEST_CASE("interpolated forces are as close as parabolas over half a unit come to the kernels") {
  context<cpu> ctx(2);
  // the kernel x / (1 + x^2)^2, at most 0.32, has third derivatives up to 12: a parabola over an interval h is off by
  // up to 12 / 6 h^3 (1/6)(3/6)(5/6), 0.017 at h = 1/2, at the ends of intervals; 1.4 times that over 0.32 in the worst
  // place
  for (const double width : {0.0, 1e-4, 3.0, 49.0, 120.0, 700.0})
    for (const index_t n : {2, 30, 2000}) {
      if (width > 100 && n < 2000) continue;  // a wide map is a large grid, for any n
      CAPTURE(width);
      CAPTURE(n);
      std::vector<map_force<double>> sums(at(n));
      std::vector<map_force<float>> rough(at(n));
      interpolation<double> grid;
      interpolation<float> rough_grid;
      const auto near = made_points<float>(n, width, 3);
      map_points<double> y(n);
      std::copy(near.x.begin(), near.x.end(), y.x.begin());
      std::copy(near.y.begin(), near.y.end(), y.y.begin());
      const double z = grid.repel(ctx, kernels_of<double>(ctx.instructions()), y, sums.data());
      if (width > 0) {
        const difference d = compared(y, sums, z);
        CHECK(d.force < (width > 256 ? 0.1 : width > 25 ? 0.02 : 1e-5));  // 512 intervals at most
        CHECK(d.norm < (width > 25 ? 1e-3 : 1e-7));
      } else {
        CHECK(z == doctest::Approx(static_cast<double>(n * n)).epsilon(1e-12));
      }
      // float: noise of the transforms, and a place among 512 intervals is known to 3e-5 of one
      const double rough_z = rough_grid.repel(ctx, kernels_of<float>(ctx.instructions()), near, rough.data());
      CHECK(rough_z == doctest::Approx(z).epsilon(3e-5));
      double error = 0, largest = 0.05;
      for (std::size_t i = 0; i < sums.size(); ++i) {
        largest = std::max({largest, std::abs(sums[i].x), std::abs(sums[i].y)});
        error = std::max({error, std::abs(sums[i].x - static_cast<double>(rough[i].x)),
                          std::abs(sums[i].y - static_cast<double>(rough[i].y))});
      }
      CHECK(error < 1e-4 * largest);
    }
}

TEST_CASE("a grid that is used again gives the bytes of a new one") {
  context<cpu> one(1), three(3);
  const auto kernels = kernels_of<float>(one.instructions());
  interpolation<float> grid;
  for (const double width : {2.0, 2.1, 90.0, 95.0, 2.0}) {
    const auto y = made_points<float>(500, width, 5);
    std::vector<map_force<float>> a(500), b(500);
    interpolation<float> fresh;
    CHECK(grid.repel(three, kernels, y, a.data()) == fresh.repel(one, kernels, y, b.data()));
    for (std::size_t i = 0; i < 500; ++i) CHECK((a[i].x == b[i].x && a[i].y == b[i].y));
  }
}

TEST_CASE("points in one place are one mass of the tree") {
  context<cpu> ctx;
  map_points<double> y(205);
  for (std::size_t i = 0; i < 205; ++i) y.x[i] = i < 5 ? static_cast<double>(i) : 20;
  quadtree<double> tree;
  tree.build(y, 0);
  std::vector<map_force<double>> sums(205);
  const double z = tree.repel(ctx, kernels_of<double>(ctx.instructions()), sums.data());
  const difference d = compared(y, sums, z);
  CHECK(d.force < 1e-12);
  CHECK(d.norm < 1e-12);
}
