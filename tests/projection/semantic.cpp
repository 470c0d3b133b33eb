// SPDX-License-Identifier: Apache-2.0
// Logistic regression and semantic matching against scikit-learn (tests/reference/projection_semantic.py), against the
// conditions of the optimum written out as loops, and what must hold whatever the data.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <kindred/backend/emu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/projection/semantic.hpp>
#include <limits>
#include <string>

#include "io/files.hpp"
#include "late_lane.hpp"
#include "matrix_fixture.hpp"

using namespace kindred;
using host_matrix = matrix<double, cpu>;
using projection::logistic_regression;
using projection::semantic;

namespace {

struct labelled {
  context<cpu> ctx{2};
  host_matrix x = load("x"), y = load("y"), xt = load("xt"), yt = load("yt");
  std::vector<label_t> labels = load_labels("labels");

  host_matrix load(const std::string& name) { return matrix_fixture(ctx, "projection/semantic.txt", name); }
  std::vector<label_t> load_labels(const std::string& name) {
    std::vector<label_t> out;
    for (const double v : load(name).to_host()) out.push_back(static_cast<label_t>(v));
    return out;
  }
  void same(matrix_view<const double, cpu> found, matrix_view<const double, cpu> expected, double tolerance) {
    REQUIRE(found.rows() == expected.rows());
    REQUIRE(found.cols() == expected.cols());
    for (index_t i = 0; i < found.rows(); ++i)
      for (index_t j = 0; j < found.cols(); ++j) CHECK(std::abs(found(i, j) - expected(i, j)) < tolerance);
  }
  void same(const host_matrix& found, const host_matrix& expected, double tolerance) {
    same(found.view(), expected.view(), tolerance);
  }
  /// Element by element: f(row, column, matrix), with `more` columns appended.
  host_matrix changed(const host_matrix& a, const std::function<double(index_t, index_t, const host_matrix&)>& f,
                      index_t more = 0) {
    host_matrix out(ctx, a.rows(), a.cols() + more);
    for (index_t i = 0; i < out.rows(); ++i)
      for (index_t j = 0; j < out.cols(); ++j) out.view()(i, j) = f(i, j, a);
    return out;
  }
  /// The largest component of the gradient of the objective over c, by loops over its definition.
  template <class P>
  double gradient(const P& map, const host_matrix& rows, const std::vector<label_t>& of_rows, double c) {
    const auto posteriors = map.apply(ctx, rows);
    const index_t k = map.dimensions();
    double most = 0;
    for (index_t j = 0; j < k; ++j)
      for (index_t f = -1; f < rows.cols(); ++f) {  // -1: the intercept
        double sum = f < 0 ? 0 : map.weights()(f, j) / c;
        for (index_t i = 0; i < rows.rows(); ++i) {
          const bool of_class = map.classes()[static_cast<std::size_t>(j)] == of_rows[static_cast<std::size_t>(i)];
          sum += (posteriors.view()(i, j) - of_class) * (f < 0 ? 1 : rows.view()(i, f) - map.means()(f));
        }
        most = std::max(most, std::abs(sum));
      }
    return most;
  }
};

const logistic_regression precise{.c = 1, .tolerance = 1e-11, .max_iterations = 10000};

}  // namespace

TEST_CASE_FIXTURE(labelled, "logistic regression equals scikit-learn's for weak and strong penalties") {
  const std::pair<std::string, double> cases[] = {{"weak", 0.05}, {"one", 1}, {"strong", 30}};
  for (const auto& one : cases) {
    const auto& name = one.first;
    const double c = one.second;
    CAPTURE(name);
    logistic_regression options = precise;
    options.c = c;
    optimizer::lbfgs_result reached;
    const auto map = options.fit(ctx, x, labels, &reached);
    CHECK(reached.stop == optimizer::lbfgs_stop::gradient);
    CHECK(map.classes() == std::vector<label_t>{-3, 0, 7, 8});
    same(map.weights(), load(name + "_weights"), 1e-6);
    same(map.apply(ctx, xt), load(name + "_posteriors"), 1e-7);
    const auto intercepts = load(name + "_intercepts");  // for rows that are not centred
    for (index_t j = 0; j < 4; ++j) {
      double shifted = map.intercepts()(j);
      for (index_t f = 0; f < 5; ++f) shifted -= map.means()(f) * map.weights()(f, j);
      CHECK(std::abs(shifted - intercepts.view()(0, j)) < 1e-5);
    }
    // the default tolerance is enough for four digits
    same(logistic_regression{.c = c}.fit(ctx, x, labels).apply(ctx, xt), load(name + "_posteriors"), 1e-4);
  }
}

