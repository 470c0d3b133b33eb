// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <kindred/layer/conv2d.hpp>
#include <vector>

using namespace kindred;

namespace {

/// Pictures through plain loops: y(i, v, u, j), weights as conv2d lays them out.
template <class T>
std::vector<double> plain_convolution(const layer::conv2d& l, const shape& in, const std::vector<T>& x,
                                      const std::vector<T>& w) {
  const shape out = l.output(in);
  const index_t from = l.in / l.options.groups, to = l.out / l.options.groups;
  std::vector<double> y;
  for (index_t i = 0; i < out.items; ++i)
    for (index_t v = 0; v < out.height; ++v)
      for (index_t u = 0; u < out.width(); ++u)
        for (index_t j = 0; j < l.out; ++j) {
          double sum = 0;
          for (index_t a = 0; a < l.size; ++a)
            for (index_t b = 0; b < l.size; ++b)
              for (index_t c = 0; c < from; ++c) {
                const index_t py = v * l.options.stride - l.options.padding + a * l.options.dilation;
                const index_t px = u * l.options.stride - l.options.padding + b * l.options.dilation;
                if (py < 0 || px < 0 || py >= in.height || px >= in.width()) continue;
                const index_t pixel = (i * in.height + py) * in.width() + px;
                sum += static_cast<double>(x[static_cast<std::size_t>(pixel * l.in + j / to * from + c)]) *
                       static_cast<double>(w[static_cast<std::size_t>(((a * l.size + b) * from + c) * l.out + j)]);
              }
          y.push_back(sum);
        }
  return y;
}

std::vector<float> noise(index_t count, std::uint64_t seed) {
  std::vector<float> v(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(random::uniform(seed, 0, i) - 0.5);
  return v;
}

struct outcome {
  std::vector<float> y, dx, dw;
};
outcome run(const layer::conv2d& l, const shape& in, int threads, instruction_set set) {
  context<cpu> ctx(threads, set);
  const shape out = l.output(in);
  const matrix<float, cpu> x(ctx, in.rows, in.cols, noise(in.rows * in.cols, 1));
  const matrix<float, cpu> dy(ctx, out.rows, out.cols, noise(out.rows * out.cols, 2));
  const vector<float, cpu> w(ctx, noise(l.parameter_count(), 3));
  matrix<float, cpu> y(ctx, out.rows, out.cols), dx(ctx, in.rows, in.cols);
  vector<float, cpu> dw(ctx, l.parameter_count());
  const auto batch = [](auto rows, const shape& s) { return layer::as_batch(rows, s, batch_view<float, cpu>()); };
  l.forward(ctx, layer::forward_pass<float, cpu>{w.view(), {}, batch(x.view(), in), batch(y.view(), out), {}});
  l.backward(ctx, layer::backward_pass<float, cpu>{w.view(),
                                                   {},
                                                   batch(x.view(), in),
                                                   batch(std::as_const(y).view(), out),
                                                   batch(dy.view(), out),
                                                   batch(dx.view(), in),
                                                   dw.view(),
                                                   {}});
  return {y.to_host(), dx.to_host(), dw.to_host()};
}

double product(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

}  // namespace

TEST_CASE("convolutions beyond one block agree with plain loops, whatever the threads and instructions") {
  struct size {
    layer::conv2d l;
    shape in;
  };
  const size sizes[] = {
      {{3, 64, 3, {.padding = 1, .bias = false}},
       shape::pictures(6, 30, 31, 3)},  // several pieces of pixels, a whole panel
      {{20, 70, 3, {.padding = 1, .bias = false}}, shape::pictures(2, 9, 13, 20)},  // an odd number of outputs
      {{140, 33, 3, {.stride = 2, .bias = false}}, shape::pictures(1, 9, 9, 140)},  // patches of more than one block
      {{4, 520, 1, {.bias = false}}, shape::pictures(1, 12, 11, 4)},                // more outputs than a group
      {{36, 24, 3, {.padding = 2, .dilation = 2, .groups = 2, .bias = false}}, shape::pictures(2, 8, 7, 36)}};
  for (const size& each : sizes) {
    const layer::conv2d& l = each.l;
    const shape& in = each.in;
    const std::string what = l.description();
    INFO(what);
    const auto x = noise(in.rows * in.cols, 1), w = noise(l.parameter_count(), 3);
    const auto wanted = plain_convolution(l, in, x, w);
    const shape out = l.output(in);
    const auto dy = noise(out.rows * out.cols, 2);
    for (const instruction_set set : {instruction_set::baseline, instruction_set::avx2, instruction_set::avx512}) {
      if (set > best_instruction_set()) continue;
      const outcome one = run(l, in, 1, set), two = run(l, in, 2, set), five = run(l, in, 5, set);
      CHECK((one.y == two.y && one.dx == two.dx && one.dw == two.dw));
      CHECK((one.y == five.y && one.dx == five.dx && one.dw == five.dw));
      double worst = 0;
      for (std::size_t i = 0; i < wanted.size(); ++i)
        worst = std::max(worst, std::abs(static_cast<double>(one.y[i]) - wanted[i]));
      CHECK(worst < 2e-5);
      // the backward passes are the adjoints of a map that is linear in x and in w
      const double value = product(dy, one.y);
      CHECK(std::abs(product(x, one.dx) - value) < 1e-3 * (1 + std::abs(value)));
      CHECK(std::abs(product(w, one.dw) - value) < 1e-3 * (1 + std::abs(value)));
      // one number of each gradient by its own sum
      const std::size_t at = one.dw.size() / 2;
      std::vector<float> unit(w.size());
      unit[at] = 1;
      const auto response = plain_convolution(l, in, x, unit);
      double slope = 0;
      for (std::size_t i = 0; i < response.size(); ++i) slope += response[i] * static_cast<double>(dy[i]);
      CHECK(std::abs(static_cast<double>(one.dw[at]) - slope) < 1e-4 * (1 + std::abs(slope)));
    }
  }
}
