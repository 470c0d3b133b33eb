// SPDX-License-Identifier: Apache-2.0
// Optimizers that update weights step by step, schedules, clipping, averages. Fixtures:
// tests/reference/optimizer_steps.py.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/optimizer/adadelta.hpp>
#include <kindred/optimizer/adagrad.hpp>
#include <kindred/optimizer/adam.hpp>
#include <kindred/optimizer/average.hpp>
#include <kindred/optimizer/clip.hpp>
#include <kindred/optimizer/rate_per_part.hpp>
#include <kindred/optimizer/rmsprop.hpp>
#include <kindred/optimizer/schedule.hpp>
#include <kindred/optimizer/sgd.hpp>
#include <limits>
#include <string>

#include "matrix_fixture.hpp"

using namespace kindred;
using namespace kindred::optimizer;

static_assert(Optimizer<scheduled<adam, cosine_decay>> && Optimizer<clip_norm<adamw>> && Optimizer<clip_value<sgd>>);
static_assert(Optimizer<rate_per_part<scheduled<clip_norm<sgd>, linear_warm_up>>>);

namespace {

using numbers = std::vector<double>;
constexpr double no_number = std::numeric_limits<double>::quiet_NaN(),
                 infinite = std::numeric_limits<double>::infinity();

numbers fixture(const std::string& name) {
  context<cpu> ctx;
  return matrix_fixture(ctx, "optimizer/steps.txt", name).to_host();
}

/// Weights after each of the steps, whose gradient is curvature * w + noise.
template <class D, class O>
std::vector<numbers> walk(context<D>& ctx, const O& o, index_t steps = 20) {
  const numbers curvature = fixture("curvature"), noise = fixture("noise");
  numbers w = fixture("start");
  const std::size_t n = w.size();
  vector<double, D> weights(ctx, w);
  typename O::template state<double, D> state(ctx, static_cast<index_t>(n));
  std::vector<numbers> all;
  for (index_t t = 0; t < steps; ++t) {
    numbers g(n);
    for (std::size_t i = 0; i < n; ++i) g[i] = curvature[i] * w[i] + noise[static_cast<std::size_t>(t) * n + i];
    const vector<double, D> gradient(ctx, g);
    o.update(ctx, state, weights.view(), gradient);
    w = weights.to_host();
    all.push_back(w);
  }
  CHECK(state.step == static_cast<std::uint64_t>(steps));
  return all;
}

template <class O>
void check(const std::string& name, const O& o) {
  CAPTURE(name);
  const numbers wanted = fixture(name);
  context<cpu> ctx;
  const numbers found = walk(ctx, o).back();
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(std::abs(found[i] - wanted[i]) < 1e-13);
}

/// Many weights with many numbers in the gradient, three steps.
template <class D, class O>
numbers three_steps(context<D>& ctx, const O& o) {
  const index_t n = 50000;
  numbers w(static_cast<std::size_t>(n)), g(w.size());
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = random::uniform(1, 0, i);
    g[i] = random::uniform(1, 1, i) - 0.5;
  }
  vector<double, D> weights(ctx, w);
  const vector<double, D> gradient(ctx, g);
  typename O::template state<double, D> state(ctx, n);
  for (int t = 0; t < 3; ++t) o.update(ctx, state, weights.view(), gradient);
  return weights.to_host();
}
template <class O>
void check_devices(const O& o) {
  context<cpu> one(1), two(2);
  context<emu> up, down(lane_order::descending);
  const numbers host = three_steps(one, o), device = three_steps(up, o);
  CHECK(host == three_steps(two, o));
  CHECK(device == three_steps(down, o));
  double furthest = 0;
  for (std::size_t i = 0; i < host.size(); ++i) furthest = std::max(furthest, std::abs(host[i] - device[i]));
  CHECK(furthest < 1e-14);
}

}  // namespace

