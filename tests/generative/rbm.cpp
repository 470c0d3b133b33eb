// SPDX-License-Identifier: Apache-2.0
// rbm against updates written in NumPy (tests/reference/encoder_rbm.py), against energies summed over all hidden
// states, and on data with known factors.
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/encoder/concept.hpp>
#include <kindred/generative/rbm.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <limits>
#include <string>

#include "io/files.hpp"
#include "matrix_fixture.hpp"

using namespace kindred;
using generative::rbm;
using generative::rbm_options;
using generative::rbm_visible;
using host_matrix = matrix<double, cpu>;

namespace {

const std::pair<std::string, rbm_visible> kinds[] = {{"bernoulli", rbm_visible::bernoulli},
                                                     {"gaussian", rbm_visible::gaussian},
                                                     {"replicated_softmax", rbm_visible::replicated_softmax}};

context<cpu>& host() {
  static context<cpu> ctx(2);
  return ctx;
}
host_matrix stored(const std::string& name) { return matrix_fixture(host(), "encoder/rbm.txt", name); }

/// The machine of the fixture before its first update.
template <class D>
rbm<double, D> started(context<D>& ctx, rbm_options options) {
  options.hidden = 4;
  rbm<double, D> machine(ctx, 6, options);
  const auto put = [&](auto view, const char* name) {
    const auto values = stored(name).to_host();
    ctx.copy_from_host(view.data(), values.data(), static_cast<index_t>(values.size() * sizeof(double)));
  };
  put(machine.weights(), "weights");
  put(machine.visible_bias(), "visible_bias");
  put(machine.hidden_bias(), "hidden_bias");
  return machine;
}

rbm_options full(rbm_visible visible) {
  return {.visible = visible,
          .steps = 3,
          .rate = 0.05,
          .momentum = 0.5,
          .final_momentum = 0.9,
          .momentum_updates = 2,
          .weight_decay = 0.01,
          .sparsity_target = 0.2,
          .sparsity_cost = 0.3,
          .sparsity_damping = 0.8,
          .seed = 11};
}

template <class D, class View>
void same(context<D>& ctx, View view, const std::string& name) {
  const auto found = to_host(ctx, as_matrix(view, 1, view.size()));
  const auto expected = stored(name).to_host();
  CAPTURE(name);
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(std::abs(found[i] - expected[i]) < 1e-12);
}

template <class D>
void updated_as_in_numpy(context<D>& ctx) {
  for (const auto& kind : kinds) {
    const auto& name = kind.first;
    const auto visible = kind.second;
    const auto visible_rows = stored(name + "_v");
    const auto batch = copied_to(ctx, host(), visible_rows.view());
    const auto compare = [&](rbm_options options, const std::string& setting, int updates) {
      auto machine = started(ctx, options);
      double error = 0;
      for (int i = 0; i < updates; ++i) error = machine.update(ctx, batch);
      const std::string prefix = name + "_" + setting + "_";
      const auto weights = machine.weights();
      same(ctx, vector_view<double, D>(weights.data(), weights.size()), prefix + "weights");
      same(ctx, machine.visible_bias(), prefix + "visible_bias");
      same(ctx, machine.hidden_bias(), prefix + "hidden_bias");
      CHECK(error == doctest::Approx(stored(prefix + "error").to_host()[0]).epsilon(1e-12));
      CHECK(machine.updates() == updates);
    };
    compare({.visible = visible,
             .rate = 0.1,
             .momentum = 0,
             .final_momentum = 0,
             .momentum_updates = 0,
             .weight_decay = 0,
             .seed = 11},
            "plain", 1);
    compare(full(visible), "full", 3);
  }
}

/// |correlation| of the hidden unit that follows a factor best.
double best_correlation(const host_matrix& codes, const std::vector<double>& factor) {
  double best = 0;
  const auto n = static_cast<double>(codes.rows());
  for (index_t j = 0; j < codes.cols(); ++j) {
    double a = 0, b = 0, aa = 0, bb = 0, ab = 0;
    for (index_t i = 0; i < codes.rows(); ++i) {
      const double u = codes.view()(i, j), v = factor[static_cast<std::size_t>(i)];
      a += u;
      b += v;
      aa += u * u;
      bb += v * v;
      ab += u * v;
    }
    const double spread = (aa / n - a * a / n / n) * (bb / n - b * b / n / n);
    if (spread > 0) best = std::max(best, std::abs(ab / n - a * b / n / n) / std::sqrt(spread));
  }
  return best;
}

}  // namespace

