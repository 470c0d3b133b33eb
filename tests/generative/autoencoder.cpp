// SPDX-License-Identifier: Apache-2.0
// autoencoder against steps written in NumPy (tests/reference/encoder_autoencoder.py), principal components in closed
// form, Boltzmann machines and data with known factors.
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/check/gradient.hpp>
#include <kindred/generative/autoencoder.hpp>
#include <kindred/generative/autoencoder_trainer.hpp>
#include <kindred/generative/stacked_autoencoder.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/optimizer/sgd.hpp>
#include <kindred/projection/pca.hpp>

#include "io/files.hpp"
#include "matrix_fixture.hpp"

using namespace kindred;
using generative::autoencoder_options;
using generative::autoencoder_units;
using generative::rbm_visible;
using deviation = loss::reconstruction::error;
using net_of_float = generative::autoencoder<float, cpu>;
using net_of_double = generative::autoencoder<double, cpu>;
using rows_of_float = matrix<float, cpu>;
using rows_of_double = matrix<double, cpu>;

namespace {

context<cpu>& host() {
  static context<cpu> ctx(2);
  return ctx;
}
rows_of_double stored(const std::string& name) { return matrix_fixture(host(), "encoder/autoencoder.txt", name); }

template <class View>
void near(View found, const std::string& name) {
  const auto expected = stored(name).to_host();
  CAPTURE(name);
  REQUIRE(found.size() == static_cast<index_t>(expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(std::abs(found.data()[i] - expected[i]) < 1e-12);
}
rows_of_float uniform_rows(index_t n, index_t cols, std::uint64_t seed) {
  rows_of_float x(host(), n, cols);
  for (index_t i = 0; i < n * cols; ++i)
    x.data()[i] = static_cast<float>(random::uniform(seed, 0, static_cast<std::uint64_t>(i)));
  return x;
}
/// Mean over rows of the squared distance.
double squares(const rows_of_float& a, const rows_of_float& b) {
  double sum = 0;
  for (index_t i = 0; i < a.rows() * a.cols(); ++i)
    sum += (static_cast<double>(a.data()[i]) - b.data()[i]) * (static_cast<double>(a.data()[i]) - b.data()[i]);
  return sum / static_cast<double>(a.rows());
}
rows_of_float reconstructed(const net_of_float& net, const rows_of_float& x) {
  rows_of_float out(host(), x.rows(), x.cols());
  net.reconstruct(host(), x, out.view());
  return out;
}
std::vector<float> listed(vector_view<const float, cpu> v) { return {v.begin(), v.end()}; }

}  // namespace

TEST_CASE("two steps with masks, sparsity, momentum and decay are those of the formulas") {
  static_assert(encoder::Encoder<net_of_float, cpu, matrix_view<const float, cpu>>);
  static_assert(encoder::Trainable<net_of_float>);
  for (const bool entropy : {false, true}) {
    const std::string name = entropy ? "sigmoid" : "linear";
    net_of_double net(host(), 4,
                      {.hidden = {3, 2},
                       .reconstruction = entropy ? autoencoder_units::sigmoid : autoencoder_units::linear,
                       .masked = 0.3,
                       .sparsity_target = 0.2,
                       .sparsity_cost = 0.4});
    const auto first = stored("weights"), x = stored("x");
    REQUIRE(first.cols() == net.weights().size());
    host().copy(net.weights().data(), first.data(), first.cols() * static_cast<index_t>(sizeof(double)));
    generative::autoencoder_trainer trainer(
        host(), net,
        loss::reconstruction{.kind = entropy ? deviation::binary_entropy : deviation::squares, .per_row = true},
        optimizer::sgd{.rate = 0.2, .momentum = 0.5, .weight_decay = 0.01}, {.seed = 9});
    for (const char* step : {"0", "1"})
      CHECK(trainer.step(x.view()) == doctest::Approx(stored(name + "_value_" + step).data()[0]).epsilon(1e-12));
    near(net.weights(), name + "_weights");
    const auto codes = net.encode(host(), x);
    near(codes.view(), name + "_codes");
    rows_of_double back(host(), 5, 4), through(host(), 5, 4);
    net.decode(host(), codes, back.view());
    near(back.view(), name + "_rows");
    net.reconstruct(host(), x, through.view());
    CHECK(through.to_host() == back.to_host());
  }
}

TEST_CASE("gradients of weights and rows are those of central differences, with masks and noise") {
  for (const auto units : {autoencoder_units::sigmoid, autoencoder_units::linear}) {
    net_of_double net(host(), 4, {.hidden = {3, 2}, .units = units, .masked = 0.3, .noise = 0.2});
    auto x = stored("x");
    rows_of_double y(host(), 5, 4), dy(host(), 5, 4), dx(host(), 5, 4);
    for (index_t i = 0; i < 20; ++i) dy.data()[i] = random::normal(3, 0, static_cast<std::uint64_t>(i));
    vector<double, cpu> cache(host(), net.cache_size(shape::vectors(5, 4)));
    const batch_view<const double, cpu> rows(std::as_const(x).view()), slope(std::as_const(dy).view()),
        made(std::as_const(y).view());
    const auto value = [&] {
      net.forward(host(), rows, y.view(), cache.view(), layer::mode::train, 7);
      double sum = 0;
      for (index_t i = 0; i < 20; ++i) sum += y.data()[i] * dy.data()[i];
      return sum;
    };
    value();
    net.backward(host(), rows, made, slope, dx.view(), cache.view(), layer::mode::train, 7);
    const auto in_weights = net.gradient(), w = net.weights();
    const std::vector<double> dw(in_weights.begin(), in_weights.end()), drows = dx.to_host();
    CHECK(check::gradient_error(value, {w.data(), dw.size()}, dw) < 1e-8);
    CHECK(check::gradient_error(value, {x.data(), drows.size()}, drows) < 1e-8);
    value();
    net.backward(host(), rows, made, slope, {}, cache.view(), layer::mode::train, 7, encoder::update::no);
    CHECK(std::equal(dw.begin(), dw.end(), net.gradient().begin()));
  }
}

TEST_CASE("a linear autoencoder comes to the error of principal components, the sum of the variances left out") {
  // columns 1 to 8 of a Hadamard matrix are orthogonal, of mean 0 and variance 1; stretched by s and turned by another
  // one their covariance has the eigenvalues s^2, so with three codes 0.5^2 + 0.4^2 + ... are what no linear map keeps
  const double s[8] = {3, 2, 1.5, 0.5, 0.4, 0.3, 0.2, 0.1};
  const auto hadamard = [](index_t i, index_t j) {
    index_t common = i & j, odd = 0;
    for (; common > 0; common /= 2) odd ^= common & 1;
    return odd ? -1.0 : 1.0;
  };
  rows_of_float x(host(), 64, 8);
  double least = 0;
  for (index_t f = 3; f < 8; ++f) least += s[f] * s[f];
  for (index_t i = 0; i < 64; ++i)
    for (index_t c = 0; c < 8; ++c) {
      double sum = 0;
      for (index_t f = 0; f < 8; ++f) sum += hadamard(i, f + 1) * s[f] * hadamard(f, c) / std::sqrt(8.0);
      x.view()(i, c) = static_cast<float>(sum);
    }
  const generative::stacked_autoencoder learner{
      {.network = {.hidden = {3}, .units = autoencoder_units::linear, .seed = 2},
       .pretraining = {.epochs = 400, .batch = 64, .rate = 0.03},
       .fine_tuning = {.epochs = 200, .batch = 64, .rate = 0.003}}};
  const double found = squares(reconstructed(learner.fit(host(), x), x), x);
  MESSAGE("error ", found, ", of principal components ", least);
  CHECK(found > least * (1 - 1e-4));
  CHECK(found < least * 1.01);
}

TEST_CASE("layers learned one by one and then together keep more of bent data than principal components") {
  // twelve receptors in a line see one thing somewhere on it: one number says all, but the rows lie on a bent curve
  const auto seen = [](index_t n, std::uint64_t seed) {
    rows_of_float x(host(), n, 12);
    for (index_t i = 0; i < n; ++i)
      for (index_t c = 0; c < 12; ++c) {
        const double away = random::uniform(seed, 0, static_cast<std::uint64_t>(i)) - static_cast<double>(c) / 11;
        x.view()(i, c) = static_cast<float>(std::exp(-away * away / 0.045));
      }
    return x;
  };
  const auto train = seen(500, 1), test = seen(300, 2);
  // of the unseen rows themselves: no flat map keeps more of them
  const auto pca = projection::pca{.dimensions = 1}.fit(host(), test);
  double flat = pca.total_variance();
  for (const double v : pca.variances()) flat -= v;
  generative::stacked_autoencoder learner{{.network = {.hidden = {16, 1}, .seed = 3},
                                           .pretraining = {.epochs = 40, .batch = 50, .rate = 1e-2},
                                           .fine_tuning = {.epochs = 120, .batch = 50, .rate = 1e-2}}};
  const auto net = learner.fit(host(), train);
  const double bent = squares(reconstructed(net, test), test);
  MESSAGE("error of unseen rows ", bent, ", of their own first principal component ", flat);
  CHECK(bent < 0.3 * flat);

  // two threads have learned this, one learns the same
  learner.options.pretraining.epochs = learner.options.fine_tuning.epochs = 1;
  learner.options.network.masked = 0.2;
  learner.options.network.noise = 0.1;
  context<cpu> one(1);
  const auto alone = learner.fit(one, train), together = learner.fit(host(), train);
  CHECK(listed(alone.weights()) == listed(together.weights()));
  // a listener who has heard enough ends all of it, also the layers that were not begun
  index_t calls = 0;
  learner.fit(host(), train, [&](const kindred::train::epochs_progress&) { return ++calls < 3; });
  CHECK(calls == 3);
}

TEST_CASE(
    "learning from masked rows helps where numbers are missing, sparsity brings the mean of units to the target") {
  // sixteen numbers that repeat two factors, with noise of their own: most of a number can be told from the others
  const auto rows = [](index_t n, std::uint64_t seed) {
    rows_of_float x(host(), n, 16);
    for (index_t i = 0; i < n; ++i)
      for (index_t c = 0; c < 16; ++c) {
        const auto row = static_cast<std::uint64_t>(i), at = static_cast<std::uint64_t>(16 * i + c);
        x.view()(i, c) = static_cast<float>(random::normal(seed, static_cast<std::uint64_t>(c % 2), row) +
                                            0.5 * random::normal(seed, 2, at));
      }
    return x;
  };
  const auto train = rows(400, 1), test = rows(200, 2);
  rows_of_float holes = test.clone();
  for (index_t i = 0; i < 200 * 16; ++i)
    holes.data()[i] *= random::uniform(4, 0, static_cast<std::uint64_t>(i)) < 0.5 ? 0.0f : 2.0f;  // as masks do
  const auto missed = [&](double masked) {
    const generative::stacked_autoencoder learner{
        {.network = {.hidden = {16}, .units = autoencoder_units::linear, .masked = masked},
         .pretraining = {.epochs = 60, .batch = 50, .rate = 1e-2},
         .fine_tuning = {.epochs = 0}}};
    return squares(reconstructed(learner.fit(host(), train), holes), test);
  };
  // sixteen codes can copy a row of sixteen numbers, holes too, which errs by 16 (1 + 0.5^2) = 20; from the others of
  // its kind, four of eight, a number is known to 1 / 4 + 0.5^2 or so: 8 a row
  const double whole = missed(0), masked = missed(0.5);
  MESSAGE("error of rows with holes ", masked, " learned with masks, ", whole, " without");
  CHECK(whole > 12);
  CHECK(masked < 10);

  const auto activity = [&](double cost) {
    const generative::stacked_autoencoder learner{
        {.network = {.hidden = {12}, .sparsity_target = 0.1, .sparsity_cost = cost},
         .pretraining = {.epochs = 40, .batch = 50, .rate = 1e-2},
         .fine_tuning = {.epochs = 0}}};
    double sum = 0;
    for (const float v : learner.fit(host(), train).encode(host(), train).to_host()) sum += v / (400.0 * 12);
    return sum;
  };
  CHECK(activity(0) > 0.25);
  CHECK(activity(1000) == doctest::Approx(0.1).epsilon(0.1));
}

TEST_CASE("noise has mean 0 and the deviation that was asked for, and is there in training only") {
  net_of_double net(host(), 2, {.hidden = {2}, .units = autoencoder_units::linear, .noise = 0.3});
  host().zero(net.weights().data(), net.weights().size() * static_cast<index_t>(sizeof(double)));
  for (index_t i = 0; i < 2; ++i) net.weight(0)(i, i) = net.decoder_weight(0)(i, i) = 1;  // gives back what it reads
  const rows_of_double x(host(), 5000, 2);
  rows_of_double y(host(), 5000, 2);
  vector<double, cpu> cache(host(), net.cache_size(shape::vectors(5000, 2)));
  const auto moments = [&](layer::mode mode) {
    net.forward(host(), batch_view<const double, cpu>(x.view()), y.view(), cache.view(), mode, 5);
    double sum = 0, square = 0;
    for (const double v : y.to_host()) sum += v / 1e4, square += v * v / 1e4;
    return std::pair(sum, square);
  };
  const auto [mean, square] = moments(layer::mode::train);
  // of 10000 numbers the mean errs by 0.3 / 100, the mean square by 0.09 sqrt(2) / 100: four of each
  CHECK(std::abs(mean) < 0.012);
  CHECK(std::abs(square - 0.09) < 0.0051);
  CHECK(moments(layer::mode::infer) == std::pair(0.0, 0.0));
}

TEST_CASE("layers come from Boltzmann machines and go into networks") {
  const auto x = uniform_rows(9, 6, 3);
  rows_of_float counts(host(), 4, 6);
  for (index_t i = 0; i < 24; ++i) counts.data()[i] = static_cast<float>((i * 5 + i / 6) % 4);
  for (index_t i = 0; i < 4; ++i) {  // documents of ten words
    float sum = 0;
    for (const float v : counts.view().row(i)) sum += v;
    for (float& v : counts.view().row(i)) v *= 10 / sum;
  }
  for (const auto visible : {rbm_visible::bernoulli, rbm_visible::gaussian, rbm_visible::replicated_softmax}) {
    generative::rbm<float, cpu> machine(host(), 6, {.hidden = 5, .visible = visible, .deviation = 0.5});
    const auto& read = visible == rbm_visible::replicated_softmax ? counts : x;
    for (int i = 0; i < 3; ++i) machine.update(host(), read);
    const bool squash = visible == rbm_visible::bernoulli;
    net_of_float net(
        host(), 6,
        {.hidden = {5, 3}, .reconstruction = squash ? autoencoder_units::sigmoid : autoencoder_units::linear});
    net.set(host(), 0, machine, 10);
    // codes of the first layer alone, through a network that it started
    auto first = encoder::make(host(), layer::sequential(layer::linear(6, 5), layer::sigmoid{}));
    net_of_float one(host(), 6, {.hidden = {5}});
    one.set(host(), 0, machine, 10);
    one.start(host(), first);
    rows_of_float codes(host(), read.rows(), 5);
    first.encode(host(), read, codes.view());
    const auto wanted = machine.encode(host(), read);
    for (index_t i = 0; i < codes.rows() * 5; ++i)
      CHECK(codes.data()[i] == doctest::Approx(wanted.data()[i]).epsilon(1e-5));
    if (visible == rbm_visible::replicated_softmax) continue;  // gives back shares, which sums are not
    one.set(host(), 0, machine);
    net_of_float squashing(host(), 6, {.hidden = {5}, .reconstruction = net.options().reconstruction});
    squashing.set(host(), 0, one);
    rows_of_float there(host(), 9, 6), back(host(), 9, 6);
    machine.decode(host(), wanted, there.view());
    squashing.decode(host(), wanted, back.view());
    for (index_t i = 0; i < 54; ++i) CHECK(back.data()[i] == doctest::Approx(there.data()[i]).epsilon(1e-5));
  }
  net_of_float net(host(), 6, {.hidden = {5, 3}});
  auto network = encoder::make(host(), layer::sequential(layer::linear(6, 5), layer::sigmoid{}, layer::linear(5, 3),
                                                         layer::sigmoid{}, layer::linear(3, 2)));
  const auto last = listed(network.weights());
  net.start(host(), network);
  const auto ours = net.encoder_weights();
  CHECK(std::equal(ours.begin(), ours.end(), network.weights().begin()));
  CHECK(std::equal(last.begin() + ours.size(), last.end(), network.weights().begin() + ours.size()));
  auto narrow = encoder::make(host(), layer::sequential(layer::linear(6, 4)));
  auto shallow = encoder::make(host(), layer::sequential(layer::linear(6, 5)));
  CHECK_THROWS_WITH_AS(net.start(host(), narrow), doctest::Contains("0.weight: expected 6 x 4 values, got 6 x 5"),
                       shape_error);
  CHECK_THROWS_WITH_AS(net.start(host(), shallow), doctest::Contains("4 pieces of weights for 2"), shape_error);
  const generative::rbm<float, cpu> other(host(), 5, {.hidden = 5});
  CHECK_THROWS_AS(net.set(host(), 0, other), shape_error);
  CHECK_THROWS_AS(net.set(host(), 0, net), shape_error);
  CHECK_THROWS_AS(net.set(host(), 2, other), argument_error);
}

TEST_CASE("a loaded autoencoder gives the same bytes, and a resumed training goes on as the first would") {
  const temporary_folder folder;
  const std::string path = folder / "net", training = folder / "training";
  const auto x = uniform_rows(20, 6, 1);
  const autoencoder_options options{.hidden = {5, 3}, .masked = 0.2, .noise = 0.1, .seed = 4};
  net_of_float net(host(), 6, options), other(host(), 6, options);
  const auto made = [](net_of_float& n) {
    return generative::autoencoder_trainer(host(), n, loss::reconstruction{},
                                           optimizer::sgd{.rate = 0.1, .momentum = 0.5});
  };
  auto trainer = made(net);
  trainer.step(std::as_const(x).view());
  io::safetensors_writer file;
  trainer.save(file, "");
  file.write(training);
  net.save(path);
  auto back = net_of_float::load(host(), path);
  CHECK(back.description() == "autoencoder(6, 5, 3, sigmoid, back linear, masked 0.2, noise 0.1)");
  CHECK(back.encode(host(), x).to_host() == net.encode(host(), x).to_host());
  CHECK(reconstructed(back, x).to_host() == reconstructed(net, x).to_host());
  back.save(training + "2");
  CHECK(bytes_of(training + "2") == bytes_of(path));
  auto again = made(other);
  again.resume(io::safetensors(training), "");
  trainer.step(std::as_const(x).view());
  again.step(std::as_const(x).view());
  CHECK(listed(net.weights()) == listed(other.weights()));
  net_of_float plain(host(), 6, {.hidden = {5, 3}});
  CHECK(contains(refusal([&] { plain.restore(host(), io::safetensors(path), ""); }), "masked 0.2"));

  const auto written = [&](std::vector<index_t> widths, std::vector<double> numbers, std::vector<index_t> counts) {
    io::safetensors_writer own;
    own.metadata("type", "autoencoder 1");
    own.add("widths", std::move(widths));
    own.add("numbers", std::move(numbers));
    own.add("counts", std::move(counts));
    own.add("layers.0.weight", rows_of_float(host(), 6, 2));
    own.add("layers.1.weight", rows_of_float(host(), 2, 6));
    own.add("layers.0.bias", std::vector<float>(2));
    own.add("layers.1.bias", std::vector<float>(6));
    own.write(path);
    return refusal([&] { net_of_float::load(host(), path); });
  };
  CHECK(written({6, 2}, {0, 0, 0, 0}, {1, 0, 1}).empty());
  CHECK(contains(written({6, 2}, {0, 0, 0, 0}, {1, 3, 1}), "tensor counts: expected 0 to 1, got 3"));
  CHECK(contains(written({6, 2}, {0, 0, 0, 0}, {256, 1, 1}), "got 256"));
  CHECK(contains(written({6, 2}, {1, 0, 0, 0}, {1, 0, 1}), "masked"));
  CHECK(contains(written({6, 2}, {0, 0, 0}, {1, 0, 1}), "2, 3 and 3"));
  CHECK(contains(written({6, index_t(1) << 50}, {0, 0, 0, 0}, {1, 0, 1}), "layers.0.weight"));
}

TEST_CASE("options out of range and other widths are refused") {
  for (const autoencoder_options& o : {autoencoder_options{.hidden = {}}, autoencoder_options{.hidden = {3, 0}},
                                       autoencoder_options{.units = static_cast<autoencoder_units>(5)},
                                       autoencoder_options{.reconstruction = static_cast<autoencoder_units>(5)},
                                       autoencoder_options{.masked = 1}, autoencoder_options{.masked = -0.1},
                                       autoencoder_options{.noise = -1}, autoencoder_options{.sparsity_cost = -1}})
    CHECK_THROWS_AS(net_of_float(host(), 3, o), argument_error);
  CHECK_THROWS_WITH_AS(net_of_float(host(), 0), doctest::Contains("inputs"), argument_error);
  const net_of_float net(host(), 6, {.hidden = {4}});
  const rows_of_float wide(host(), 2, 7), none(host(), 0, 6);
  CHECK_THROWS_AS(net.encode(host(), wide), shape_error);
  CHECK_THROWS_AS(static_cast<void>(net.output(shape::vectors(2, 7))), shape_error);
  CHECK(net.encode(host(), none).rows() == 0);
  CHECK_THROWS_WITH_AS(generative::stacked_autoencoder{}.fit(host(), none), doctest::Contains("no rows"),
                       argument_error);
  CHECK_THROWS_WITH_AS(generative::stacked_autoencoder{{.pretraining = {.rate = std::nan("")}}}.fit(host(), wide),
                       doctest::Contains("expected pretraining.rate"), argument_error);
}
