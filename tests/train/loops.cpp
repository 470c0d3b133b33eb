// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <kindred/data/balanced_sampler.hpp>
#include <kindred/data/labelled_features.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/batch_norm.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/layer/l2_normalize.hpp>
#include <kindred/loss/proxy_nca.hpp>
#include <kindred/loss/triplet.hpp>
#include <kindred/miner/random.hpp>
#include <kindred/optimizer/adam.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/train/checkpoint.hpp>
#include <kindred/train/epochs.hpp>
#include <kindred/train/proxy.hpp>
#include <kindred/train/siamese.hpp>

#include "io/files.hpp"
#include "train/small_set.hpp"

using namespace kindred;

namespace {

using numbers = std::vector<double>;

auto spec(index_t in, double dropped = 0.25) {
  using namespace layer;
  return sequential(linear(in, 16), batch_norm(16), relu{}, dropout(dropped), linear(16, 4), l2_normalize{});
}
using network = decltype(encoder::make<double>(std::declval<context<cpu>&>(), spec(1)));
using random_triplets = loss::triplet<miner::random>;
using trainer_type = decltype(train::siamese(std::declval<context<cpu>&>(), std::declval<network&>(), similarity::dot{},
                                             random_triplets{}, optimizer::adam{}));
using set_type = data::labelled_features<double, cpu>;
using loop_type = train::epochs<trainer_type, set_type, data::balanced_sampler>;

/// All that a run needs, made anew, and what it learned.
struct run_parts {
  context<cpu> ctx;
  small_set numbers_;
  set_type set;
  data::balanced_sampler sampler;
  network net;
  trainer_type trainer;
  loop_type loop;

  explicit run_parts(int threads = 1, train::epochs_options options = {.epochs = 3})
      : ctx(threads),
        numbers_(ctx, 8, 6, 10),
        set(numbers_.x, numbers_.labels),
        sampler(set, {.classes = 4, .per_class = 3, .seed = 5}),
        net(ctx, spec(10), 1),
        trainer(ctx, net, similarity::dot{}, random_triplets{.margin = 0.2}, optimizer::adam{.rate = 1e-2},
                {.seed = 9}),
        loop(trainer, set, sampler, options) {}
  numbers learned() {
    numbers all;
    trainer.visit_learned([&](vector_view<double, cpu> v) { all.insert(all.end(), v.begin(), v.end()); });
    return all;
  }
};

/// Share of rows whose nearest other row has their label.
double recall_at_1(const matrix<double, cpu>& x, vector_view<const label_t, cpu> labels) {
  index_t right = 0;
  for (index_t i = 0; i < x.rows(); ++i) {
    index_t nearest = -1;
    double least = 0;
    for (index_t j = 0; j < x.rows(); ++j) {
      double d = 0;
      for (index_t c = 0; c < x.cols(); ++c) d += std::pow(x.view()(i, c) - x.view()(j, c), 2);
      if (j != i && (nearest < 0 || d < least)) {
        nearest = j;
        least = d;
      }
    }
    right += labels(nearest) == labels(i);
  }
  return static_cast<double>(right) / static_cast<double>(x.rows());
}

}  // namespace

TEST_CASE("training learns what raw numbers do not show, on classes it never saw") {
  context<cpu> ctx;
  // a class is a point in the first 4 columns; the other 28 are noise that is louder
  const auto made = [&](index_t classes, std::uint64_t seed) {
    small_set s(ctx, classes, 8, 32, seed);
    for (index_t i = 0; i < s.x.rows(); ++i)
      for (index_t c = 0; c < 32; ++c) {
        const auto at = static_cast<std::uint64_t>(i * 32 + c), centre = static_cast<std::uint64_t>(i / 8 * 32 + c);
        s.x.view()(i, c) = c < 4 ? random::normal(seed, 3, centre) + 0.1 * random::normal(seed, 4, at)
                                 : 1.2 * random::normal(seed, 4, at);
      }
    return s;
  };
  const small_set known = made(24, 1), unknown = made(12, 2);
  const set_type set(known.x, known.labels);
  const data::balanced_sampler sampler(set, {.classes = 12, .per_class = 4, .seed = 1});
  network net(ctx, spec(32, 0.1), 1);
  trainer_type trainer(ctx, net, similarity::dot{}, random_triplets{.margin = 0.3}, optimizer::adam{.rate = 1e-2});
  loop_type loop(trainer, set, sampler, {.epochs = 60});
  double first = -1, last = -1;
  loop.run([] {},
           [&](const train::epochs_progress& p) {
             if (p.epoch_ended) (first < 0 ? first : last) = p.mean_loss;
           });
  matrix<double, cpu> embedded(ctx, 96, 4);
  net.encode(ctx, unknown.x, embedded.view());
  const double raw = recall_at_1(unknown.x, unknown.labels), learned = recall_at_1(embedded, unknown.labels);
  INFO("raw ", raw, ", learned ", learned, ", loss from ", first, " to ", last);
  CHECK(learned > raw + 0.3);
  CHECK(last < first);
}

