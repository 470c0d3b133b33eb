// SPDX-License-Identifier: Apache-2.0
// Labelled and unlabelled rows of two views from tests/reference/projection_graph.py, for the learners on graphs.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <kindred/io/safetensors_writer.hpp>
#include <limits>
#include <string>
#include <vector>

#include "io/files.hpp"
#include "matrix_fixture.hpp"

struct graph_rows {
  using host_matrix = kindred::matrix<double, kindred::cpu>;
  kindred::context<kindred::cpu> ctx{2};
  host_matrix x = load("x"), y = load("y"), more_x = load("more_x"), more_y = load("more_y"), new_x = load("new_x"),
              new_y = load("new_y");
  std::vector<kindred::label_t> labels = label_list();

  host_matrix load(const std::string& name) { return matrix_fixture(ctx, "projection/graph.txt", name); }
  std::vector<kindred::label_t> label_list() {
    std::vector<kindred::label_t> out;
    for (const double v : load("labels").to_host()) out.push_back(static_cast<kindred::label_t>(v));
    return out;
  }
  /// Equal up to a share of the largest expected element.
  void same(const host_matrix& found, const host_matrix& expected, double tolerance) {
    REQUIRE(found.rows() == expected.rows());
    REQUIRE(found.cols() == expected.cols());
    double largest = 0;
    for (const double v : expected.to_host()) largest = std::max(largest, std::abs(v));
    for (kindred::index_t i = 0; i < found.rows(); ++i)
      for (kindred::index_t j = 0; j < found.cols(); ++j)
        CHECK(std::abs(found.view()(i, j) - expected.view()(i, j)) < tolerance * largest);
  }
  void same(const std::vector<double>& found, const host_matrix& expected, double tolerance) {
    same(host_matrix(ctx, 1, static_cast<kindred::index_t>(found.size()), found), expected, tolerance);
  }
  bool same_bytes(const host_matrix& a, const host_matrix& b) const {
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.rows() * a.cols()) * sizeof(double)) == 0;
  }
  /// Row order[i] of `m` as row i.
  host_matrix permuted(const host_matrix& m, const std::vector<kindred::index_t>& order) {
    host_matrix out(ctx, m.rows(), m.cols());
    for (kindred::index_t i = 0; i < m.rows(); ++i)
      for (kindred::index_t j = 0; j < m.cols(); ++j)
        out.view()(i, j) = m.view()(order[static_cast<std::size_t>(i)], j);
    return out;
  }

  /// What holds for each of the learners, whatever the data.
  template <class Learner>
  void expect_rules(const Learner& learner) {
    using namespace kindred;
    const auto fitted = learner.fit(ctx, x, y, labels, more_x, more_y);
    const host_matrix first = fitted.first(ctx, new_x), second = fitted.second(ctx, new_y);

    INFO("the order of pairs and of unlabelled rows does not matter");
    const auto steps = [](index_t n, index_t step) {
      std::vector<index_t> order;
      for (index_t i = 0; i < n; ++i) order.push_back(i * step % n);
      return order;
    };
    const auto order = steps(x.rows(), 29);
    std::vector<label_t> moved;
    for (const index_t i : order) moved.push_back(labels[static_cast<std::size_t>(i)]);
    const auto again =
        learner.fit(ctx, permuted(x, order), permuted(y, order), moved, permuted(more_x, steps(more_x.rows(), 4)),
                    permuted(more_y, steps(more_y.rows(), 3)));
    same(again.first(ctx, new_x), first, 1e-8);
    same(again.second(ctx, new_y), second, 1e-8);

    INFO("one and two threads give the same bytes");
    context<cpu> one(1);
    const auto alone = learner.fit(one, x, y, labels, more_x, more_y);
    CHECK(same_bytes(alone.first(one, new_x), first));
    CHECK(same_bytes(alone.second(one, new_y), second));

    INFO("units and constants of a column do not matter");
    host_matrix changed = x.clone(), changed_more = more_x.clone(), changed_new = new_x.clone();
    for (host_matrix* m : {&changed, &changed_more, &changed_new})
      for (index_t i = 0; i < m->rows(); ++i) m->view()(i, 1) = 40 * m->view()(i, 1) - 3;
    same(learner.fit(ctx, changed, y, labels, changed_more, more_y).first(ctx, changed_new), first, 1e-8);

    INFO("rows do not depend on their neighbours, no rows give none, NaN stays in its row");
    for (index_t i = 0; i < new_x.rows(); ++i) {
      const auto row = fitted.first(ctx, new_x.view().middle_rows(i, 1));
      for (index_t j = 0; j < row.cols(); ++j) CHECK(row.view()(0, j) == first.view()(i, j));
    }
    CHECK(fitted.first(ctx, new_x.view().middle_rows(0, 0)).rows() == 0);
    host_matrix broken = new_x.clone();
    broken.view()(2, 3) = std::numeric_limits<double>::quiet_NaN();
    const host_matrix part = fitted.first(ctx, broken);
    for (index_t i = 0; i < part.rows(); ++i)
      for (index_t j = 0; j < part.cols(); ++j)
        CHECK((i == 2 ? std::isnan(part.view()(i, j)) : part.view()(i, j) == first.view()(i, j)));

    INFO("float and double agree");
    const auto narrow = [&](const host_matrix& m) {
      const auto values = m.to_host();
      return matrix<float, cpu>(ctx, m.rows(), m.cols(), std::vector<float>(values.begin(), values.end()));
    };
    const auto in_float =
        learner.fit(ctx, narrow(x), narrow(y), labels, narrow(more_x), narrow(more_y)).first(ctx, narrow(new_x));
    double largest = 0;
    for (const double v : first.to_host()) largest = std::max(largest, std::abs(v));
    for (index_t i = 0; i < first.rows() * first.cols(); ++i)
      CHECK(std::abs(static_cast<double>(in_float.data()[i]) - first.data()[i]) < 2e-4 * largest);

    INFO("saved and loaded it projects to the same bytes");
    const temporary_folder folder;
    const std::string path = folder / "projection.safetensors";
    fitted.save(path);
    using projection_type = std::decay_t<decltype(fitted)>;
    const auto loaded = projection_type::load(ctx, path);
    CHECK(same_bytes(loaded.first(ctx, new_x), first));
    CHECK(same_bytes(loaded.second(ctx, new_y), second));
    CHECK(loaded.classes() == std::vector<label_t>{-3, 0, 7, 8});
    CHECK(contains(refusal([&] { projection_type::load(ctx, io::safetensors(path), "first."); }), "first.type"));

    INFO("what cannot be learned from is refused by name");
    const auto refuses = [&](const host_matrix& a, const host_matrix& b, const std::vector<label_t>& c,
                             const host_matrix& d, const host_matrix& e, const char* message) {
      CAPTURE(message);
      CHECK_THROWS_WITH_AS(learner.fit(ctx, a, b, c, d, e), doctest::Contains(message), error);
    };
    host_matrix infinite = y.clone(), infinite_more = more_y.clone();
    infinite.view()(17, 2) = std::numeric_limits<double>::infinity();
    infinite_more.view()(3, 1) = std::numeric_limits<double>::quiet_NaN();
    refuses(x, infinite, labels, more_x, more_y, "second view, row 17, column 2 is inf");
    refuses(x, y, labels, more_x, infinite_more, "unlabelled second view, row 3, column 1 is nan");
    refuses(x, more_y, labels, more_x, more_y, "48 rows in the first view, 7 in the second");
    refuses(x, y, {1, 2}, more_x, more_y, "2 labels for 48 rows");
    refuses(x, y, std::vector<label_t>(48, 1), more_x, more_y, "1 classes");
    refuses(x, y, labels, more_y, more_x, "unlabelled rows of 4 numbers in the first view of 6");
    Learner none = learner;
    none.neighbours = 0;
    CHECK_THROWS_WITH_AS(none.fit(ctx, x, y, labels), doctest::Contains("expected neighbours of at least 1, got 0"),
                         argument_error);
    CHECK_THROWS_AS(fitted.first(ctx, new_y), shape_error);
  }
};
