// SPDX-License-Identifier: Apache-2.0
#include "io/mutations.hpp"

#include "fuzz/training.hpp"

TEST_CASE("damaged checkpoints resume or raise io_error, nothing else") {
  const auto o = mutations::run<fuzz::training>();
  MESSAGE(o.loaded << " loaded, " << o.refused << " refused, " << o.peak << " bytes at most");
  CHECK(o.loaded > 30);
  CHECK(o.refused > 200);
}

TEST_CASE("the stored checkpoint resumes, and training goes on as if it had not stopped") {
  const std::string bytes = fuzz::fixture("train/checkpoint_1.safetensors");
  fuzz::training::parts stored, again;
  kindred::train::checkpoint::resume(
      kindred::io::safetensors(std::as_bytes(std::span<const char>(bytes)), "checkpoint_1"), stored.trainer,
      stored.loop);
  CHECK(stored.loop.epoch() == 1);
  CHECK(stored.trainer.steps() == 2);
  again.run_to_seed();
  for (auto* p : {&stored, &again}) p->loop.run([] { return 0.25; }, [](const kindred::train::epochs_progress&) {});
  // the file may come from another machine
  for (kindred::index_t i = 0; i < stored.net.weights().size(); ++i)
    CHECK(stored.net.weights()(i) == doctest::Approx(again.net.weights()(i)));
  CHECK(stored.loop.best_epoch() == 0);
}

TEST_CASE("odd checkpoints resume or raise io_error, nothing else") {
  const auto o = mutations::run_odd<fuzz::training>();
  CHECK(o.loaded > 10);
  CHECK(o.refused > 50);
}