TEST_CASE("an update of contrastive divergence is that of the formulas, on the host and emulated") {
  static_assert(encoder::Encoder<rbm<float, cpu>, cpu, matrix_view<const float, cpu>>);
  updated_as_in_numpy(host());
  context<emu> emulated;
  updated_as_in_numpy(emulated);
}

TEST_CASE("hidden units, reconstructions and free energies are those of the energy, summed over all hidden states") {
  for (const auto& kind : kinds) {
    const auto& name = kind.first;
    const auto visible = kind.second;
    CAPTURE(name);
    auto machine = started(host(), {.visible = visible});
    const host_matrix v = stored(name + "_v"), codes = machine.encode(host(), v);
    host_matrix back(host(), 7, 6);
    machine.decode(host(), codes, back.view());
    vector<double, cpu> free(host(), 7);
    machine.free_energy(host(), v, free.view());
    for (index_t i = 0; i < 7; ++i) {
      double length = 0, total = 0, own = 0;
      for (index_t c = 0; c < 6; ++c) {
        length += v.view()(i, c);
        own += visible == rbm_visible::gaussian ? std::pow(v.view()(i, c) - machine.visible_bias()(c), 2) / 2
                                                : -machine.visible_bias()(c) * v.view()(i, c);
      }
      std::vector<double> ones(4, 0);
      for (int states = 0; states < 16; ++states) {
        double energy = own;
        for (index_t j = 0; j < 4; ++j) {
          if ((states >> j & 1) == 0) continue;
          energy -= machine.hidden_bias()(j) * (visible == rbm_visible::replicated_softmax ? length : 1);
          for (index_t c = 0; c < 6; ++c) energy -= v.view()(i, c) * machine.weights()(c, j);
        }
        total += std::exp(-energy);
        for (index_t j = 0; j < 4; ++j)
          if (states >> j & 1) ones[static_cast<std::size_t>(j)] += std::exp(-energy);
      }
      CHECK(free.view()(i) == doctest::Approx(-std::log(total)).epsilon(1e-12));
      double sum = 0;
      for (index_t j = 0; j < 4; ++j)
        CHECK(codes.view()(i, j) == doctest::Approx(ones[static_cast<std::size_t>(j)] / total).epsilon(1e-12));
      for (index_t c = 0; c < 6; ++c) sum += back.view()(i, c);
      if (visible == rbm_visible::replicated_softmax) CHECK(sum == doctest::Approx(1).epsilon(1e-12));
    }
  }
}