TEST_CASE("twenty steps end where PyTorch's end") {
  check("sgd", sgd{.rate = 0.05});
  check("sgd_momentum", sgd{.rate = 0.05, .momentum = 0.9, .dampening = 0.25, .weight_decay = 0.125});
  check("sgd_nesterov", sgd{.rate = 0.05, .momentum = 0.8, .nesterov = true});
  check("adam", adam{});
  check("adam_amsgrad",
        adam{.rate = 0.1, .mean_decay = 0.8, .square_decay = 0.9, .weight_decay = 0.125, .amsgrad = true});
  check("adamw", adamw{.rate = 0.1});
  check(
      "adamw_amsgrad",
      adamw{
          .rate = 0.1, .mean_decay = 0.8, .square_decay = 0.9, .epsilon = 1e-3, .weight_decay = 0.5, .amsgrad = true});
  check("rmsprop", rmsprop{});
  check("rmsprop_centred",
        rmsprop{.rate = 0.02, .smoothing = 0.9, .weight_decay = 0.125, .momentum = 0.5, .centred = true});
  check("adadelta", adadelta{});
  check("adadelta_decay", adadelta{.rate = 0.5, .smoothing = 0.8, .epsilon = 1e-3, .weight_decay = 0.125});
  check("adagrad", adagrad{});
  check("adagrad_decay", adagrad{.rate = 0.2, .rate_decay = 0.125, .weight_decay = 0.125, .initial = 0.5});
}

TEST_CASE("schedules, clipping, averages and rates of parts are PyTorch's too") {
  constexpr sgd base{.rate = 0.05, .momentum = 0.5};
  check("step_decay", scheduled<sgd, step_decay>{base, {.every = 6, .decay = 0.5}});
  check("exponential_decay", scheduled<sgd, exponential_decay>{base, {.decay = 0.9}});
  check("cosine_decay", scheduled<sgd, cosine_decay>{base, {.period = 20, .lowest = 0.1}});
  check("cosine_restarts",
        scheduled<sgd, cosine_decay>{base, {.period = 4, .lowest = 0.1, .restarts = true, .stretch = 2}});
  check("warm_up", scheduled<scheduled<sgd, exponential_decay>, linear_warm_up>{{base, {.decay = 0.9}},
                                                                                {.steps = 8, .first = 0.25}});
  check("clip_norm", clip_norm<sgd>{base, 2});
  check("clip_value", clip_value<sgd>{base, 0.75});
  check("rate_per_part", rate_per_part<adam>{{.rate = 0.1}, {{0, 4, 5}, {0, 3, 0.1}, {3, 1, 1}, {6, 1, 0}}});

  context<cpu> ctx;
  const auto path = walk(ctx, base);
  const numbers wanted = fixture("averaged_average");
  for (const bool corrected : {false, true}) {
    const average mean{.decay = 0.75, .corrected = corrected};
    average::state<double, cpu> state(ctx, 7, 2);
    numbers sum(7), buffers{1, 2};
    for (const numbers& w : path) {
      mean.update(ctx, state, vector<double, cpu>(ctx, w), vector<double, cpu>(ctx, buffers));
      for (std::size_t i = 0; i < 7; ++i) sum[i] = 0.75 * sum[i] + 0.25 * w[i];
      buffers[1] += 1;
    }
    vector<double, cpu> weights(ctx, path.back()), running(ctx, buffers);
    mean.swap(ctx, state, weights.view(), running.view());
    for (std::size_t i = 0; i < 7; ++i) {
      const double right = corrected ? sum[i] / (1 - std::pow(0.75, 20)) : wanted[i];
      CHECK(std::abs(weights.data()[i] - right) < 1e-14);
    }
    CHECK(running.data()[0] == 1);
    CHECK(running.data()[1] > 17);
    CHECK(running.data()[1] < 19);
    mean.swap(ctx, state, weights.view(), running.view());
    CHECK(weights.to_host() == path.back());
    CHECK(running.to_host() == buffers);
  }
}

