// SPDX-License-Identifier: Apache-2.0
// s2upg against full matrices in NumPy (tests/reference/projection_graph.py), and what must hold whatever the data.
#include <kindred/projection/s2upg.hpp>

#include "projection/graph.hpp"

using namespace kindred;
using projection::s2upg;
using projection::s2upg_laplacian;

TEST_CASE_FIXTURE(graph_rows, "s2upg gives the maps and objectives of the formulas, with either Laplacian") {
  static_assert(projection::LabelledLearner<s2upg> && projection::LabelledLearner<s2upg, double>);
  const std::pair<std::string, s2upg> cases[] = {{"textbook", {.gamma = 10, .sigma = 2, .neighbours = 5}},
                                                 {"released",
                                                  {.gamma = 50,
                                                   .sigma = 5,
                                                   .mu = 3,
                                                   .neighbours = 5,
                                                   .laplacian = s2upg_laplacian::released,
                                                   .last_update = false}}};
  for (const auto& one : cases) {
    const auto& name = one.first;
    const auto& learner = one.second;
    CAPTURE(name);
    const auto fitted = learner.fit(ctx, x, y, labels, more_x, more_y);
    same(fitted.first(ctx, new_x), load("s2upg_" + name + "_first"), 1e-9);
    same(fitted.second(ctx, new_y), load("s2upg_" + name + "_second"), 1e-9);
    same(fitted.objectives(), load("s2upg_" + name + "_objectives"), 1e-10);
  }
}

TEST_CASE_FIXTURE(graph_rows, "s2upg keeps the rules of the learners") {
  expect_rules(s2upg{.gamma = 10, .sigma = 2, .neighbours = 5});
}

TEST_CASE_FIXTURE(graph_rows, "s2upg without the last update is s2upg with an iteration less") {
  const auto before = s2upg{.neighbours = 5, .iterations = 4, .last_update = false}.fit(ctx, x, y, labels);
  const auto less = s2upg{.neighbours = 5, .iterations = 3}.fit(ctx, x, y, labels);
  CHECK(same_bytes(before.first(ctx, new_x), less.first(ctx, new_x)));
  for (const s2upg& broken : {s2upg{.gamma = 0}, s2upg{.sigma = -1}, s2upg{.mu = -1}, s2upg{.iterations = 0}})
    CHECK_THROWS_AS(broken.fit(ctx, x, y, labels), argument_error);
}
