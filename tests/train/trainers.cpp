// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/data/labelled_features.hpp>
#include <kindred/generative/autoencoder_trainer.hpp>
#include <kindred/generative/bimodal_autoencoder_trainer.hpp>
#include <kindred/generative/daml_trainer.hpp>
#include <kindred/generative/paired_autoencoder_trainer.hpp>
#include <kindred/layer/embedding.hpp>
#include <kindred/layer/flatten.hpp>
#include <kindred/layer/pooling.hpp>
#include <kindred/loss/info_nce.hpp>
#include <kindred/loss/proxy_nca.hpp>
#include <kindred/optimizer/sgd.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/similarity/max_sim.hpp>
#include <kindred/train/proxy.hpp>
#include <kindred/train/siamese.hpp>
#include <kindred/train/two_tower.hpp>

#include "train/small_set.hpp"

using namespace kindred;

// Every trainer is asked for its gradient by what an update of plain descent at rate 1 changes, and for its value by a
// step at rate 0; one must be the derivative of the other.
namespace {

using weights_list = std::vector<double>;

weights_list listed(vector_view<const double, cpu> v) { return {v.begin(), v.end()}; }

/// The largest difference between -change(weights at rate 1) and central differences of value().
template <class Step, class Value>
double gradient_error(vector_view<double, cpu> weights, Step step, Value value) {
  const weights_list start = listed(weights);
  step();
  weights_list gradient;
  for (index_t i = 0; i < weights.size(); ++i) {
    gradient.push_back(start[static_cast<std::size_t>(i)] - weights(i));
    weights(i) = start[static_cast<std::size_t>(i)];
  }
  double error = 0, size = 0;
  for (index_t i = 0; i < weights.size(); ++i) {
    const double h = 1e-5, at = weights(i);
    weights(i) = at + h;
    const double up = value();
    weights(i) = at - h;
    const double down = value();
    weights(i) = at;
    error = std::max(error, std::abs((up - down) / (2 * h) - gradient[static_cast<std::size_t>(i)]));
    size = std::max(size, std::abs(gradient[static_cast<std::size_t>(i)]));
  }
  CHECK(size > 1e-3);
  return error / size;
}

const optimizer::sgd moving{.rate = 1}, still{.rate = 0};

}  // namespace

TEST_CASE("siamese, proxy, two_tower and autoencoder step down the gradient of the value they give") {
  context<cpu> ctx;
  const small_set set(ctx, 4, 3, 5);
  const matrix<double, cpu> other(ctx, 12, 5, set.numbers(9));
  auto a = encoder::make<double>(ctx, small_spec(5, 3), 1), b = encoder::make<double>(ctx, small_spec(5, 3), 2);
  auto back = encoder::make<double>(ctx, small_spec(5, 5), 3);
  const batch_view<const double, cpu> x(set.x.view()), y(other.view());
  const auto labels = set.labels.view();
  const loss::info_nce contrast{.temperature = 0.5};
  const loss::proxy_nca proxies(4, 3);

  train::siamese s1(ctx, a, similarity::dot{}, contrast, moving), s0(ctx, a, similarity::dot{}, contrast, still);
  CHECK(gradient_error(
            a.weights(), [&] { s1.step(x, labels); }, [&] { return s0.step(x, labels).get(); }) < 1e-6);
  const relation::same_label<cpu> related(labels, labels, true);
  CHECK(s0.step(x, related).get() == s0.step(x, labels).get());

  train::proxy p1(ctx, a, proxies, moving, still), p0(ctx, a, proxies, still, still);
  CHECK(gradient_error(
            a.weights(), [&] { p1.step(x, labels); }, [&] { return p0.step(x, labels).get(); }) < 1e-6);
  train::proxy q1(ctx, a, proxies, still, moving);
  CHECK(gradient_error(
            q1.loss_weights(), [&] { q1.step(x, labels); },
            [&] {
              q1.loss_optimizer().rate = 0;
              return q1.step(x, labels).get();
            }) < 1e-6);

  train::two_tower t1(ctx, a, b, similarity::dot{}, contrast, moving),
      t0(ctx, a, b, similarity::dot{}, contrast, still);
  const auto value = [&] { return t0.step(x, y, relation::paired{}).get(); };
  const weights_list other_start = listed(b.weights());
  const auto step = [&] { t1.step(x, y, relation::paired{}); };
  CHECK(gradient_error(
            a.weights(),
            [&] {
              step();
              std::copy(other_start.begin(), other_start.end(), b.weights().begin());
            },
            value) < 1e-6);
  const weights_list start = listed(a.weights());
  CHECK(gradient_error(
            b.weights(),
            [&] {
              step();
              std::copy(start.begin(), start.end(), a.weights().begin());
            },
            value) < 1e-6);
  CHECK_THROWS_WITH_AS(train::two_tower(ctx, a, a, similarity::dot{}, contrast, still),
                       doctest::Contains("both encoders are one"), argument_error);

  generative::autoencoder_trainer r1(ctx, back, loss::reconstruction{}, moving),
      r0(ctx, back, loss::reconstruction{}, still);
  CHECK(gradient_error(
            back.weights(), [&] { r1.step(x); }, [&] { return r0.step(x).get(); }) < 1e-6);
  double squares = 0;
  matrix<double, cpu> out(ctx, 12, 5);
  back.encode(ctx, set.x, out.view());
  for (index_t i = 0; i < 12; ++i)
    for (index_t c = 0; c < 5; ++c) squares += std::pow(out.view()(i, c) - set.x.view()(i, c), 2) / 60;
  CHECK(r0.step(x).get() == doctest::Approx(squares));
  generative::autoencoder_trainer narrow(ctx, a, loss::reconstruction{}, still);
  CHECK_THROWS_WITH_AS(narrow.step(x), doctest::Contains("36 numbers for 12 items of 5"), shape_error);
}