TEST_CASE("schedules before their start, after their end and at turns") {
  CHECK(constant{}(7) == 1);
  CHECK(step_decay{.every = 2, .decay = 0.5, .start = 3}(4) == 1);
  CHECK(step_decay{.every = 2, .decay = 0.5, .start = 3}(5) == 0.5);
  CHECK(exponential_decay{.decay = 0.5, .start = 3}(2) == 1);
  CHECK(exponential_decay{.decay = 0.5, .start = 3}(5) == 0.25);
  constexpr cosine_decay once{.period = 10, .lowest = 0.25, .start = 5};
  CHECK(once(0) == 1);
  CHECK(once(10) == doctest::Approx(0.625));
  CHECK(once(15) == 0.25);
  CHECK(once(1000) == 0.25);
  constexpr cosine_decay again{.period = 10, .restarts = true};
  CHECK(again(9) < 0.05);
  CHECK(again(10) == 1);
  CHECK(again(1000000000000) == 1);
  CHECK(linear_warm_up{.steps = 4, .first = 0.5}(1) == 0.625);
  CHECK(linear_warm_up{.steps = 4, .first = 0.5}(4) == 1);
  CHECK_THROWS_AS(step_decay{.every = 0}(0), argument_error);
  CHECK_THROWS_AS(cosine_decay{.period = 0}(0), argument_error);
  CHECK_THROWS_AS(linear_warm_up{.steps = 0}(0), argument_error);
}

TEST_CASE("the same bytes for 1 and 2 threads and both orders of lanes") {
  check_devices(clip_norm<sgd>{{.momentum = 0.9, .nesterov = true}, 3});
  check_devices(clip_value<adam>{{.amsgrad = true}, 0.25});
  check_devices(rate_per_part<adamw>{{}, {{10, 20000, 0.5}}});
  check_devices(rmsprop{.momentum = 0.5, .centred = true});
  check_devices(adadelta{});
  check_devices(adagrad{});
}

TEST_CASE("a state that is written and read by name goes on as if nothing had been") {
  context<cpu> ctx;
  const adam o{.rate = 0.1, .amsgrad = true};
  vector<double, cpu> w(ctx, fixture("start"));
  const vector<double, cpu> g(ctx, fixture("curvature"));
  adam::state<double, cpu> first(ctx, 7);
  for (int t = 0; t < 3; ++t) o.update(ctx, first, w.view(), g);
  std::vector<numbers> kept;
  std::string names;
  first.visit([&](const char* name, vector_view<double, cpu> v) {
    names += name + std::string(" ");
    kept.emplace_back(v.begin(), v.end());
  });
  CHECK(names == "mean square largest ");
  adam::state<double, cpu> second(ctx, 7);
  second.step = first.step;
  std::size_t at = 0;
  second.visit([&](const char*, vector_view<double, cpu> v) {
    for (index_t i = 0; i < v.size(); ++i) v(i) = kept[at][static_cast<std::size_t>(i)];
    ++at;
  });
  vector<double, cpu> other = w.clone();
  o.update(ctx, first, w.view(), g);
  o.update(ctx, second, other.view(), g);
  CHECK(w.to_host() == other.to_host());
}

TEST_CASE("gradients that are not finite spoil what the documentation says, and no more") {
  context<cpu> ctx;
  const auto after = [&](auto o, const numbers& gradient) {
    vector<double, cpu> w(ctx, numbers{1, 1, 1});
    const vector<double, cpu> g(ctx, gradient);
    typename decltype(o)::template state<double, cpu> state(ctx, 3);
    o.update(ctx, state, w.view(), g);
    return w.to_host();
  };
  const numbers one = after(adam{.rate = 0.5}, {1, no_number, 0});
  CHECK(one[0] == doctest::Approx(0.5));
  CHECK(one[1] != one[1]);
  CHECK(one[2] == 1);
  for (const double w : after(clip_norm<sgd>{{.rate = 1}, 1}, {1, no_number, 0})) CHECK(w != w);
  const numbers cut = after(clip_norm<sgd>{{.rate = 1}, 1}, {1, infinite, 0});
  CHECK(cut[0] == 1);
  CHECK(cut[1] != cut[1]);
  CHECK(after(clip_value<sgd>{{.rate = 1}, 0.5}, {1, -infinite, 0.25}) == numbers{0.5, 1.5, 0.75});
  // shorter than the limit: not a bit is changed
  CHECK(after(clip_norm<sgd>{{.rate = 1}, 1}, {0.3, 0.2, 0.1}) == after(sgd{.rate = 1}, {0.3, 0.2, 0.1}));
  // no weights at all
  vector<double, cpu> none(ctx, 0);
  clip_norm<adam>::state<double, cpu> empty(ctx, 0);
  clip_norm<adam>{}.update(ctx, empty, none.view(), none);
  CHECK(empty.step == 1);
}