TEST_CASE_FIXTURE(labelled, "two classes with a weight each are the form with one weight and twice the c") {
  same(precise.fit(ctx, x, load_labels("two_labels")).apply(ctx, xt), load("two_posteriors"), 1e-7);
}

TEST_CASE_FIXTURE(labelled, "semantic matching and semantic correlation matching equal the formulas") {
  const semantic matching{.tolerance = 1e-11};
  const auto matched = matching.fit(ctx, x, y, labels);
  static_assert(projection::LabelledLearner<semantic> && projection::LabelledLearner<semantic, double, emu>);
  static_assert(!projection::PairedLearner<semantic>);
  CHECK(matched.dimensions() == 4);
  CHECK(matched.classes() == std::vector<label_t>{-3, 0, 7, 8});
  same(matched.first(ctx, xt), load("matched_first"), 1e-7);
  same(matched.second(ctx, yt), load("matched_second"), 1e-7);
  const semantic correlation_matching{
      .c = 2, .correlation = projection::cca{.dimensions = 3, .ridge = 0.1}, .tolerance = 1e-11};
  const auto correlated = correlation_matching.fit(ctx, x, y, labels);
  same(correlated.first(ctx, xt), load("correlated_first"), 1e-7);
  same(correlated.second(ctx, yt), load("correlated_second"), 1e-7);
}

TEST_CASE_FIXTURE(labelled,
                  "the gradient of the objective is 0 at the fit, whatever the number of classes and columns") {
  for (const index_t p : {1, 3, 140}) {
    for (const label_t k : {2, 3, 17}) {
      const index_t n = 60;
      host_matrix rows(ctx, n, p);
      std::vector<label_t> of_rows;
      for (index_t i = 0; i < n; ++i) {
        of_rows.push_back(static_cast<label_t>(i * i % k + i % 2));
        for (index_t j = 0; j < p; ++j)
          rows.view()(i, j) = 3 +
                              random::uniform(static_cast<std::uint64_t>(p), static_cast<std::uint64_t>(i),
                                              static_cast<std::uint64_t>(j)) +
                              (of_rows.back() == j ? 0.5 : 0);
      }
      for (const double c : {0.1, 10.0}) {
        logistic_regression options = precise;
        options.c = c;
        const auto map = options.fit(ctx, rows, of_rows);
        CAPTURE(p);
        CAPTURE(k);
        CAPTURE(c);
        CHECK(gradient(map, rows, of_rows, c) < 1e-8);
        double intercepts = 0;
        for (index_t j = 0; j < map.dimensions(); ++j) intercepts += map.intercepts()(j);
        CHECK(std::abs(intercepts) < 1e-9);
        for (index_t f = 0; f < p; ++f) {
          double sum = 0;
          for (index_t j = 0; j < map.dimensions(); ++j) sum += map.weights()(f, j);
          CHECK(std::abs(sum) < 1e-9);
        }
      }
    }
  }
}

TEST_CASE_FIXTURE(labelled, "posteriors are probabilities") {
  const auto posteriors = semantic{}.fit(ctx, x, y, labels).first(ctx, xt);
  for (index_t i = 0; i < 10; ++i) {
    double sum = 0;
    for (index_t j = 0; j < 4; ++j) {
      CHECK(posteriors.view()(i, j) > 0);
      sum += posteriors.view()(i, j);
    }
    CHECK(std::abs(sum - 1) < 1e-14);
  }
  // far away the scores are thousands, where exp alone would overflow
  const auto far = changed(xt, [](index_t i, index_t j, const host_matrix& a) { return 1e4 * a.view()(i, j); });
  for (const double v : semantic{}.fit(ctx, x, y, labels).first(ctx, far).to_host()) CHECK((v >= 0 && v <= 1));
}

