// SPDX-License-Identifier: Apache-2.0
// The learners on neighbour graphs with 20,000 pairs: a full matrix of the 40,000 nodes of a graph would take 12,207
// MiB. The peak is the one that the system reports, so this is a program of its own.
#include <doctest/doctest.h>

#include <chrono>
#include <kindred/core/random.hpp>
#include <kindred/projection/jgrhml.hpp>
#include <kindred/projection/jrl.hpp>
#include <kindred/projection/s2upg.hpp>
#include <string>

#include "peak_memory.hpp"

using namespace kindred;

namespace {

struct many_pairs {
  static constexpr index_t n = 20000, p = 48, q = 24, classes = 10;
  context<cpu> ctx{2};
  matrix<float, cpu> x = made(p, 1), y = made(q, 2);
  std::vector<label_t> labels = named();

  static label_t class_of(index_t i) { return static_cast<label_t>(i * 7 % classes); }
  static std::vector<label_t> named() {
    std::vector<label_t> out;
    for (index_t i = 0; i < n; ++i) out.push_back(class_of(i));
    return out;
  }
  /// A centre for each class and noise about it.
  matrix<float, cpu> made(index_t columns, std::uint64_t stream) {
    matrix<float, cpu> m(ctx, n, columns);
    for (index_t i = 0; i < n; ++i)
      for (index_t j = 0; j < columns; ++j)
        m.view()(i, j) =
            static_cast<float>(random::normal(1, stream, static_cast<std::uint64_t>(i * columns + j)) +
                               0.5 * random::normal(2, stream, static_cast<std::uint64_t>(class_of(i) * columns + j)));
    return m;
  }
  /// Share of rows whose largest coordinate is that of their class.
  double right(const matrix<float, cpu>& coordinates) const {
    double count = 0;
    for (index_t i = 0; i < coordinates.rows(); ++i) {
      index_t best = 0;
      for (index_t c = 1; c < classes; ++c)
        if (coordinates.view()(i, c) > coordinates.view()(i, best)) best = c;
      count += best == class_of(i);
    }
    return count / static_cast<double>(coordinates.rows());
  }
  template <class Learner>
  void fits(const char* name, const Learner& learner, double most_mib) {
    if (status_mib("VmHWM") < 0 || !forget_peak()) {
      MESSAGE("no peak of memory is reported here");
      return;
    }
    const double before = status_mib("VmHWM");
    const auto start = std::chrono::steady_clock::now();
    const auto fitted = learner.fit(ctx, x, y, labels);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double peak = status_mib("VmHWM") - before;
    // the rows that it learned from: chance is 0.1
    const auto some = [](const matrix<float, cpu>& m) { return m.view().middle_rows(0, 500); };
    const double images = right(fitted.first(ctx, some(x))), texts = right(fitted.second(ctx, some(y)));
    MESSAGE(std::string(name) << ": " << seconds << " s, " << peak << " MiB more, right " << images << " and "
                              << texts);
    CHECK(peak < most_mib);
    CHECK(images > 0.5);
    CHECK(texts > 0.3);
  }
};

}  // namespace

TEST_CASE_FIXTURE(many_pairs, "20,000 pairs are learned from without a matrix of all pairs of nodes") {
  fits("jgrhml", projection::jgrhml{.neighbours = 30}, 200);
  fits("jrl", projection::jrl{.gamma = 10, .sigma = 0.1, .neighbours = 30}, 100);
  fits("s2upg", projection::s2upg{.gamma = 100, .neighbours = 30, .iterations = 1}, 100);
}
