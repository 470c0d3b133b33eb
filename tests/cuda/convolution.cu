// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/cuda.cuh>
#include <kindred/core/random.hpp>
#include <kindred/encoder/convolutional.hpp>
#include <kindred/layer/conv1d.hpp>
#include <kindred/layer/pooling.hpp>

using namespace kindred;
using layer::pooling;

namespace {

template <Device D>
vector<float, D> noise(context<D>& ctx, index_t count, std::uint64_t seed) {
  std::vector<float> v(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(random::uniform(seed, 0, i) - 0.5);
  return vector<float, D>(ctx, v);
}

struct outcome {
  std::vector<float> y, dx, dw, buffers;
};

/// One forward and one backward pass.
template <Device D, class L>
outcome passes(const L& l, const shape& in) {
  context<D> ctx;
  const shape out = l.output(in);
  const auto x = noise(ctx, in.rows * in.cols, 1), dy = noise(ctx, out.rows * out.cols, 2);
  vector<float, D> y(ctx, dy.size()), dx(ctx, x.size()), w(ctx, l.parameter_count()), dw(ctx, w.size()),
      buffers(ctx, l.buffer_count()), cache(ctx, l.cache_size(in));
  l.initialize(ctx, w.view(), buffers.view(), 3);
  const auto batch = [](auto v, const shape& s) {
    return layer::as_batch(as_matrix(v, s.rows, s.cols), s, batch_view<float, D>());
  };
  l.forward(ctx, layer::forward_pass<float, D>{w.view(), buffers.view(), batch(x.view(), in), batch(y.view(), out),
                                               cache.view()});
  l.backward(ctx, layer::backward_pass<float, D>{w.view(), buffers.view(), batch(x.view(), in),
                                                 batch(std::as_const(y).view(), out), batch(dy.view(), out),
                                                 batch(dx.view(), in), dw.view(), cache.view()});
  return {y.to_host(), dx.to_host(), dw.to_host(), buffers.to_host()};
}

void check_close(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0, scale = 1e-3;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double error = std::fabs(double(a[i]) - double(b[i]));
    if (!(error <= worst)) worst = error;
    scale = std::fmax(scale, std::fabs(double(b[i])));
  }
  CHECK(worst < 1e-4 * scale);
}

template <class L>
void agree(const L& l, const shape& in) {
  INFO(l.description());
  const outcome host = passes<cpu>(l, in), device = passes<cuda>(l, in);
  check_close(device.y, host.y);
  check_close(device.dx, host.dx);
  check_close(device.dw, host.dw);
  check_close(device.buffers, host.buffers);
}

}  // namespace

TEST_CASE("convolutions, pools and batch_norm on the GPU are those of the host") {
  agree(layer::conv2d(8, 64, 3, {.padding = 1}), shape::pictures(3, 20, 21, 8));
  agree(layer::conv2d(6, 4, 3, {.stride = 2, .padding = 2, .dilation = 2, .groups = 2}), shape::pictures(2, 9, 14, 6));
  agree(layer::conv1d(5, 7, 4, {.stride = 2}), shape::sequences(3, 40, 5));
  agree(layer::batch_norm(70), shape::pictures(3, 20, 21, 70));
  agree(layer::pool2d<pooling::maximum>(3, {.stride = 2, .padding = 1}), shape::pictures(2, 9, 14, 40));
  agree(layer::pool2d<pooling::average>(2), shape::pictures(2, 9, 14, 3));
  agree(layer::pool1d<pooling::average>(3, {.stride = 1}), shape::sequences(2, 9, 3));
  agree(layer::global_pool<pooling::average>(), shape::pictures(4, 5, 6, 33));
}

TEST_CASE("a convolutional encoder on the GPU gives the embeddings of the host") {
  const shape in = shape::pictures(4, 16, 16, 3);
  check_close(passes<cuda>(encoder::conv4(in, 16, 32), in).y, passes<cpu>(encoder::conv4(in, 16, 32), in).y);
}