namespace {
struct two_layers {
  template <class Visit>
  void parameters(Visit visit) const {
    visit("0.weight", index_t(0), index_t(2), index_t(2));
    visit("0.bias", index_t(4), index_t(1), index_t(2));
    visit("1.bias", index_t(6), index_t(1), index_t(1));
  }
};
}  // namespace

TEST_CASE("what does not fit is refused before anything changes") {
  context<cpu> ctx;
  vector<double, cpu> w(ctx, 3);
  const vector<double, cpu> g(ctx, 3), short_one(ctx, 2);
  adam::state<double, cpu> s(ctx, 3), other(ctx, 4);
  sgd::state<double, cpu> v(ctx, 3);
  CHECK_THROWS_WITH_AS(adam{}.update(ctx, s, w.view(), short_one), doctest::Contains("a gradient of 2"), shape_error);
  CHECK_THROWS_AS(adam{}.update(ctx, other, w.view(), g), shape_error);
  CHECK_THROWS_WITH_AS(adam{.rate = no_number}.update(ctx, s, w.view(), g),
                       doctest::Contains("expected rate to be finite and at least 0, got nan"), argument_error);
  CHECK_THROWS_WITH_AS(adam{.mean_decay = 1}.update(ctx, s, w.view(), g),
                       doctest::Contains("expected mean_decay in [0, 1), got 1"), argument_error);
  for (const double out : {-1.0, no_number, HUGE_VAL}) {
    CHECK_THROWS_AS(sgd{.rate = out}.update(ctx, v, w.view(), g), argument_error);
    CHECK_THROWS_AS(adam{.epsilon = out}.update(ctx, s, w.view(), g), argument_error);
    CHECK_THROWS_AS(adam{.weight_decay = out}.update(ctx, s, w.view(), g), argument_error);
    CHECK_THROWS_AS((rate_per_part<adam>{{}, {{1, 1, out}}}.update(ctx, s, w.view(), g)), argument_error);
    CHECK_THROWS_AS(step_decay{.decay = out}(0), argument_error);
    CHECK_THROWS_AS(exponential_decay{.decay = out}(0), argument_error);
    CHECK_THROWS_AS(cosine_decay{.lowest = out}(0), argument_error);
    CHECK_THROWS_AS(linear_warm_up{.first = out}(0), argument_error);
  }
  CHECK_THROWS_AS(sgd{.nesterov = true}.update(ctx, v, w.view(), g), argument_error);
  CHECK_THROWS_AS((clip_norm<adam>{{}, 0}.update(ctx, s, w.view(), g)), argument_error);
  CHECK_THROWS_AS((clip_value<adam>{{}, no_number}.update(ctx, s, w.view(), g)), argument_error);
  CHECK_THROWS_AS((rate_per_part<adam>{{}, {{1, 3, 1}}}.update(ctx, s, w.view(), g)), shape_error);
  CHECK_THROWS_AS((rate_per_part<adam>{{}, {{1, 1, -1}}}.update(ctx, s, w.view(), g)), argument_error);
  CHECK(s.step == 0);
  rate_per_part<adam> parts;
  parts.set(two_layers{}, "0.", 0.5);
  REQUIRE(parts.parts.size() == 2);
  CHECK(parts.parts[0].count == 4);
  CHECK(parts.parts[1].begin == 4);
  CHECK_THROWS_WITH_AS(parts.set(two_layers{}, "2.", 1), doctest::Contains("2...."), argument_error);
  average::state<double, cpu> mean(ctx, 3);
  CHECK_THROWS_AS(average{}.update(ctx, mean, short_one), shape_error);
  CHECK_THROWS_AS(average{.decay = 1}.update(ctx, mean, g), argument_error);
  w = vector<double, cpu>(ctx, numbers{1, 2, 3});
  average{}.swap(ctx, mean, w.view());  // nothing was averaged yet
  CHECK(w.to_host() == numbers{1, 2, 3});
}