TEST_CASE("trainers take sentences of ids, and bags of rows where the similarity compares bags") {
  context<cpu> ctx;
  const small_set pictures(ctx, 4, 2, 5);  // 8 rows: four items of 2, 1, 3 and 2
  const vector<label_t, cpu> ids(ctx, std::vector<label_t>{1, 2, 3, 0, 4, 4, 2, 5, 1});
  const vector<index_t, cpu> sentences(ctx, std::vector<index_t>{0, 3, 4, 7, 9}),
      bags(ctx, std::vector<index_t>{0, 2, 3, 6, 8});
  const vector<label_t, cpu> labels(ctx, std::vector<label_t>{0, 1, 0, 1});
  const tokens<const double, cpu> words(ids.view(), sentences.view(), 4, 3);
  const batch_view<const double, cpu> regions(pictures.x.view(), bags.view(), 4, 3);
  const loss::info_nce contrast{.temperature = 0.5};

  auto sentence =
      encoder::make<double>(ctx, layer::sequential(layer::embedding(6, 4), layer::mean_pool{}, layer::linear(4, 3)), 1);
  train::siamese s1(ctx, sentence, similarity::dot{}, contrast, moving),
      s0(ctx, sentence, similarity::dot{}, contrast, still);
  CHECK(gradient_error(
            sentence.weights(), [&] { s1.step(words, labels.view()); },
            [&] { return s0.step(words, labels.view()).get(); }) < 1e-6);

  auto word = encoder::make<double>(ctx, layer::sequential(layer::embedding(6, 4), layer::linear(4, 3)), 2);
  auto region = encoder::make<double>(ctx, small_spec(5, 3), 3);
  train::two_tower t1(ctx, region, word, similarity::max_sim{}, contrast, moving),
      t0(ctx, region, word, similarity::max_sim{}, contrast, still);
  const auto value = [&] { return t0.step(regions, words, relation::paired{}).get(); };
  const auto error_of = [&](auto& changed, auto& other) {
    const weights_list start = listed(other.weights());
    return gradient_error(
        changed.weights(),
        [&] {
          t1.step(regions, words, relation::paired{});
          std::copy(start.begin(), start.end(), other.weights().begin());
        },
        value);
  };
  CHECK(error_of(region, word) < 1e-6);
  CHECK(error_of(word, region) < 1e-6);

  // the value itself, from the scores written out
  matrix<double, cpu> rows(ctx, 8, 3), vectors(ctx, 9, 3), scores(ctx, 4, 4);
  region.encode(ctx, pictures.x, rows.view());
  const tokens<const double, cpu> each(ids.view(), {}, 9, 1);
  word.encode(ctx, each, vectors.view());
  double wanted = 0;
  for (index_t i = 0; i < 4; ++i) {
    double sum = 0, own = 0, back = 0;
    for (index_t j = 0; j < 4; ++j) {
      const auto score = [&](index_t a, index_t b) {
        double total = 0;
        for (index_t q = bags.view()(a); q < bags.view()(a + 1); ++q) {
          double best = -1e9;
          for (index_t g = sentences.view()(b); g < sentences.view()(b + 1); ++g) {
            double product = 0;
            for (index_t c = 0; c < 3; ++c) product += rows.view()(q, c) * vectors.view()(g, c);
            best = std::max(best, product);
          }
          total += best;
        }
        return total / 0.5;
      };
      sum += std::exp(score(i, j));
      back += std::exp(score(j, i));
      if (i == j) own = score(i, j);
    }
    wanted += (std::log(sum) - own + std::log(back) - own) / 8;
  }
  CHECK(value() == doctest::Approx(wanted));
  auto one_row = encoder::make<double>(ctx, layer::sequential(layer::embedding(6, 4), layer::linear(4, 3)), 2);
  train::siamese many(ctx, one_row, similarity::dot{}, contrast, still);
  CHECK_THROWS_WITH_AS(many.step(words, labels.view()),
                       "train::siamese: expected one row for each item, got 9 rows of the encoder for 4 items",
                       shape_error);
}