TEST_CASE("hidden units find the factors that data were made of") {
  // four independent factors, each seen by six visible units of its own. With 5 % of the bits turned, the factor is the
  // majority of its six, which is wrong for 1 item in 500: a unit that found it correlates by up to 0.99; chance is
  // below 0.1
  constexpr index_t n = 1000, block = 6, factors = 4, columns = block * factors;
  std::vector<std::vector<double>> truth(factors);
  for (std::size_t f = 0; f < factors; ++f)
    for (index_t i = 0; i < n; ++i) truth[f].push_back(random::uniform(1, f, static_cast<std::uint64_t>(i)) < 0.5);
  const auto data = [&](rbm_visible visible) {
    host_matrix m(host(), n, columns);
    for (index_t i = 0; i < n; ++i)
      for (index_t c = 0; c < columns; ++c) {
        const bool on = truth[static_cast<std::size_t>(c / block)][static_cast<std::size_t>(i)] > 0;
        const auto at = static_cast<std::uint64_t>(i * columns + c);
        const double u = random::uniform(2, 0, at);
        m.view()(i, c) = visible == rbm_visible::bernoulli  ? (u < 0.05 ? !on : on)
                         : visible == rbm_visible::gaussian ? (on ? 0.9 : -0.9) + 0.4 * random::normal(3, 0, at)
                                                            : std::floor(u * (on ? 5 : 1.3));  // 0 to 4 or 0 and 1
      }
    return m;
  };
  for (const auto& kind : kinds) {
    const auto& name = kind.first;
    const auto visible = kind.second;
    CAPTURE(name);
    const host_matrix rows = data(visible);
    rbm<double, cpu> machine(
        host(), columns, {.hidden = 12, .visible = visible, .rate = visible == rbm_visible::bernoulli ? 0.2 : 0.02});
    double first = 0, last = 0;
    for (int epoch = 0; epoch < 60; ++epoch) {
      last = 0;
      for (index_t begin = 0; begin < n; begin += 100)
        last += machine.update(host(), rows.view().middle_rows(begin, 100)) / 10;
      if (epoch == 0) first = last;
    }
    CHECK(last < 0.8 * first);
    const host_matrix codes = machine.encode(host(), rows);
    // shares of words say which factors are on compared with the others, not how many: a switch of its own is not in
    // the model
    const double least = visible == rbm_visible::replicated_softmax ? 0.75 : 0.9;
    for (const auto& factor : truth) CHECK(best_correlation(codes, factor) > least);
  }
}

TEST_CASE("the sparsity target is what hidden units come to") {
  host_matrix rows(host(), 400, 20);
  for (index_t i = 0; i < rows.rows() * rows.cols(); ++i)
    rows.data()[i] = random::uniform(8, 0, static_cast<std::uint64_t>(i)) < 0.5;
  const auto activity = [&](double cost) {
    rbm<double, cpu> machine(host(), 20, {.hidden = 16, .sparsity_target = 0.1, .sparsity_cost = cost});
    for (int i = 0; i < 400; ++i) machine.update(host(), rows);
    double sum = 0;
    for (const double p : machine.encode(host(), rows).to_host()) sum += p / (400 * 16);
    return sum;
  };
  CHECK(activity(0) > 0.3);
  CHECK(activity(1) == doctest::Approx(0.1).epsilon(0.15));
}

TEST_CASE("a loaded machine goes on as the saved one would, on any number of threads") {
  const temporary_folder folder;
  const std::string path = folder / "machine";
  const host_matrix v = stored("bernoulli_v");
  context<cpu> one(1);
  auto machine = started(host(), full(rbm_visible::bernoulli));
  auto alone = started(one, full(rbm_visible::bernoulli));
  machine.update(host(), v);
  alone.update(one, v);
  machine.save(path);
  auto back = rbm<double, cpu>::load(host(), path);
  CHECK(back.updates() == 1);
  machine.update(host(), v);
  back.update(host(), v);
  alone.update(one, v);
  const auto expected = machine.encode(host(), v).to_host();
  CHECK(back.encode(host(), v).to_host() == expected);
  CHECK(alone.encode(one, v).to_host() == expected);
  CHECK(back.options().steps == 3);
  CHECK(back.options().visible == rbm_visible::bernoulli);
}

