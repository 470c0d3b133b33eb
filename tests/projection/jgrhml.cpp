// SPDX-License-Identifier: Apache-2.0
// jgrhml against full matrices in NumPy (tests/reference/projection_graph.py), and what must hold whatever the data.
#include <kindred/backend/emu.hpp>
#include <kindred/projection/jgrhml.hpp>

#include "projection/graph.hpp"

using namespace kindred;
using projection::jgrhml;

TEST_CASE_FIXTURE(graph_rows, "jgrhml gives the scores of the formulas, to the items of the graph and to new ones") {
  static_assert(projection::LabelledLearner<jgrhml> && projection::LabelledLearner<jgrhml, double>);
  const std::pair<std::string, jgrhml> cases[] = {
      {"spread", {.neighbours = 5}},
      {"far",
       {.alpha = 0.7, .neighbours = 5, .gamma_1 = 20, .gamma_2 = 3, .lambda_1 = 2, .lambda_2 = 0.5, .updates = 2}}};
  for (const auto& one : cases) {
    const auto& name = one.first;
    const auto& learner = one.second;
    CAPTURE(name);
    const auto fitted = learner.fit(ctx, x, y, labels, more_x, more_y);
    CHECK(fitted.classes() == std::vector<label_t>{-3, 0, 7, 8});
    CHECK(fitted.nodes() == x.rows() + y.rows() + more_x.rows() + more_y.rows());
    same(fitted.first_scores(ctx), load("jgrhml_" + name + "_first"), 1e-9);
    same(fitted.second_scores(ctx), load("jgrhml_" + name + "_second"), 1e-9);
    same(fitted.first(ctx, new_x), load("jgrhml_" + name + "_new_first"), 1e-9);
    same(fitted.second(ctx, new_y), load("jgrhml_" + name + "_new_second"), 1e-9);
  }
}

TEST_CASE_FIXTURE(graph_rows, "the emulated device gives new items of a graph the scores of the host") {
  context<emu> emulated;
  const auto there = [&](const host_matrix& m) { return copied_to(emulated, ctx, m.view()); };
  const jgrhml learner{.alpha = 0.7, .neighbours = 5};
  const auto wanted = learner.fit(ctx, x, y, labels).first(ctx, new_x);
  const auto found = learner.fit(emulated, there(x), there(y), labels).first(emulated, there(new_x)).to_host();
  for (index_t i = 0; i < wanted.rows(); ++i)
    for (index_t c = 0; c < 4; ++c)
      CHECK(std::abs(found[static_cast<std::size_t>(4 * i + c)] - wanted.view()(i, c)) < 1e-12);
}

TEST_CASE_FIXTURE(graph_rows, "jgrhml keeps the rules of the learners") { expect_rules(jgrhml{.neighbours = 5}); }

TEST_CASE_FIXTURE(graph_rows, "jgrhml with alpha 0 leaves the labels where they are") {
  const auto fitted = jgrhml{.alpha = 0, .neighbours = 5}.fit(ctx, x, y, labels, more_x, more_y);
  const auto scores = fitted.first_scores(ctx);
  for (index_t i = 0; i < x.rows(); ++i)
    for (index_t c = 0; c < 4; ++c) {
      const label_t name = fitted.classes()[static_cast<std::size_t>(c)];
      double size = 0;
      for (const label_t label : labels) size += label == name;
      const double own = labels[static_cast<std::size_t>(i)] == name ? 1 / size : -1 / (48 - size);
      CHECK(scores.view()(i, c) == doctest::Approx(own).epsilon(1e-12));
    }
  for (index_t i = x.rows(); i < scores.rows(); ++i)
    for (index_t c = 0; c < 4; ++c) CHECK(scores.view()(i, c) == 0);
}

TEST_CASE_FIXTURE(graph_rows, "jgrhml refuses options out of range, and takes more neighbours than there are") {
  for (const jgrhml& learner : {jgrhml{.alpha = 1}, jgrhml{.alpha = -0.1}, jgrhml{.gamma_1 = 0}, jgrhml{.gamma_2 = -1},
                                jgrhml{.lambda_1 = -1}, jgrhml{.updates = -1}})
    CHECK_THROWS_AS(learner.fit(ctx, x, y, labels), argument_error);
  const host_matrix flat(ctx, 48, 3);
  CHECK_THROWS_WITH_AS(jgrhml{}.fit(ctx, flat, y, labels), doctest::Contains("do not covary"), argument_error);
  CHECK(jgrhml{.neighbours = 1000}.fit(ctx, x, y, labels).first(ctx, new_x).rows() == 5);
}

TEST_CASE_FIXTURE(graph_rows, "files of a graph projection whose parts do not fit are refused by name") {
  const temporary_folder folder;
  const std::string path = folder / "graph";
  const auto fitted = jgrhml{.neighbours = 5}.fit(ctx, x, y, labels);
  const auto write = [&](index_t scores, std::vector<double> degrees, std::vector<index_t> sizes, double alpha = 0.1,
                         bool ascending = true) {
    auto classes = fitted.classes();
    if (!ascending) std::swap(classes[0], classes[1]);
    io::safetensors_writer file;
    file.metadata("type", "jgrhml_projection 1");
    fitted.first_map().save(file, "first.");
    fitted.second_map().save(file, "second.");
    file.add("nodes", host_matrix(ctx, static_cast<index_t>(degrees.size() == 1 ? 2 : degrees.size()),
                                  fitted.first_map().dimensions()));
    file.add("scores", host_matrix(ctx, scores, 4));
    file.add("degrees", std::move(degrees));
    file.add("classes", classes);
    file.add("sizes", std::move(sizes));
    file.add("alpha", std::vector<double>{alpha});
    file.write(path);
    return refusal([&] { projection::jgrhml_projection<double, cpu>::load(ctx, path); });
  };
  CHECK(contains(write(3, {1, 1}, {1, 5}), "nodes with 3 scores"));
  CHECK(contains(write(2, {1}, {1, 5}), "tensor degrees: expected 2 values, got 1"));
  CHECK(contains(write(2, {1, -1}, {1, 5}), "tensor degrees: -1 is below 0"));
  CHECK(contains(write(2, {1, 1}, {3, 5}), "tensor sizes: expected 0 to 2, got 3"));
  CHECK(contains(write(2, {1, 1}, {1, 0}), "tensor sizes: expected 1 to"));
  CHECK(contains(write(0, {}, {0, 5}), "expected at least 1 node"));  // it would be divided by
  CHECK(contains(write(2, {1, 1}, {1, 5}, 7), "tensor alpha: expected 0 to 1, got 7"));
  CHECK(contains(write(2, {1, 1}, {1, 5}, 0.1, false), "tensor classes: the labels do not ascend"));
  CHECK(write(2, {1, 1}, {1, 5}).empty());
}