TEST_CASE(
    "adversarial training: the generator steps down its loss, the encoders down theirs, each with the other fixed") {
  context<cpu> ctx;
  const small_set set(ctx, 4, 3, 5);
  auto front = encoder::make<double>(ctx, small_spec(5, 4), 1), head = encoder::make<double>(ctx, small_spec(4, 3), 2);
  auto generator = encoder::make<double>(ctx, small_spec(12, 4), 3);
  auto identity = encoder::make<double>(ctx, layer::sequential(layer::flatten{}), 0, shape::vectors(1, 4));
  const batch_view<const double, cpu> x(set.x.view());
  matrix<double, cpu> features(ctx, 12, 4);
  front.encode(ctx, set.x, features.view());
  const batch_view<const double, cpu> f(features.view());
  const auto labels = set.labels.view();
  const loss::info_nce contrast{.temperature = 0.5};
  const generative::daml_trainer_options options{
      .synthetic = 0.7, .negative = 0.5, .adversarial = 3, .margin = -20, .seed = 4};
  const auto made = [&](const auto& by_encoder, const auto& by_generator) {
    return generative::daml_trainer(ctx, identity, head, generator, similarity::dot{}, contrast, by_encoder,
                                    by_generator, options);
  };
  // one trainer per call: what is drawn depends on the number of the call
  CHECK(gradient_error(
            generator.weights(), [&] { made(still, moving).step(f, labels); },
            [&] {
              auto t = made(still, still);
              t.step(f, labels);
              return t.generator_value().get();
            }) < 1e-6);
  const weights_list start = listed(generator.weights());
  CHECK(gradient_error(
            head.weights(), [&] { made(moving, still).step(f, labels); },
            [&] {
              auto t = made(still, still);
              const double real = t.step(f, labels);
              return real + 0.7 * t.synthetic_value().get();
            }) < 1e-6);
  CHECK(listed(generator.weights()) == start);

  // the generator's loss by its formula, for one triplet that is known: two items of each of two labels draw each other
  const small_set pair(ctx, 1, 2, 4);
  std::vector<label_t> two{7, 8};
  const vector<label_t, cpu> different(ctx, two);
  auto t = made(still, still);
  t.step(batch_view<const double, cpu>(pair.x.view()), different);
  matrix<double, cpu> joined(ctx, 2, 12), synthetic(ctx, 2, 4), real(ctx, 2, 3), embedded(ctx, 2, 3);
  for (index_t i = 0; i < 2; ++i)
    for (index_t c = 0; c < 4; ++c) {
      joined.view()(i, c) = joined.view()(i, 4 + c) = pair.x.view()(i, c);  // no positive: the anchor itself
      joined.view()(i, 8 + c) = pair.x.view()(1 - i, c);
    }
  generator.encode(ctx, joined, synthetic.view());
  head.encode(ctx, pair.x, real.view());
  head.encode(ctx, synthetic, embedded.view());
  double wanted = 0;
  for (index_t i = 0; i < 2; ++i) {
    double d = 20;
    for (index_t c = 0; c < 4; ++c)
      wanted += (std::pow(synthetic.view()(i, c) - pair.x.view()(i, c), 2) +
                 0.5 * std::pow(synthetic.view()(i, c) - pair.x.view()(1 - i, c), 2)) /
                2;
    for (index_t c = 0; c < 3; ++c) d += std::pow(embedded.view()(i, c) - real.view()(i, c), 2);
    wanted += 3 * d / 2;
  }
  CHECK(t.generator_value().get() == doctest::Approx(wanted));

  // a whole chain, with a schedule: encoders alone, generator alone, both
  generative::daml_trainer scheduled(ctx, front, head, generator, loss::proxy_nca(4, 3), optimizer::sgd{.rate = 0.01},
                                     optimizer::sgd{.rate = 1e-4}, {.pretrain_encoder = 1, .pretrain_generator = 1});
  for (int step = 0; step < 3; ++step) {
    const auto before = std::vector{listed(front.weights()), listed(head.weights()), listed(generator.weights()),
                                    listed(scheduled.loss_weights())};
    CHECK(scheduled.trains_encoder() == (step != 1));
    CHECK(scheduled.trains_generator() == (step != 0));
    scheduled.step(x, labels);
    CHECK((listed(front.weights()) != before[0]) == (step != 1));
    CHECK((listed(head.weights()) != before[1]) == (step != 1));
    CHECK((listed(generator.weights()) != before[2]) == (step != 0));
    CHECK((listed(scheduled.loss_weights()) != before[3]) == (step != 1));
  }
  // one label: nothing can be made
  auto alone = made(still, still);
  alone.step(f, vector<label_t, cpu>(ctx, 12));
  CHECK(alone.generator_value().get() == 0);
  CHECK(alone.synthetic_value().get() == 0);

  using given = generative::daml_trainer_options;
  for (const auto& [wrong, why] : {std::pair{given{.synthetic = std::nan("")}, "synthetic"},
                                   {given{.negative = -1}, "negative"},
                                   {given{.adversarial = std::nan("")}, "adversarial to"},
                                   {given{.margin = std::nan("")}, "margin"},
                                   {given{.pretrain_encoder = -1}, "pretrain_encoder"}})
    CHECK_THROWS_WITH_AS(
        generative::daml_trainer(ctx, identity, head, generator, similarity::dot{}, contrast, still, still, wrong),
        doctest::Contains(why), argument_error);
}