TEST_CASE("an update whose gradient is not finite is refused and changes nothing") {
  context<cpu> ctx;
  generative::rbm<float, cpu> machine(
      ctx, 3, {.hidden = 2, .visible = generative::rbm_visible::gaussian, .sparsity_cost = 0.1});
  matrix<float, cpu> v(ctx, 4, 3, std::vector<float>{1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 0, 1});
  machine.update(ctx, v);
  const auto copies = [&] {
    std::vector<std::vector<float>> all{to_host(ctx, machine.weights())};
    for (const auto view : {machine.visible_bias(), machine.hidden_bias()}) all.emplace_back(view.begin(), view.end());
    return all;
  };
  const auto before = copies();
  matrix<float, cpu> bad = v.clone();
  bad.view()(2, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(machine.update(ctx, bad), doctest::Contains("update 2: the gradient of a weight is not finite"),
                       argument_error);
  bad.view()(2, 1) = std::numeric_limits<float>::infinity();
  CHECK_THROWS_AS(machine.update(ctx, bad), argument_error);
  CHECK(copies() == before);
  CHECK(machine.updates() == 1);
  machine.update(ctx, v);
  CHECK(machine.updates() == 2);
}

TEST_CASE("options out of range, other widths and files that are none are refused") {
  for (const rbm_options& o :
       {rbm_options{.hidden = 0}, rbm_options{.visible = static_cast<rbm_visible>(7)}, rbm_options{.steps = 0},
        rbm_options{.rate = 0}, rbm_options{.momentum = 1}, rbm_options{.final_momentum = -0.1},
        rbm_options{.weight_decay = -1}, rbm_options{.sparsity_cost = -1}, rbm_options{.sparsity_damping = 1},
        rbm_options{.deviation = -1}})
    CHECK_THROWS_AS((rbm<double, cpu>(host(), 3, o)), argument_error);
  CHECK_THROWS_WITH_AS((rbm<double, cpu>(host(), 0)), doctest::Contains("visible units"), argument_error);
  auto machine = started(host(), {});
  const host_matrix wide(host(), 2, 7), none(host(), 0, 6);
  CHECK_THROWS_AS(machine.update(host(), wide), shape_error);
  CHECK_THROWS_AS(machine.update(host(), none), shape_error);
  CHECK_THROWS_AS(machine.encode(host(), wide), shape_error);
  CHECK(machine.encode(host(), none).rows() == 0);

  const temporary_folder folder;
  const std::string path = folder / "machine";
  const auto written = [&](std::vector<double> numbers, std::vector<index_t> counts, index_t bias) {
    io::safetensors_writer file;
    file.metadata("type", "rbm 1");
    file.add("weights", host_matrix(host(), 3, 2));
    file.add("weights_velocity", host_matrix(host(), 3, 2));
    for (const char* part : {"visible_bias", "visible_velocity"})
      file.add(part, std::vector<double>(static_cast<std::size_t>(bias)));
    for (const char* part : {"hidden_bias", "hidden_velocity", "hidden_mean"}) file.add(part, std::vector<double>(2));
    file.add("numbers", std::move(numbers));
    file.add("counts", std::move(counts));
    file.write(path);
    return refusal([&] { rbm<double, cpu>::load(host(), path); });
  };
  const std::vector<double> numbers{0.1, 0.5, 0.9, 0, 0.1, 0, 0.9, 0.01};
  CHECK(written(numbers, {0, 1, 5, 1, 3}, 3).empty());
  CHECK(contains(written(numbers, {0, 1, 5, 1, 3}, 4), "visible_bias: expected 3 values, got 4"));
  CHECK(contains(written(numbers, {9, 1, 5, 1, 3}, 3), "tensor counts: expected 0 to 2, got 9"));
  CHECK(contains(written(numbers, {0, 1, 5, 1, -3}, 3), "tensor counts: expected 0 to 1099511627776, got -3"));
  CHECK(contains(written(numbers, {0, 1, 5, 1}, 3), "8 and 4"));
  CHECK(contains(written(numbers, {256, 1, 5, 1, 3}, 3), "got 256"));
  CHECK(contains(written(numbers, {0, index_t(1) << 40, 5, 1, 3}, 3), "steps"));
}