TEST_CASE_FIXTURE(labelled, "shifts, and units where columns are standardized, change nothing") {
  const auto moved = [this](const host_matrix& a) {
    return changed(a, [](index_t i, index_t j, const host_matrix& m) { return m.view()(i, j) - 1e4; });
  };
  const auto measured = [this](const host_matrix& a) {
    return changed(a, [](index_t i, index_t j, const host_matrix& m) { return m.view()(i, j) * std::pow(10, j - 2); });
  };
  const auto before = precise.fit(ctx, x, labels).apply(ctx, xt);
  same(precise.fit(ctx, moved(x), labels).apply(ctx, moved(xt)), before, 1e-8);
  logistic_regression options = precise;
  options.standardize = true;
  same(options.fit(ctx, measured(moved(x)), labels).apply(ctx, measured(moved(xt))),
       options.fit(ctx, x, labels).apply(ctx, xt), 1e-8);
  const semantic scm{.correlation = projection::cca{.dimensions = 2, .standardize = true}, .tolerance = 1e-11};
  same(scm.fit(ctx, measured(moved(x)), y, labels).first(ctx, measured(moved(xt))),
       scm.fit(ctx, x, y, labels).first(ctx, xt), 1e-8);
}

TEST_CASE_FIXTURE(labelled, "the order of rows and columns and the names of the classes do not matter") {
  const semantic sm{.tolerance = 1e-11}, scm{.correlation = projection::cca{.dimensions = 2}, .tolerance = 1e-11};
  for (const semantic& learner : {sm, scm}) {
    const auto before = learner.fit(ctx, x, y, labels);
    const auto turned = [this](const host_matrix& a) {
      return changed(a, [](index_t i, index_t j, const host_matrix& m) { return m.view()(m.rows() - 1 - i, j); });
    };
    const auto mirrored = [this](const host_matrix& a) {
      return changed(a, [](index_t i, index_t j, const host_matrix& m) { return m.view()(i, m.cols() - 1 - j); });
    };
    const std::vector<label_t> reversed(labels.rbegin(), labels.rend());
    const auto after = learner.fit(ctx, mirrored(turned(x)), turned(y), reversed);
    same(after.first(ctx, mirrored(xt)), before.first(ctx, xt), 1e-8);
    same(after.second(ctx, yt), before.second(ctx, yt), 1e-8);
    // 100 - label: the classes come in the opposite order
    std::vector<label_t> renamed;
    for (const label_t l : labels) renamed.push_back(100 - l);
    const auto other = learner.fit(ctx, x, y, renamed);
    CHECK(other.classes() == std::vector<label_t>{92, 93, 100, 103});
    same(mirrored(other.first(ctx, xt)), before.first(ctx, xt), 1e-8);
  }
}

TEST_CASE_FIXTURE(labelled, "a rotation of the columns changes nothing, with fewer rows than columns too") {
  const index_t wide = 120;  // 90 rows: the views are widened by columns of noise
  const auto noisy = [&](const host_matrix& a) {
    return changed(
        a,
        [](index_t i, index_t j, const host_matrix& m) {
          return j < m.cols()
                     ? m.view()(i, j)
                     : random::uniform(8, static_cast<std::uint64_t>(i + m.rows()), static_cast<std::uint64_t>(j));
        },
        wide - a.cols());
  };
  const host_matrix before = noisy(x), before_test = noisy(xt);
  const auto rotated = [&](const host_matrix& a) {  // reflections at two vectors
    host_matrix out = a.clone();
    for (const std::uint64_t seed : {1u, 2u}) {
      std::vector<double> v(static_cast<std::size_t>(wide));
      double square = 0;
      for (std::size_t j = 0; j < v.size(); ++j) {
        v[j] = random::uniform(seed, 3, j) - 0.5;
        square += v[j] * v[j];
      }
      for (index_t i = 0; i < out.rows(); ++i) {
        double dot = 0;
        for (std::size_t j = 0; j < v.size(); ++j) dot += out.view()(i, static_cast<index_t>(j)) * v[j];
        for (std::size_t j = 0; j < v.size(); ++j) out.view()(i, static_cast<index_t>(j)) -= 2 * dot / square * v[j];
      }
    }
    return out;
  };
  same(precise.fit(ctx, rotated(before), labels).apply(ctx, rotated(before_test)),
       precise.fit(ctx, before, labels).apply(ctx, before_test), 1e-8);
}