TEST_CASE("paired_autoencoder steps down the gradient of the sum of its parts, in each of its forms") {
  context<cpu> ctx;
  const small_set set(ctx, 2, 2, 5), other(ctx, 2, 2, 4, 9);
  const batch_view<const double, cpu> x(set.x.view()), y(other.x.view());
  auto a = encoder::make<double>(ctx, small_spec(5, 3), 1), b = encoder::make<double>(ctx, small_spec(4, 3), 2);
  std::array to_first{encoder::make<double>(ctx, layer::linear(3, 5), 3),
                      encoder::make<double>(ctx, layer::linear(3, 5), 4)};
  std::array to_second{encoder::make<double>(ctx, layer::linear(3, 4), 5),
                       encoder::make<double>(ctx, layer::linear(3, 4), 6)};
  const auto made = [&](const optimizer::sgd& o, generative::decoded form) {
    return generative::paired_autoencoder_trainer(ctx, a, b, to_first, to_second, o,
                                                  {.decoded = form, .correspondence = 0.3});
  };
  const std::array<vector_view<double, cpu>, 6> all{
      a.weights(),           b.weights(), to_first[0].weights(), to_first[1].weights(), to_second[0].weights(),
      to_second[1].weights()};
  const auto squares = [](const matrix<double, cpu>& p, const matrix<double, cpu>& q) {
    double sum = 0;
    for (index_t i = 0; i < p.rows(); ++i)
      for (index_t c = 0; c < p.cols(); ++c) sum += std::pow(p.view()(i, c) - q.view()(i, c), 2);
    return sum / static_cast<double>(p.rows());
  };
  for (const auto form : {generative::decoded::itself, generative::decoded::other, generative::decoded::both}) {
    const auto value = [&] { return made(still, form).step(x, y).get(); };
    for (std::size_t k = 0; k < all.size(); ++k) {
      const bool used =
          k < 2 || form == generative::decoded::both || (form == generative::decoded::itself) == (k == 2 || k == 5);
      std::vector<weights_list> before;
      for (const auto& v : all) before.push_back(listed(v));
      const auto step = [&] {
        made(moving, form).step(x, y);
        for (std::size_t j = 0; j < all.size(); ++j)
          if (j != k) std::copy(before[j].begin(), before[j].end(), all[j].begin());
      };
      if (used) {
        CHECK(gradient_error(all[k], step, value) < 1e-6);
      } else {
        step();
        CHECK(listed(all[k]) == before[k]);
      }
    }
    matrix<double, cpu> f(ctx, 4, 3), g(ctx, 4, 3), rx(ctx, 4, 5), ry(ctx, 4, 4);
    a.encode(ctx, set.x, f.view());
    b.encode(ctx, other.x, g.view());
    double sum = 0;
    for (const std::size_t from : {0U, 1U}) {
      to_first[from].encode(ctx, from == 0 ? f : g, rx.view());
      to_second[from].encode(ctx, from == 0 ? f : g, ry.view());
      const bool itself = form != generative::decoded::other, swapped = form != generative::decoded::itself;
      if (from == 0 ? itself : swapped) sum += squares(rx, set.x);
      if (from == 0 ? swapped : itself) sum += squares(ry, other.x);
    }
    CHECK(value() == doctest::Approx(0.7 * sum + 0.3 * squares(f, g)));
  }
  CHECK_THROWS_WITH_AS(
      generative::paired_autoencoder_trainer(ctx, a, b, to_first, to_second, still, {.correspondence = 1.5}),
      doctest::Contains("expected correspondence in [0, 1], got 1.5"), argument_error);
}