TEST_CASE("one thread and two give the same bytes") {
  run_parts one(1), two(2);
  one.loop.run();
  two.loop.run();
  CHECK(one.loop.finished());
  CHECK(one.trainer.steps() == 12);
  CHECK(one.learned() == two.learned());
  CHECK(one.learned() != run_parts().learned());
}

TEST_CASE("a run that was stopped anywhere and resumed from a file gives the bytes of one that never stopped") {
  const temporary_folder folder;
  const std::string path = folder / "run.safetensors";
  const train::epochs_options options{.epochs = 3, .seed = 2};
  // a validation that depends on the weights, best in the middle
  const auto validation = [](run_parts& r) {
    return [&r] { return r.loop.epoch() == 1 ? 2 + r.net.weights()(0) : r.net.weights()(1); };
  };
  const auto noise = [](data::labelled_batch<double, cpu>& b, std::uint64_t seed) {
    for (index_t i = 0; i < b.size(); ++i)
      b.x().values(i, 0) += 0.1 * random::normal(seed, 0, static_cast<std::uint64_t>(i));
  };
  run_parts whole(1, options);
  numbers losses;
  whole.loop.run(
      validation(whole), [&](const train::epochs_progress& p) { losses.push_back(p.mean_loss); }, noise);
  CHECK(whole.loop.best_epoch() == 1);
  for (const index_t stop_after : {1, 4, 5, 7}) {
    run_parts before(1, options);
    index_t steps = 0;
    numbers seen;
    before.loop.run(
        validation(before),
        [&](const train::epochs_progress& p) {
          seen.push_back(p.mean_loss);
          return p.epoch_ended || ++steps < stop_after;
        },
        noise);
    CHECK(before.trainer.steps() == static_cast<std::uint64_t>(stop_after));
    CHECK(before.learned() != whole.learned());
    train::checkpoint::save(path, before.trainer, before.loop);
    run_parts after(2, options);
    after.trainer.optimizer().rate = 77;
    train::checkpoint::resume(path, after.trainer, after.loop);
    CHECK(after.learned() == before.learned());
    after.loop.run(
        validation(after), [&](const train::epochs_progress& p) { seen.push_back(p.mean_loss); }, noise);
    CHECK(after.learned() == whole.learned());
    CHECK(after.loop.best() == whole.loop.best());
    CHECK(seen == losses);
  }
  // the encoder in the file is one by itself
  const io::safetensors file(path);
  run_parts other(1, options);
  const auto net = network::load(other.ctx, other.net.spec(), file, "trainer.encoder.");
  CHECK(net.dimension() == 4);
  CHECK(file.contains("trainer.encoder.0.weight"));
  CHECK(file.contains("trainer.encoder.1.running_mean"));
}

TEST_CASE("numbers that a loss learned and half of an accumulated gradient come back too") {
  const temporary_folder folder;
  const std::string path = folder / "proxies.safetensors";
  context<cpu> ctx;
  const small_set set(ctx, 4, 3, 5), second(ctx, 4, 3, 5, 6);
  const batch_view<const double, cpu> x(set.x.view()), y(second.x.view());
  const auto labels = set.labels.view();
  struct parts {
    network net;
    train::proxy<network, loss::proxy_nca, optimizer::adam, optimizer::adam> trainer;
    explicit parts(context<cpu>& c, std::uint64_t seed = 3)
        : net(c, spec(5), seed),
          trainer(c, net, loss::proxy_nca(4, 4), optimizer::adam{.rate = 1e-2}, optimizer::adam{.rate = 0.1},
                  {.seed = seed, .accumulate = 2}) {}
    numbers learned() {
      numbers all;
      trainer.visit_learned([&](vector_view<double, cpu> v) { all.insert(all.end(), v.begin(), v.end()); });
      return all;
    }
  };
  parts whole(ctx), before(ctx), after(ctx, 8);
  for (int i = 0; i < 4; ++i) whole.trainer.step(i % 2 ? y : x, labels);
  before.trainer.step(x, labels);
  before.trainer.step(y, labels);
  before.trainer.step(x, labels);
  train::checkpoint::save(path, before.trainer);
  train::checkpoint::resume(path, after.trainer);
  after.trainer.step(y, labels);
  CHECK(after.learned() == whole.learned());
  CHECK(after.trainer.steps() == 2);
  CHECK(after.trainer.loss_weights().size() == 16);
}