TEST_CASE_FIXTURE(labelled, "constant columns get no weight, copies of a column share theirs") {
  const auto more = changed(
      x,
      [](index_t i, index_t j, const host_matrix& a) { return j < 5    ? a.view()(i, j)
                                                              : j == 5 ? 7
                                                                       : a.view()(i, 0); },
      2);
  const auto map = precise.fit(ctx, more, labels);
  for (index_t j = 0; j < 4; ++j) {
    CHECK(map.weights()(5, j) == 0);
    CHECK(std::abs(map.weights()(6, j) - map.weights()(0, j)) < 1e-12);
  }
  // a column that comes twice counts twice: as one that is sqrt(2) times as long
  const auto longer = [this](const host_matrix& a) {
    return changed(
        a, [](index_t i, index_t j, const host_matrix& m) { return m.view()(i, j) * (j == 0 ? std::sqrt(2) : 1); });
  };
  const auto widened = changed(
      xt,
      [](index_t i, index_t j, const host_matrix& a) { return j < 5    ? a.view()(i, j)
                                                              : j == 5 ? 7
                                                                       : a.view()(i, 0); },
      2);
  same(map.apply(ctx, widened), precise.fit(ctx, longer(x), labels).apply(ctx, longer(xt)), 1e-8);
  // nothing to tell the classes apart by: their shares
  const host_matrix flat(ctx, 90, 3);
  const auto shares = precise.fit(ctx, flat, labels).apply(ctx, flat.view().middle_rows(0, 1));
  for (index_t j = 0; j < 4; ++j) {
    const auto of_class =
        std::count(labels.begin(), labels.end(), std::vector<label_t>{-3, 0, 7, 8}[static_cast<std::size_t>(j)]);
    CHECK(shares.view()(0, j) == doctest::Approx(static_cast<double>(of_class) / 90).epsilon(1e-9));
  }
  // the ridge keeps duplicated columns harmless for the canonical coordinates
  const semantic scm{.correlation = projection::cca{.dimensions = 2, .ridge = 0}, .tolerance = 1e-11};
  same(scm.fit(ctx, more, y, labels).first(ctx, widened), scm.fit(ctx, x, y, labels).first(ctx, xt), 1e-7);
}

TEST_CASE_FIXTURE(labelled, "classes that can be separated have finite weights, and too few steps are told") {
  const host_matrix rows(ctx, 4, 1, std::vector<double>{-2, -1, 1, 2});
  const std::vector<label_t> of_rows{5, 5, 6, 6};
  optimizer::lbfgs_result reached;
  const auto map = logistic_regression{.c = 1e8, .tolerance = 1e-14}.fit(ctx, rows, of_rows, &reached);
  CHECK(std::isfinite(map.weights()(0, 0)));
  CHECK(map.apply(ctx, rows).to_host()[0] > 0.999);
  CHECK(gradient(map, rows, of_rows, 1e8) < 1e-6);
  logistic_regression{.max_iterations = 2}.fit(ctx, x, labels, &reached);
  CHECK(reached.stop == optimizer::lbfgs_stop::iterations);
  CHECK(reached.iterations == 2);
}

TEST_CASE_FIXTURE(labelled, "float and double agree, and the emulated device") {
  const auto down = [this](const host_matrix& a) {
    const auto values = a.to_host();
    return matrix<float, cpu>(ctx, a.rows(), a.cols(), std::vector<float>(values.begin(), values.end()));
  };
  context<emu> emulated;
  const auto ex = copied_to(emulated, ctx, x.view()), ey = copied_to(emulated, ctx, y.view());
  const semantic sm{.tolerance = 1e-11}, scm{.correlation = projection::cca{.dimensions = 2}, .tolerance = 1e-11};
  for (const semantic& learner : {sm, scm}) {
    const auto wide = learner.fit(ctx, x, y, labels).first(ctx, xt);
    const auto narrow = learner.fit(ctx, down(x), down(y), labels).first(ctx, down(xt));
    for (index_t i = 0; i < 40; ++i) CHECK(std::abs(static_cast<double>(narrow.data()[i]) - wide.data()[i]) < 1e-5);
    const auto there = learner.fit(emulated, ex, ey, labels).first(emulated, copied_to(emulated, ctx, xt.view()));
    for (index_t i = 0; i < 40; ++i) CHECK(std::abs(there.data()[i] - wide.data()[i]) < 1e-8);
  }
}