TEST_CASE("bimodal_autoencoder steps down the gradient of its value, which is that of the formula") {
  context<cpu> ctx;
  const small_set set(ctx, 2, 2, 5), other(ctx, 2, 2, 4, 9);
  const batch_view<const double, cpu> x(set.x.view()), y(other.x.view());
  const auto labels = set.labels.view();
  auto f = encoder::make<double>(ctx, small_spec(9, 3), 1);
  auto d = encoder::make<double>(ctx, layer::linear(3, 9), 2), h = encoder::make<double>(ctx, layer::linear(3, 2), 3);
  const generative::bimodal_autoencoder_trainer_options options{
      .reconstruction = 0.7, .classification = 0.4, .correspondence = 0.3};
  const auto made = [&](const optimizer::sgd& o) {
    return generative::bimodal_autoencoder_trainer(ctx, f, d, h, o, options);
  };
  const auto value = [&] { return made(still).step(x, y, labels).get(); };
  const std::array<vector_view<double, cpu>, 3> all{f.weights(), d.weights(), h.weights()};
  for (std::size_t k = 0; k < all.size(); ++k) {
    std::vector<weights_list> before;
    for (const auto& v : all) before.push_back(listed(v));
    const auto step = [&] {
      made(moving).step(x, y, labels);
      for (std::size_t j = 0; j < all.size(); ++j)
        if (j != k) std::copy(before[j].begin(), before[j].end(), all[j].begin());
    };
    CHECK(gradient_error(all[k], step, value) < 1e-6);
  }

  double wanted = 0;
  std::array<matrix<double, cpu>, 3> codes{matrix<double, cpu>(ctx, 4, 3), matrix<double, cpu>(ctx, 4, 3),
                                           matrix<double, cpu>(ctx, 4, 3)};
  for (std::size_t path = 0; path < 3; ++path) {
    matrix<double, cpu> rows(ctx, 4, 9), back(ctx, 4, 9), logits(ctx, 4, 2);
    for (index_t i = 0; i < 4; ++i)
      for (index_t c = 0; c < 9; ++c)
        if (path == 2 || (c < 5) == (path == 0))
          rows.view()(i, c) = c < 5 ? set.x.view()(i, c) : other.x.view()(i, c - 5);
    f.encode(ctx, rows, codes[path].view());
    d.encode(ctx, codes[path], back.view());
    h.encode(ctx, codes[path], logits.view());
    for (index_t i = 0; i < 4; ++i) {
      for (index_t c = 0; c < 9; ++c)
        wanted += 0.7 * std::pow(back.view()(i, c) - (c < 5 ? set.x.view()(i, c) : other.x.view()(i, c - 5)), 2) / 108;
      const double own = logits.view()(i, labels(i)), rival = logits.view()(i, 1 - labels(i));
      wanted += 0.4 * std::log(1 + std::exp(rival - own)) / 12;
    }
  }
  for (index_t i = 0; i < 4; ++i)
    for (index_t c = 0; c < 3; ++c) wanted += 0.3 * std::pow(codes[0].view()(i, c) - codes[1].view()(i, c), 2) / 4;
  CHECK(value() == doctest::Approx(wanted));
  auto t = made(still);
  CHECK_THROWS_WITH_AS(t.step(x, y, {}), doctest::Contains("the pairs have none"), argument_error);
  CHECK_THROWS_WITH_AS(generative::bimodal_autoencoder_trainer(ctx, f, d, h, still, {.correspondence = -1}),
                       doctest::Contains("expected correspondence to be finite and at least 0, got -1"),
                       argument_error);
}

