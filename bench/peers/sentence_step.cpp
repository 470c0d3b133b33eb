// SPDX-License-Identifier: Apache-2.0
// One training step of encoders of sentences, beside PyTorch: see bench/peers/sentence_step.py, which runs this
// program.
//
//   sentence_step CASE THREADS STEPS [parts]
//
// CASE  cnn, cnn_frozen, lstm, lstm_dx or gru. Prints the milliseconds of each step: forward, loss, backward, update.
//       With "parts" the median of each of these instead.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/encoder/sentence_cnn.hpp>
#include <kindred/layer/gru.hpp>
#include <kindred/layer/lstm.hpp>
#include <kindred/optimizer/sgd.hpp>
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

kd::matrix<float, cpu> noise(kd::context<cpu>& ctx, index_t rows, index_t cols, std::uint64_t seed) {
  kd::matrix<float, cpu> m(ctx, rows, cols, kd::uninitialized);
  for (index_t i = 0; i < rows * cols; ++i)
    m.data()[i] = static_cast<float>(kd::random::uniform(seed, 0, static_cast<std::uint64_t>(i)));
  return m;
}
double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// `steps` steps of `spec` over x; dx is wanted where it is there.
template <class Spec, template <class, class> class X>
void train(kd::context<cpu>& ctx, const Spec& spec, X<const float, cpu> x, X<float, cpu> dx, int steps, bool parts) {
  kd::encoder::network<Spec, float, cpu> net(ctx, spec, 1);
  const kd::shape in = x.shape(), out = net.output(in);
  const auto target = noise(ctx, out.rows, out.cols, 2);
  kd::matrix<float, cpu> y(ctx, out.rows, out.cols), dy(ctx, out.rows, out.cols);
  kd::vector<float, cpu> cache(ctx, net.cache_size(in));
  const kd::optimizer::sgd optimizer{.rate = 0.01};
  kd::optimizer::sgd::state<float, cpu> state(ctx, net.weights().size());
  const auto as_output = [&](auto rows) { return kd::layer::as_batch(rows, out, x); };
  std::vector<double> times[5];
  for (int step = -3; step < steps; ++step) {
    const double a = now();
    ctx.zero(net.gradient().data(), net.gradient().size() * static_cast<index_t>(sizeof(float)));
    const double b = now();
    const auto seed = static_cast<std::uint64_t>(step + 3);
    net.forward(ctx, x, as_output(y.view()), cache.view(), kd::layer::mode::train, seed);
    const double c = now();
    ctx.for_each(out.rows, out.cols,
                 squared_difference_at{y.view(), target.view(), dy.view(), 2.0f / float(out.rows * out.cols)});
    const double d = now();
    net.backward(ctx, x, as_output(std::as_const(y).view()), as_output(std::as_const(dy).view()), dx, cache.view(),
                 kd::layer::mode::train, seed);
    const double e = now();
    optimizer.update(ctx, state, net.weights(), net.gradient());
    const double f = now();
    if (step < 0) continue;
    if (!parts) std::printf("%.3f\n", f - a);
    const double each[5] = {b - a, c - b, d - c, e - d, f - e};
    for (int i = 0; i < 5; ++i) times[i].push_back(each[i]);
  }
  const char* const names[5] = {"zero", "forward", "loss", "backward", "update"};
  if (parts)
    for (int i = 0; i < 5; ++i) {
      std::sort(times[i].begin(), times[i].end());
      std::printf("%-10s %8.2f\n", names[i], times[i][times[i].size() / 2]);
    }
}

}  // namespace

int main(int count, char** arguments) {
  const std::string which = count > 1 ? arguments[1] : "cnn";
  const auto number = [&](int i, int otherwise) { return count > i ? std::atoi(arguments[i]) : otherwise; };
  kd::context<cpu> ctx(number(2, 2));
  const int steps = number(3, 10);
  const bool parts = count > 4;
  const index_t items = 64;
  if (which.rfind("cnn", 0) == 0) {
    const index_t length = 40, vocabulary = 20000;
    std::vector<kd::label_t> ids;
    for (index_t i = 0; i < items * length; ++i)
      ids.push_back(static_cast<kd::label_t>(kd::random::uniform(3, 0, static_cast<std::uint64_t>(i)) *
                                             static_cast<double>(vocabulary)));
    const kd::vector<kd::label_t, cpu> values(ctx, ids);
    const kd::tokens<const float, cpu> words(values.view(), {}, items, length);
    using kd::layer::embedding_tables;
    const auto tables = which == "cnn" ? embedding_tables::trained : embedding_tables::frozen;
    train(ctx, kd::encoder::sentence_cnn(kd::layer::embedding(vocabulary, 300, {.tables = tables})), words,
          kd::tokens<float, cpu>(), steps, parts);
    return 0;
  }
  const index_t times = 49, width = 512;
  const auto numbers = noise(ctx, items * times, width, 1);
  kd::matrix<float, cpu> gradient(ctx, items * times, width);
  const kd::batch_view<const float, cpu> x(numbers.view(), {}, items, times);
  kd::batch_view<float, cpu> dx;
  if (which == "lstm_dx") dx = {gradient.view(), {}, items, times};
  if (which == "gru")
    train(ctx, kd::layer::gru(width, width), x, dx, steps, parts);
  else
    train(ctx, kd::layer::lstm(width, width), x, dx, steps, parts);
}