TEST_CASE("fitted classifiers have the same bytes for 1, 2 and 4 threads") {
  const auto bytes = [](int threads) {
    context<cpu> ctx(threads);
    const index_t n = 1500, p = 70, q = 40;
    matrix<float, cpu> x(ctx, n, p), y(ctx, n, q);
    std::vector<label_t> labels;
    for (index_t i = 0; i < n; ++i) {
      const auto r = static_cast<std::uint64_t>(i);
      labels.push_back(static_cast<label_t>(random::below(30, 9, 0, r)));
      for (index_t j = 0; j < p; ++j)
        x.view()(i, j) =
            static_cast<float>(random::uniform(1, r, static_cast<std::uint64_t>(j)) + (labels.back() == j));
      for (index_t j = 0; j < q; ++j)
        y.view()(i, j) =
            static_cast<float>(random::uniform(2, r, static_cast<std::uint64_t>(j)) + (labels.back() == j));
    }
    const auto sm = semantic{}.fit(ctx, x, y, labels);
    const auto scm = semantic{.correlation = projection::cca{.dimensions = 9}}.fit(ctx, x, y, labels);
    std::vector<float> all;
    for (const auto& m : {sm.first(ctx, x).to_host(), sm.second(ctx, y).to_host(), scm.first(ctx, x).to_host()})
      all.insert(all.end(), m.begin(), m.end());
    for (index_t i = 0; i < p; ++i)
      for (const float w : sm.first_map().weights().row(i)) all.push_back(w);
    return all;
  };
  const auto one = bytes(1);
  for (const int threads : {2, 4}) {
    const auto more = bytes(threads);
    REQUIRE(more.size() == one.size());
    CHECK(std::memcmp(one.data(), more.data(), one.size() * sizeof(float)) == 0);
  }
}

TEST_CASE_FIXTURE(labelled, "a row's posteriors do not depend on the rows around it, and 0 rows give 0 rows") {
  const auto space = semantic{}.fit(ctx, x, y, labels);
  const auto together = space.first(ctx, xt);
  for (index_t i = 0; i < 10; ++i) {
    const auto alone = space.first(ctx, xt.view().middle_rows(i, 1));
    for (index_t j = 0; j < 4; ++j) CHECK(alone.view()(0, j) == together.view()(i, j));
  }
  CHECK(space.first(ctx, xt.view().middle_rows(0, 0)).rows() == 0);
}

TEST_CASE_FIXTURE(labelled, "what cannot be learned from is refused by name") {
  const auto refuses = [&](const host_matrix& a, const host_matrix& b, std::span<const label_t> of_rows,
                           const char* part) {
    CAPTURE(part);
    CHECK_THROWS_WITH_AS(semantic{}.fit(ctx, a, b, of_rows), doctest::Contains(part), error);
    CHECK_THROWS_WITH_AS((semantic{.correlation = projection::cca{}}.fit(ctx, a, b, of_rows)), doctest::Contains(part),
                         error);
  };
  host_matrix broken = y.clone();
  broken.view()(17, 2) = std::numeric_limits<double>::quiet_NaN();
  refuses(x, broken, labels, "second view, row 17, column 2 is nan");
  broken.view()(17, 2) = std::numeric_limits<double>::infinity();
  refuses(broken, y, labels, "first view, row 17, column 2 is inf");
  refuses(x, yt, labels, "90 rows in the first view, 10 in the second");
  refuses(x, y, std::span(labels).first(89), "89 labels for 90 rows");
  refuses(x, y, std::vector<label_t>(90, 4), "1 classes among 90 labels, 2 are needed");
  const host_matrix one(ctx, 1, 3), none(ctx, 0, 3), empty(ctx, 90, 0);
  refuses(one, one, std::vector<label_t>{1}, "2 are needed");
  refuses(none, none, {}, "2 are needed");
  refuses(x, empty, labels, "second view has no columns");
  CHECK_THROWS_WITH_AS(precise.fit(ctx, broken, labels), doctest::Contains("only view, row 17"), argument_error);
  CHECK_THROWS_WITH_AS(logistic_regression{.c = 0}.fit(ctx, x, labels), doctest::Contains("expected c above 0, got 0"),
                       argument_error);
  CHECK_THROWS_AS(logistic_regression{.c = std::nan("")}.fit(ctx, x, labels), argument_error);
  CHECK_THROWS_AS(semantic{.c = -1}.fit(ctx, x, y, labels), argument_error);
  CHECK_THROWS_AS(semantic{.tolerance = -1}.fit(ctx, x, y, labels), argument_error);
  CHECK_THROWS_AS(semantic{.max_iterations = -1}.fit(ctx, x, y, labels), argument_error);
  CHECK_THROWS_AS(semantic{}.fit(ctx, x, y, labels).first(ctx, yt), shape_error);
}

