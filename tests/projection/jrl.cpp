// SPDX-License-Identifier: Apache-2.0
// jrl against full matrices in NumPy (tests/reference/projection_graph.py), and what must hold whatever the data.
#include <kindred/projection/jrl.hpp>

#include "projection/graph.hpp"

using namespace kindred;
using projection::jrl;
using projection::jrl_graph;

TEST_CASE_FIXTURE(graph_rows, "jrl gives the maps and objectives of the formulas, with either graph") {
  static_assert(projection::LabelledLearner<jrl> && projection::LabelledLearner<jrl, double>);
  const std::pair<std::string, jrl> cases[] = {
      {"near", {.gamma = 10, .sigma = 0.5, .lambda = 2, .mu = 1.5, .neighbours = 5}},
      {"full", {.gamma = 100, .sigma = 3, .neighbours = 5, .iterations = 3, .graph = jrl_graph::full_similarity}}};
  for (const auto& one : cases) {
    const auto& name = one.first;
    const auto& learner = one.second;
    CAPTURE(name);
    const auto fitted = learner.fit(ctx, x, y, labels, more_x, more_y);
    same(fitted.first(ctx, new_x), load("jrl_" + name + "_first"), 1e-9);
    same(fitted.second(ctx, new_y), load("jrl_" + name + "_second"), 1e-9);
    same(fitted.objectives(), load("jrl_" + name + "_objectives"), 1e-10);
  }
}

TEST_CASE_FIXTURE(graph_rows, "jrl keeps the rules of the learners") {
  expect_rules(jrl{.gamma = 10, .sigma = 0.5, .neighbours = 5});
}

TEST_CASE_FIXTURE(graph_rows, "jrl's objective falls, and with many iterations the start does not matter") {
  jrl learner{.gamma = 5, .sigma = 0.2, .neighbours = 5, .iterations = 400};
  const auto one = learner.fit(ctx, x, y, labels);
  for (std::size_t i = 1; i < one.objectives().size(); ++i)
    CHECK(one.objectives()[i] <= one.objectives()[i - 1] * (1 + 1e-12));
  learner.seed = 7;
  const auto two = learner.fit(ctx, x, y, labels);
  same(two.first(ctx, new_x), one.first(ctx, new_x), 1e-4);
  same(two.second(ctx, new_y), one.second(ctx, new_y), 1e-4);
}

TEST_CASE_FIXTURE(graph_rows, "jrl stops when an iteration gains too little") {
  const jrl learner{.neighbours = 5, .iterations = 50, .tolerance = 0.02};
  const auto reached = learner.fit(ctx, x, y, labels).objectives();
  REQUIRE(reached.size() >= 2);
  CHECK(reached.size() < 50);
  for (std::size_t i = 1; i < reached.size(); ++i)
    CHECK((reached[i - 1] - reached[i] < 0.02 * reached[i - 1]) == (i + 1 == reached.size()));
}

TEST_CASE_FIXTURE(graph_rows, "jrl does without a column that says nothing, and refuses options out of range") {
  host_matrix wide(ctx, 48, 7);
  for (index_t i = 0; i < 48; ++i)
    for (index_t j = 0; j < 6; ++j) wide.view()(i, j) = x.view()(i, j);
  const jrl learner{.gamma = 10, .sigma = 0.5, .neighbours = 5};
  const auto fitted = learner.fit(ctx, wide, y, labels);
  for (index_t j = 0; j < 4; ++j) CHECK(fitted.first_map().weights()(6, j) == 0);
  for (const jrl& broken : {jrl{.gamma = 0}, jrl{.sigma = -1}, jrl{.lambda = -1}, jrl{.mu = -1}, jrl{.iterations = 0},
                            jrl{.tolerance = -1}})
    CHECK_THROWS_AS(broken.fit(ctx, x, y, labels), argument_error);
}

TEST_CASE_FIXTURE(graph_rows, "files of a class projection whose parts do not fit are refused by name") {
  const temporary_folder folder;
  const std::string path = folder / "classes";
  const auto fitted = jrl{.gamma = 10, .sigma = 0.5, .neighbours = 5}.fit(ctx, x, y, labels);
  const auto write = [&](const std::vector<label_t>& classes, bool same_side) {
    io::safetensors_writer file;
    file.metadata("type", "class_projection 1");
    fitted.first_map().save(file, "first.");
    const projection::linear_map<double, cpu> other(ctx, {0, 0}, {1, 2, 3, 4}, 2);
    if (same_side)
      fitted.second_map().save(file, "second.");
    else
      other.save(file, "second.");
    file.add("classes", classes);
    file.add("objectives", std::vector<double>{3, 2});
    file.write(path);
    return refusal([&] { projection::class_projection<double, cpu>::load(ctx, path); });
  };
  CHECK(contains(write({1, 2, 3}, true), "tensor classes: expected 4 values, got 3"));
  CHECK(contains(write({1, 2, 2, 3}, true), "tensor classes: the labels do not ascend"));
  CHECK(contains(write({1, 2, 3, 4}, false), "4 dimensions in first, 2 in second"));
  CHECK(write({1, 2, 3, 4}, true).empty());
}
