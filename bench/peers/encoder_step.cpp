// SPDX-License-Identifier: Apache-2.0
// One training step of a convolutional encoder, beside PyTorch: see bench/peers/encoder_step.py, which runs this
// program.
//
//   encoder_step SIDE CHANNELS THREADS STEPS [parts]
//
// prints the milliseconds of each step: forward, loss, backward, update. With "parts", the median of each layer
// instead.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/encoder/convolutional.hpp>
#include <kindred/encoder/network.hpp>
#include <string>

namespace kd = kindred;
using kd::cpu;
using kd::index_t;

namespace {

struct squared_difference_at {
  kd::matrix_view<const float, cpu> y, target;
  kd::matrix_view<float, cpu> dy;
  float scale;
  void operator()(index_t r, index_t c) const { dy(r, c) = scale * (y(r, c) - target(r, c)); }
};
struct momentum_at {
  kd::vector_view<float, cpu> weights, gradient, velocity;
  void operator()(index_t i) const {
    velocity(i) = 0.9f * velocity(i) + gradient(i);
    weights(i) -= 0.01f * velocity(i);
    gradient(i) = 0;
  }
};

kd::matrix<float, cpu> noise(kd::context<cpu>& ctx, index_t rows, index_t cols, std::uint64_t seed) {
  kd::matrix<float, cpu> m(ctx, rows, cols, kd::uninitialized);
  for (index_t i = 0; i < rows * cols; ++i)
    m.data()[i] = static_cast<float>(kd::random::uniform(seed, 0, static_cast<std::uint64_t>(i)));
  return m;
}

double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The layers one by one, forward and backward.
template <std::size_t I, std::size_t parts, class Net>
void time_parts(kd::context<cpu>& ctx, const Net& net, const kd::shape& in) {
  if constexpr (I < parts) {
    const auto& layer = net.template get<I>();
    const kd::shape out = layer.output(in);
    const auto x = noise(ctx, in.rows, in.cols, 1), dy = noise(ctx, out.rows, out.cols, 2);
    kd::matrix<float, cpu> y(ctx, out.rows, out.cols), dx(ctx, in.rows, in.cols);
    kd::vector<float, cpu> w(ctx, layer.parameter_count()), dw(ctx, layer.parameter_count()),
        b(ctx, layer.buffer_count()), cache(ctx, layer.cache_size(in));
    layer.initialize(ctx, w.view(), b.view(), 1);
    const auto batch = [&](auto rows, const kd::shape& s) {
      return kd::layer::as_batch(rows, s, kd::batch_view<float, cpu>());
    };
    std::vector<double> forward, backward;
    for (int i = 0; i < 20; ++i) {
      const double a = now();
      layer.forward(ctx, kd::layer::forward_pass<float, cpu>{w.view(), b.view(), batch(x.view(), in),
                                                             batch(y.view(), out), cache.view()});
      const double c = now();
      layer.backward(
          ctx, kd::layer::backward_pass<float, cpu>{
                   w.view(), b.view(), batch(x.view(), in), batch(std::as_const(y).view(), out), batch(dy.view(), out),
                   I == 0 ? kd::batch_view<float, cpu>() : batch(dx.view(), in), dw.view(), cache.view()});
      forward.push_back(c - a);
      backward.push_back(now() - c);
    }
    std::sort(forward.begin(), forward.end());
    std::sort(backward.begin(), backward.end());
    std::printf("%-28s %8.2f %8.2f\n", layer.description().c_str(), forward[10], backward[10]);
    time_parts<I + 1, parts>(ctx, net, out);
  }
}

}  // namespace

int main(int count, char** arguments) {
  const auto number = [&](int i, int otherwise) { return count > i ? std::atoi(arguments[i]) : otherwise; };
  const index_t side = number(1, 28), channels = number(2, 1), batch = 64, width = 64, dimension = 128;
  const int steps = number(4, 10);
  kd::context<cpu> ctx(number(3, 2));
  const kd::shape in = kd::shape::pictures(batch, side, side, channels);
  kd::encoder::network<decltype(kd::encoder::conv4(in, width, dimension)), float, cpu> net(
      ctx, kd::encoder::conv4(in, width, dimension), 1, in);
  if (count > 5) {
    time_parts<0, 16>(ctx, net.spec().get<0>(), in);
    return 0;
  }
  const auto x = noise(ctx, in.rows, in.cols, 1), target = noise(ctx, batch, dimension, 2);
  kd::matrix<float, cpu> y(ctx, batch, dimension), dy(ctx, batch, dimension);
  kd::vector<float, cpu> cache(ctx, net.spec().cache_size(in)), velocity(ctx, net.weights().size());
  const kd::batch_view<const float, cpu> pictures(x.view(), {}, in.items, in.longest, in.height);
  using rows = kd::batch_view<float, cpu>;
  using const_rows = kd::batch_view<const float, cpu>;
  double sum = 0;
  for (int step = -2; step < steps; ++step) {
    const double start = now();
    net.forward(ctx, pictures, rows(y.view()), cache.view());
    ctx.for_each(batch, dimension,
                 squared_difference_at{y.view(), target.view(), dy.view(), 2.0f / float(batch * dimension)});
    double loss = 0;
    for (index_t i = 0; i < batch * dimension; ++i) loss += double(dy.data()[i]) * double(dy.data()[i]);
    sum += loss;
    net.backward(ctx, pictures, const_rows(y.view()), const_rows(dy.view()), rows(), cache.view());
    ctx.for_each(net.weights().size(), momentum_at{net.weights(), net.gradient(), velocity.view()});
    if (step >= 0) std::printf("%.3f\n", now() - start);
  }
  return sum == sum ? 0 : 1;
}