TEST_CASE_FIXTURE(labelled, "saved classifiers come back with the same bytes, broken files are refused") {
  temporary_folder folder;
  const std::string path = folder / "semantic.safetensors";
  using space_type = projection::semantic_projection<double, cpu>;
  const space_type space = semantic{}.fit(ctx, x, y, labels);
  space.save(path);
  const space_type back = space_type::load(ctx, path);
  CHECK(back.classes() == space.classes());
  const auto same_bytes = [](const host_matrix& a, const host_matrix& b) {
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.rows() * a.cols()) * sizeof(double)) == 0;
  };
  CHECK(same_bytes(back.first(ctx, xt), space.first(ctx, xt)));
  CHECK(same_bytes(back.second(ctx, yt), space.second(ctx, yt)));
  using map_type = projection::posterior_map<double, cpu>;
  const auto opened = [&] { return io::safetensors(path); };
  CHECK(same_bytes(map_type::load(ctx, opened(), "second.").apply(ctx, yt), space.second(ctx, yt)));
  CHECK(refusal([&] { map_type::load(ctx, path); }).find("expected posterior_map 1, got semantic_projection 1") !=
        std::string::npos);

  const auto written = [&](const std::vector<double>& intercepts, const std::vector<label_t>& classes) {
    io::safetensors_writer file;
    file.metadata("type", "posterior_map 1");
    space.first_map().save(file, "unused.");
    file.metadata("scores.type", "linear_map 1");
    file.add("scores.means", std::vector<double>(5, 0));
    file.add("scores.weights", host_matrix(ctx, 5, 4));
    file.add("intercepts", intercepts);
    file.add("classes", classes);
    file.write(path);
    return refusal([&] { map_type::load(ctx, path); });
  };
  CHECK(written({1, 2, 3}, {1, 2, 3, 4}).find("intercepts: expected 4 values, got 3") != std::string::npos);
  CHECK(written({1, 2, 3, 4}, {1, 2, 3}).find("classes: expected 4 values, got 3") != std::string::npos);
  CHECK(written({1, 2, 3, 4}, {1, 2, 2, 3}).find("the labels do not ascend") != std::string::npos);
  io::safetensors_writer mixed;
  mixed.metadata("type", "semantic_projection 1");
  space.first_map().save(mixed, "first.");
  const auto other = precise.fit(ctx, y, load_labels("two_labels"));
  other.save(mixed, "second.");
  mixed.write(path);
  CHECK(refusal([&] { space_type::load(ctx, path); }).find("have other classes") != std::string::npos);
}

TEST_CASE("losses of logistic regression do not depend on when a lane reads the score of the target") {
  context<cpu> ctx;
  const index_t rows = 3, classes = 7;
  std::vector<double> start(static_cast<std::size_t>(rows * classes));
  for (std::size_t i = 0; i < start.size(); ++i) start[i] = random::normal(4, 0, i);
  const vector<double, cpu> intercepts(ctx, std::vector<double>(static_cast<std::size_t>(classes), 0.5));
  const vector<index_t, cpu> targets(ctx, std::vector<index_t>{0, 1, 6});
  const auto values = [&](auto run) {
    matrix<double, cpu> scores(ctx, rows, classes, start), losses(ctx, rows, 1);
    run(projection::detail::logistic_row<cpu>{scores.view(), intercepts.view(), targets.view(), losses.view()});
    std::vector<double> all = losses.to_host(), slopes = scores.to_host();
    all.insert(all.end(), slopes.begin(), slopes.end());
    return all;
  };
  const auto expected = values([&](auto body) { ctx.for_each_row(rows, classes, body); });
  const auto late = values([&](auto body) { late_lane::for_each_row(rows, body); });
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(late[i] == doctest::Approx(expected[i]).epsilon(1e-12));
}