TEST_CASE("an accumulated gradient is the mean of its batches") {
  context<cpu> ctx;
  const small_set set(ctx, 4, 3, 5), second(ctx, 4, 3, 5, 77);
  const auto labels = set.labels.view();
  const batch_view<const double, cpu> x(set.x.view()), y(second.x.view());
  const auto after = [&](index_t accumulate, auto steps) {
    auto net = encoder::make<double>(ctx, small_spec(5, 3), 1);
    const weights_list start = listed(net.weights());
    train::siamese t(ctx, net, similarity::dot{}, loss::info_nce{.temperature = 0.5}, moving,
                     {.accumulate = accumulate});
    steps(t);
    CHECK(t.steps() == 1);
    weights_list change = listed(net.weights());
    for (std::size_t i = 0; i < change.size(); ++i) change[i] -= start[i];
    return change;
  };
  const auto a = after(1, [&](auto& t) { t.step(x, labels); }), b = after(1, [&](auto& t) { t.step(y, labels); });
  const auto mean = after(2, [&](auto& t) {
    t.step(x, labels);
    CHECK(t.steps() == 0);
    t.step(y, labels);
  });
  for (std::size_t i = 0; i < mean.size(); ++i) CHECK(mean[i] == doctest::Approx((a[i] + b[i]) / 2));
  auto net = encoder::make<double>(ctx, small_spec(5, 3), 1);
  CHECK_THROWS_WITH_AS(train::siamese(ctx, net, similarity::dot{}, loss::info_nce{}, moving, {.accumulate = 0}),
                       doctest::Contains("a gradient of 0 batches"), argument_error);
}

namespace {

/// A loss whose gradient overflows while its value does not.
struct steep {
  double slope;
  template <class T, class D>
  void operator()(context<D>&, const_matrix<T, D>, const_vector<label_t, D>, std::type_identity_t<matrix_view<T, D>> dy,
                  vector_view<T, D> value) const {
    dy(1, 2) += slope;
    value(0) = 1;
  }
};

}  // namespace

