// SPDX-License-Identifier: Apache-2.0
// Inference against NumPy (tests/reference/model_multimodal_dbn.py), learning on two sides that share known bits.
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/generative/multimodal_dbn.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/projection/concept.hpp>

#include "io/files.hpp"
#include "io/odd_files.hpp"
#include "matrix_fixture.hpp"

using namespace kindred;
using generative::multimodal_dbn_method;
using generative::rbm_visible;

namespace {

matrix<double, cpu> stored(context<cpu>& host, const std::string& name) {
  return matrix_fixture(host, "model/multimodal_dbn.txt", name);
}

template <class D>
generative::rbm<double, D> stored_machine(context<D>& ctx, context<cpu>& host, const std::string& name,
                                          rbm_visible visible) {
  const auto weights = stored(host, name + ".weights");
  generative::rbm<double, D> machine(ctx, weights.rows(), {.hidden = weights.cols(), .visible = visible});
  const auto put = [&](auto view, const char* part) {
    const auto values = stored(host, name + part).to_host();
    ctx.copy_from_host(view.data(), values.data(), static_cast<index_t>(values.size() * sizeof(double)));
  };
  put(machine.weights(), ".weights");
  put(machine.visible_bias(), ".visible_bias");
  put(machine.hidden_bias(), ".hidden_bias");
  return machine;
}

template <class D>
void inferred_as_in_numpy(context<D>& ctx) {
  context<cpu> host;
  const auto host_x = stored(host, "x"), host_y = stored(host, "y");
  const auto x = copied_to(ctx, host, host_x.view()), y = copied_to(ctx, host, host_y.view());
  generative::detail::belief_pathway<double, D> first(generative::detail::column_scaling<double, D>(ctx, x),
                                                      stored_machine(ctx, host, "first.lower", rbm_visible::gaussian),
                                                      stored_machine(ctx, host, "first.upper", rbm_visible::bernoulli));
  generative::detail::belief_pathway<double, D> second(
      ctx, stored_machine(ctx, host, "second.lower", rbm_visible::replicated_softmax),
      stored_machine(ctx, host, "second.upper", rbm_visible::bernoulli));
  generative::multimodal_dbn_model<double, D> model(std::move(first), std::move(second),
                                                    stored_machine(ctx, host, "joint", rbm_visible::bernoulli),
                                                    {.steps = 5, .seed = 7});
  const auto check = [&](const matrix<double, D>& found, const std::string& name) {
    CAPTURE(name);
    const auto a = found.to_host(), b = stored(host, name).to_host();
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(std::abs(a[i] - b[i]) < 1e-12);
  };
  check(model.joint(ctx, x, y), "joint");
  for (const bool gibbs : {false, true}) {
    model.inference().method = gibbs ? multimodal_dbn_method::gibbs : multimodal_dbn_method::mean_field;
    const std::string method = gibbs ? "gibbs_" : "mean_field_";
    check(model.first(ctx, x), method + "first");
    check(model.second(ctx, y), method + "second");
    check(model.second_of_first(ctx, x), method + "second_of_first");
    check(model.first_of_second(ctx, y), method + "first_of_second");
  }
}

/// Pairs that share four bits. Four real columns of the first side and three binary ones of the second show each bit.
struct shared_bits {
  matrix<float, cpu> x, y;

  shared_bits(context<cpu>& ctx, index_t n, std::uint64_t seed) : x(ctx, n, 16), y(ctx, n, 12) {
    for (index_t i = 0; i < n; ++i) {
      const auto at = static_cast<std::uint64_t>(i);
      for (std::uint64_t f = 0; f < 4; ++f) {
        const bool on = random::uniform(seed, f, at) < 0.5;
        for (std::uint64_t c = 4 * f; c < 4 * f + 4; ++c)
          x.view()(i, static_cast<index_t>(c)) =
              static_cast<float>(3 + (on ? 2 : -2) + random::normal(seed, 10, 16 * at + c));
        for (std::uint64_t c = 3 * f; c < 3 * f + 3; ++c)
          y.view()(i, static_cast<index_t>(c)) = (random::uniform(seed, 20, 12 * at + c) < 0.1) != on ? 1 : 0;
      }
    }
  }
};

/// Correlation of a column with its truth, mean over the columns.
double correlation(const matrix<float, cpu>& a, const matrix<float, cpu>& b) {
  double mean = 0;
  const auto n = static_cast<double>(a.rows());
  for (index_t c = 0; c < a.cols(); ++c) {
    double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
    for (index_t i = 0; i < a.rows(); ++i) ma += a.view()(i, c) / n, mb += b.view()(i, c) / n;
    for (index_t i = 0; i < a.rows(); ++i) {
      const double u = a.view()(i, c) - ma, v = b.view()(i, c) - mb;
      ab += u * v, aa += u * u, bb += v * v;
    }
    mean += ab / std::sqrt(aa * bb) / static_cast<double>(a.cols());
  }
  return mean;
}

generative::multimodal_dbn_options small(index_t epochs) {
  return {.first = {.lower = {.hidden = 24, .visible = rbm_visible::gaussian, .rate = 0.02},
                    .upper = {.hidden = 16, .rate = 0.2}},
          .second = {.lower = {.hidden = 24, .rate = 0.2}, .upper = {.hidden = 16, .rate = 0.2}},
          .joint = {.hidden = 24, .rate = 0.2},
          .epochs = epochs,
          .batch = 50,
          .seed = 1};
}

}  // namespace