TEST_CASE("checkpoints of other parts and broken ones are refused with what was wanted and what came") {
  const temporary_folder folder;
  const std::string path = folder / "run.safetensors";
  run_parts run;
  train::checkpoint::save(path, run.trainer, run.loop);
  context<cpu>& ctx = run.ctx;
  network wider(ctx, spec(11), 1);
  trainer_type other(ctx, wider, similarity::dot{}, random_triplets{}, optimizer::adam{});
  const std::string specs = refusal([&] { train::checkpoint::resume(path, other); });
  CHECK(specs.find(run.net.spec().description()) != std::string::npos);
  CHECK(specs.find(wider.spec().description()) != std::string::npos);
  train::proxy proxies(ctx, run.net, loss::proxy_nca(8, 4), optimizer::adam{}, optimizer::adam{});
  CHECK(refusal([&] {
          train::checkpoint::resume(path, proxies);
        }).find("loss: expected 'proxy_nca(8, 4)', got 'learns nothing'") != std::string::npos);
  const data::balanced_sampler longer(run.set, {.classes = 4, .per_class = 3, .length = 9});
  loop_type other_loop(run.trainer, run.set, longer);
  CHECK(refusal([&] {
          train::checkpoint::resume(path, run.trainer, other_loop);
        }).find("expected epochs of 9 batches, got 4") != std::string::npos);
  const auto with_rate = [&](double rate) {
    run.trainer.optimizer().rate = rate;
    train::checkpoint::save(folder / "rate", run.trainer, run.loop);
    run_parts resumed;
    return refusal([&] { train::checkpoint::resume(folder / "rate", resumed.trainer, resumed.loop); });
  };
  for (const double rate : {std::nan(""), -1e-3, std::numeric_limits<double>::infinity()})
    CHECK(with_rate(rate).find("optimizer.encoder.rate") != std::string::npos);
  CHECK(with_rate(0) == "");  // of a part that is kept as it is
  run.net.save(folder / "net");
  CHECK(refusal([&] { train::checkpoint::resume(folder / "net", run.trainer); }).find("checkpoint") !=
        std::string::npos);
  const std::string bytes = bytes_of(path);
  for (std::size_t cut = 0; cut < bytes.size(); cut += 97) {
    write_bytes(folder / "cut", bytes.substr(0, cut));
    CHECK(refusal([&] { train::checkpoint::resume(folder / "cut", run.trainer, run.loop); }) != "");
  }
  CHECK(folder.count() == 4);
}

TEST_CASE("the best weights stay, and patience ends a run") {
  run_parts run(1, {.epochs = 10, .patience = 2});
  const numbers values{0.1, 0.5, std::nan(""), 0.5, 0.9};
  numbers best, at_best;
  index_t epochs = 0, batches = 0;
  run.loop.run([&] { return values[static_cast<std::size_t>(epochs)]; },
               [&](const train::epochs_progress& p) {
                 if (!p.epoch_ended) {
                   ++batches;
                   CHECK(p.batch == (batches - 1) % 4 + 1);
                   CHECK(p.batches == 4);
                   CHECK(p.seconds_left >= 0);
                   return;
                 }
                 best.push_back(p.best);
                 if (++epochs == 2) at_best = run.learned();
               });
  CHECK(epochs == 4);  // 0.5 is not better than 0.5, and NaN than nothing
  CHECK(best == numbers{0.1, 0.5, 0.5, 0.5});
  CHECK(run.loop.best_epoch() == 1);
  CHECK(run.loop.finished());
  CHECK(run.learned() == at_best);
  run_parts last(1, {.epochs = 2, .keep_best = false});
  numbers end;
  last.loop.run([] { return 1.0; }, [&](const train::epochs_progress&) { end = last.learned(); });
  CHECK(last.learned() == end);
  CHECK_THROWS_AS(run_parts(1, {.epochs = -1}), argument_error);
}