TEST_CASE("no trainer takes a step whose gradient is not finite, and none is changed by the attempt") {
  context<cpu> ctx;
  small_set set(ctx, 2, 2, 5), other(ctx, 2, 2, 4, 9);
  const batch_view<const double, cpu> x(set.x.view()), y(other.x.view());
  const auto labels = set.labels.view();
  auto a = encoder::make<double>(ctx, small_spec(5, 3), 1), b = encoder::make<double>(ctx, small_spec(4, 3), 2);
  auto whole = encoder::make<double>(ctx, small_spec(9, 3), 3), code = encoder::make<double>(ctx, small_spec(5, 5), 4);
  auto classes = encoder::make<double>(ctx, layer::linear(3, 2), 5),
       back = encoder::make<double>(ctx, layer::linear(3, 9), 6);
  auto head = encoder::make<double>(ctx, small_spec(3, 3), 7),
       generator = encoder::make<double>(ctx, small_spec(9, 3), 8);
  std::array to_first{encoder::make<double>(ctx, layer::linear(3, 5), 3),
                      encoder::make<double>(ctx, layer::linear(3, 5), 4)};
  std::array to_second{encoder::make<double>(ctx, layer::linear(3, 4), 5),
                       encoder::make<double>(ctx, layer::linear(3, 4), 6)};
  const auto refuses = [&](const char* expected, auto trainer, auto step) {
    weights_list before, after;
    const auto list = [&](weights_list& to) {
      trainer.visit_learned([&](vector_view<double, cpu> v) { to.insert(to.end(), v.begin(), v.end()); });
    };
    list(before);
    CHECK_THROWS_WITH_AS(step(trainer), doctest::Contains(expected), argument_error);
    list(after);
    CHECK(before == after);
    CHECK(trainer.steps() == 0);
  };
  refuses("train::siamese: step 1: the gradient of 'encoder.0.weight', row 0, column 0, is infinite",
          train::siamese(ctx, a, steep{HUGE_VAL}, moving), [&](auto& t) { t.step(x, labels); });
  refuses("the gradient of 'encoder.0.weight', row 0, column 0, is NaN",
          train::siamese(ctx, a, steep{std::nan("")}, moving), [&](auto& t) { t.step(x, labels); });
  const double kept = set.x.view()(2, 1);
  set.x.view()(2, 1) = std::nan("");
  refuses("item 2 of the batch for 'first', column 1, is NaN",
          train::two_tower(ctx, a, b, similarity::dot{}, loss::info_nce{}, moving),
          [&](auto& t) { t.step(x, y, relation::paired{}); });
  refuses("item 2 of the batch for 'encoder', column 1, is NaN",
          generative::autoencoder_trainer(ctx, code, loss::reconstruction{}, moving), [&](auto& t) { t.step(x); });
  refuses("item 2 of the batch for 'first', column 1, is NaN",
          generative::paired_autoencoder_trainer(ctx, a, b, to_first, to_second, moving),
          [&](auto& t) { t.step(x, y); });
  refuses("item 2 of the batch for 'encoder', column 1, is NaN",
          generative::bimodal_autoencoder_trainer(ctx, whole, back, classes, moving),
          [&](auto& t) { t.step(x, y, labels); });
  refuses("item 2 of the batch for 'front', column 1, is NaN",
          generative::daml_trainer(ctx, a, head, generator, similarity::dot{}, loss::info_nce{}, moving, moving),
          [&](auto& t) { t.step(x, labels); });

  // within an accumulated gradient: what was added before the bad batch stays
  set.x.view()(2, 1) = kept;
  const auto after = [&](bool bad_batch) {
    auto net = encoder::make<double>(ctx, small_spec(5, 3), 1);
    train::siamese t(ctx, net, similarity::dot{}, loss::info_nce{}, moving, {.accumulate = 2});
    t.step(x, labels);
    if (bad_batch) {
      set.x.view()(2, 1) = std::nan("");
      CHECK_THROWS_AS(t.step(x, labels), argument_error);
      set.x.view()(2, 1) = kept;
    }
    t.step(x, labels);
    CHECK(t.steps() == 1);
    return listed(net.weights());
  };
  CHECK(after(true) == after(false));
}