TEST_CASE("the missing side is inferred as in numpy, by mean field and by sampling, on the host and emulated") {
  context<cpu> host(2);
  inferred_as_in_numpy(host);
  context<emu> emulated;
  inferred_as_in_numpy(emulated);
}

TEST_CASE("multimodal_dbn infers a side from the other as well as what they share allows") {
  static_assert(projection::PairedLearner<generative::multimodal_dbn>);
  context<cpu> ctx(2);
  const shared_bits train(ctx, 600, 1), test(ctx, 300, 2);
  auto model = generative::multimodal_dbn{small(20)}.fit(ctx, train.x, train.y);
  CHECK(model.dimensions() == 24);
  // x gives the bits away, a binary column follows its bit in 9 of 10: at most 0.8. The majority of three columns of y
  // is wrong about a bit with probability 0.028, and a column of x is 2 / sqrt(5) of its bit: at most 0.944 x 0.894 =
  // 0.845. The mean: 0
  CHECK(correlation(model.second_of_first(ctx, test.x), test.y) > 0.75);
  CHECK(correlation(model.first_of_second(ctx, test.y), test.x) > 0.8);
  model.inference() = {.method = multimodal_dbn_method::gibbs, .steps = 40};
  CHECK(correlation(model.second_of_first(ctx, test.x), test.y) > 0.7);
  CHECK(correlation(model.first_of_second(ctx, test.y), test.x) > 0.75);
}

TEST_CASE("multimodal_dbn: the same bytes on any number of threads, and from its file") {
  context<cpu> two(2), one(1);
  const shared_bits train(two, 200, 1), alike(one, 200, 1);
  const auto model = generative::multimodal_dbn{small(2)}.fit(two, train.x, train.y);
  const auto alone = generative::multimodal_dbn{small(2)}.fit(one, alike.x, alike.y);
  const auto expected = model.second_of_first(two, train.x).to_host();
  CHECK(alone.second_of_first(one, alike.x).to_host() == expected);
  const temporary_folder folder;
  model.save(folder / "model");
  const auto back = generative::multimodal_dbn_model<float, cpu>::load(two, folder / "model");
  CHECK(back.second_of_first(two, train.x).to_host() == expected);
  CHECK(back.second(two, train.y).to_host() == model.second(two, train.y).to_host());
  CHECK_THROWS_WITH_AS((generative::rbm<float, cpu>::load(two, folder / "model")),
                       doctest::Contains("expected rbm 1, got multimodal_dbn_model 1"), io_error);

  // steps of inference are counted to, so a file may not say any number
  auto odd = odd_files::parsed(bytes_of(folder / "model"));
  const index_t endless = index_t(1) << 40;
  std::memcpy(odd.tensors.at("inference").bytes.data() + 8, &endless, 8);
  write_bytes(folder / "model", odd_files::written(odd));
  CHECK_THROWS_WITH_AS((generative::multimodal_dbn_model<float, cpu>::load(two, folder / "model")),
                       doctest::Contains("inference: expected 1 to 65536, got 1099511627776"), io_error);

  // progress ends all that would follow
  int calls = 0;
  auto untouched = small(2);
  untouched.epochs = 0;
  const auto start = generative::multimodal_dbn{untouched}.fit(two, train.x, train.y);
  const auto ended =
      generative::multimodal_dbn{small(2)}.fit(two, train.x, train.y, [&](const train::epochs_progress&) {
        ++calls;
        return false;
      });
  CHECK(calls == 1);
  const auto weights = [&](const auto& m) { return to_host(two, m.joint_machine().weights()); };
  CHECK(weights(ended) == weights(start));
}

TEST_CASE("multimodal_dbn refuses options and rows that do not fit in one sentence") {
  context<cpu> ctx;
  const shared_bits pairs(ctx, 20, 1), fewer(ctx, 19, 1);
  const auto refused = [&](auto change, const char* why) {
    auto options = small(1);
    change(options);
    CHECK_THROWS_WITH_AS((generative::multimodal_dbn{options}.fit(ctx, pairs.x, pairs.y)), doctest::Contains(why),
                         argument_error);
  };
  refused([](auto& o) { o.joint.visible = rbm_visible::gaussian; }, "expected visible bernoulli");
  refused([](auto& o) { o.batch = 0; }, "expected batch of at least 1, got 0");
  refused([](auto& o) { o.inference.steps = 0; }, "expected inference.steps in [1, ");
  refused([](auto& o) { o.joint.rate = -1; }, "rate");
  CHECK_THROWS_WITH_AS(generative::multimodal_dbn{small(1)}.fit(ctx, pairs.x, fewer.y),
                       doctest::Contains("20 and 19 rows"), shape_error);
  shared_bits broken(ctx, 20, 1);
  broken.x.view()(3, 2) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(generative::multimodal_dbn{small(1)}.fit(ctx, broken.x, pairs.y), doctest::Contains("column 2"),
                       argument_error);
  const auto model = generative::multimodal_dbn{small(0)}.fit(ctx, pairs.x, pairs.y);
  CHECK_THROWS_WITH_AS(model.first(ctx, pairs.y), doctest::Contains("expected rows of 16 values, got 12"), shape_error);
}