TEST_CASE("a step with a value that is not finite names it and changes nothing, or goes on where it is told to") {
  run_parts run, untouched;
  const std::vector<index_t> rows{0, 1, 6, 7};
  auto bad = run.set.gather(run.ctx, rows);
  const auto good = untouched.set.gather(untouched.ctx, rows);
  run.trainer.step(good);
  untouched.trainer.step(good);
  const auto refused = [&](const char* expected) {
    const numbers before = run.learned();
    CHECK_THROWS_WITH_AS(run.trainer.step(bad), doctest::Contains(expected), argument_error);
    CHECK(run.learned() == before);  // running statistics too
    CHECK(run.trainer.steps() == 1);
  };
  // miners pass over NaN scores, so the loss of triplets does not show it
  for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    bad.x().values(2, 3) = value;
    refused(value != value ? "train::siamese: step 2: item 2 of the batch for 'encoder', column 3, is NaN"
                           : "train::siamese: step 2: item 2 of the batch for 'encoder', column 3, is infinite");
  }
  bad.x().values(2, 3) = 1e200;  // its square is beyond the range
  refused("train::siamese: step 2: ");
  // the steps after it are those of a run that never saw it: seeds, statistics and moments included
  run.trainer.step(good);
  untouched.trainer.step(good);
  CHECK(run.learned() == untouched.learned());

  bad.x().values(2, 3) = 0;
  run.net.weights()(17) = std::nan("");
  CHECK_THROWS_WITH_AS(run.trainer.step(bad),
                       doctest::Contains("the weight 'encoder.0.weight', row 1, column 1, is NaN"), argument_error);
  run_parts statistics;
  statistics.net.buffers()(20) = HUGE_VAL;
  CHECK_THROWS_WITH_AS(statistics.trainer.step(bad),
                       doctest::Contains("the buffer 'encoder.1.running_variance', element 4, is NaN"), argument_error);

  run_parts on;
  train::siamese goes_on(on.ctx, on.net, similarity::dot{}, random_triplets{.margin = 0.2}, optimizer::adam{},
                         {.check_finite = false});
  bad.x().values(2, 3) = std::nan("");
  goes_on.step(bad);
  CHECK(goes_on.steps() == 1);
  CHECK(std::isnan(on.net.weights()(3 * 16)));
}

TEST_CASE("batches of one item, one class, no item and wrong sizes have results that are known") {
  run_parts run;
  const auto gather = [&](std::vector<index_t> rows) { return run.set.gather(run.ctx, rows); };
  const numbers before(run.net.weights().begin(), run.net.weights().end());
  CHECK(run.trainer.step(gather({3})).get() == 0);
  CHECK(run.trainer.step(gather({0, 1, 2})).get() == 0);
  CHECK(run.trainer.step(gather({})).get() == 0);
  CHECK(run.trainer.step(gather({0, 6, 12})).get() == 0);  // no positives
  CHECK(numbers(run.net.weights().begin(), run.net.weights().end()) == before);
  const auto batch = gather({0, 1, 6});
  CHECK_THROWS_WITH_AS(run.trainer.step(batch.x(), batch.labels().segment(0, 2)),
                       doctest::Contains("3 items but 2 labels"), shape_error);
  CHECK_THROWS_WITH_AS(
      run.trainer.step(batch.x(), relation::same_label<cpu>(batch.labels().segment(0, 2), batch.labels())),
      doctest::Contains("3 items but a relation about 2 and 3"), shape_error);
}

TEST_CASE("steps take no more scratch memory once the largest batch was seen") {
  run_parts run(1, {.epochs = 2});
  index_t after_first = 0;
  run.loop.run([] {},
               [&](const train::epochs_progress& p) {
                 if (after_first == 0) after_first = run.ctx.scratch().capacity();
                 if (!p.epoch_ended) CHECK(run.ctx.scratch().capacity() == after_first);
               });
  CHECK(after_first > 0);
}
