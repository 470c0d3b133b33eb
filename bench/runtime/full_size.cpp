// SPDX-License-Identifier: Apache-2.0
// A study of published size from features to tables: pairs of 512 and 300 numbers in 25 classes under 7 ancestors, made
// from a seed, through cca, cfa, kcca, dcca and deep_sm, each ranked in both directions with every test item as a query
// and every test item of the other kind in the gallery. Prints seconds, processor seconds and the peak of memory of
// every stage.
//
//   bench.full_size [--train N] [--test N] [--dimensions N] [--landmarks N] [--epochs N] [--threads N] [--memory MIB]
//                   [--methods cca,cfa,kcca,dcca,deep_sm]
//
// The pairs share 32 hidden numbers. Their means depend on the class, which is near the others of its ancestor. Half of
// them are mixed into both kinds as they are, half bent differently, so that no linear map makes them correlate as much
// as they could. Each kind has 24 strong hidden numbers of its own, which covariances mistake for something shared, and
// noise in every column.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/metric/average_precision.hpp>
#include <kindred/metric/rank_metrics.hpp>
#include <kindred/model/dcca.hpp>
#include <kindred/model/deep_sm.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/cfa.hpp>
#include <kindred/projection/kcca.hpp>
#include <kindred/relation/paired.hpp>
#include <kindred/relation/same_label.hpp>
#include <kindred/retrieval/evaluate.hpp>
#include <kindred/similarity/cosine.hpp>
#include <optional>
#include <string>

#include "../../tests/peak_memory.hpp"

using namespace kindred;

namespace {

constexpr const char* all_methods = "cca,cfa,kcca,dcca,deep_sm";

/// Whether a list with commas holds a name.
bool holds(const std::string& list, const std::string& name) {
  return ("," + list + ",").find("," + name + ",") != std::string::npos;
}

struct settings {
  index_t train = 190680, test = 81720, dimensions = 64, landmarks = 500, epochs = 10, threads = 2, memory = 64;
  std::string methods = all_methods;
};

constexpr index_t classes = 25, ancestors = 7, hidden = 32, own = 24, first_columns = 512, second_columns = 300;
constexpr std::uint64_t seed = 20190;

/// A stage of the study: prints what it took when it is over.
class stage {
 public:
  explicit stage(std::string what)
      : what_(std::move(what)), forgotten_(forget_peak()), processor_(std::clock()), begun_(clock::now()) {}
  ~stage() {
    std::printf("%-28s %9.1f s %9.1f s of processors %7.0f MiB at most%s\n", what_.c_str(), seconds(),
                static_cast<double>(std::clock() - processor_) / CLOCKS_PER_SEC, status_mib("VmHWM"),
                forgotten_ ? "" : ", earlier stages included");
    std::fflush(stdout);
  }
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;
  double seconds() const { return std::chrono::duration<double>(clock::now() - begun_).count(); }

 private:
  using clock = std::chrono::steady_clock;
  std::string what_;
  bool forgotten_;
  std::clock_t processor_;
  clock::time_point begun_;
};

struct pairs {
  matrix<float, cpu> x, y;
  vector<label_t, cpu> labels;

  pairs(context<cpu>& ctx, index_t n, std::uint64_t set)
      : x(ctx, n, first_columns, uninitialized), y(ctx, n, second_columns, uninitialized), labels(ctx, n) {
    for (index_t i = 0; i < n; ++i)
      labels.data()[i] = static_cast<label_t>(random::below(classes, seed, set, static_cast<std::uint64_t>(i)));
    fill(ctx, x.view(), set, 0);
    fill(ctx, y.view(), set, 1);
  }

 private:
  void fill(context<cpu>& ctx, matrix_view<float, cpu> out, std::uint64_t set, std::uint64_t kind) const {
    const index_t n = out.rows(), p = out.cols();
    matrix<float, cpu> factors(ctx, n, hidden + own, uninitialized), mixing(ctx, hidden + own, p, uninitialized);
    const auto at = [](index_t i, index_t c, index_t width) { return static_cast<std::uint64_t>(i * width + c); };
    ctx.for_each(n, hidden + own, [&, f = factors.view()](index_t i, index_t c) {
      if (c >= hidden) {
        f(i, c) = 1.5f * static_cast<float>(random::normal(seed, 100 + 10 * set + kind, at(i, c, hidden + own)));
        return;
      }
      // where the class is, and how far from there the pair is
      const index_t label = labels.data()[i];
      const double z = 0.45 * random::normal(seed, 1, at(label % ancestors, c, hidden)) +
                       0.35 * random::normal(seed, 2, at(label, c, hidden)) +
                       random::normal(seed, 10 + set, at(i, c, hidden));
      const double bent = kind == 0 ? std::sin(1.5 * z) : 0.6 * z * std::abs(z);
      f(i, c) = static_cast<float>(c < hidden / 2 ? z : bent);
    });
    ctx.for_each(hidden + own, p, [&, m = mixing.view()](index_t r, index_t c) {
      m(r, c) = static_cast<float>(random::normal(seed, 20 + kind, at(r, c, p)) / std::sqrt(double(hidden)));
    });
    ctx.for_each(n, p, [&](index_t i, index_t c) {
      out(i, c) = 2 * static_cast<float>(random::normal(seed, 200 + 10 * set + kind, at(i, c, p)));
    });
    ctx.gemm<float>(0.3f, factors, transpose::no, mixing, transpose::no, 0.3f, out);
  }
};

/// What scores and ranks of a band of queries take, and so what all of them must take.
void print_bound(context<cpu>& ctx, const settings& s, const pairs& test) {
  const index_t n = test.x.rows(), band = std::min<index_t>(n, (s.memory << 20) / (4 * n)), d = s.dimensions;
  matrix<float, cpu> a(ctx, n, d), scores(ctx, band, n, uninitialized);
  ctx.for_each(n, d, [&, v = a.view(), x = test.x.view()](index_t r, index_t c) { v(r, c) = x(r, c); });
  const auto least = [](auto work) {
    double best = 1e300;
    for (int round = 0; round < 5; ++round) {
      const auto begun = std::chrono::steady_clock::now();
      work();
      best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    }
    return best;
  };
  const double share = static_cast<double>(n) / static_cast<double>(band);
  const double flop = 2.0 * static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(d);
  const double product = least(
      [&] { op::scores(ctx, {a.view().middle_rows(0, band)}, {a.view()}, op::scoring::inner_product, scores.view()); });
  const relation::same_label relation(test.labels, test.labels);
  const op::ranker<relation::same_label<cpu>, cpu> ranker(ctx, relation, n);
  op::ranks ranks;
  const double ranking = least([&] { ranker(ctx, as_const(scores.view()), 0, ranks); });
  const metric::average_precision average;
  double sum = 0;
  const double averaging = least([&] {
    for (index_t i = 0; i < band; ++i) sum += average(ranks.of(i), n);
  });
  std::printf(
      "one direction, from the best of 5 bands of %lld queries: %.3g TFLOP at %.0f GFLOP/s = %.1f s for scores, %.1f "
      "us a query = %.1f s "
      "for ranks, %.1f s for average precisions on one thread (%.3f)\n",
      static_cast<long long>(band), flop / 1e12, flop / share / product / 1e9, product * share,
      1e6 * ranking / static_cast<double>(band), ranking * share, averaging * share,
      sum / 5 / static_cast<double>(band));
}

/// The rows of both tables.
template <class Model>
void evaluate(context<cpu>& ctx, const settings& s, const char* name, const Model& model, const pairs& test) {
  const std::string method = name;
  std::optional<matrix<float, cpu>> a, b;
  {
    const stage running(method + " projects");
    a.emplace(model.first(ctx, test.x));
    b.emplace(model.second(ctx, test.y));
  }
  const retrieval::evaluate_options options{.memory = s.memory << 20};
  const relation::same_label same(test.labels, test.labels);
  retrieval::both_directions<4> classes_found;
  retrieval::both_directions<3> pairs_found;
  {
    const stage running(method + " ranks classes");
    classes_found =
        retrieval::evaluate_both(ctx, similarity::cosine{}, *a, *b, same, options, metric::average_precision{},
                                 metric::hit{.k = 1}, metric::hit{.k = 5}, metric::hit{.k = 10});
  }
  {
    const stage running(method + " ranks pairs");
    pairs_found = retrieval::evaluate_both(ctx, similarity::cosine{}, *a, *b, relation::paired{}, options,
                                           metric::hit{.k = 1}, metric::hit{.k = 5}, metric::hit{.k = 10});
  }
  const auto print = [&](const char* way, const std::array<double, 4>& c, const std::array<double, 3>& p) {
    std::printf("| %s | %s | %.4f | %.4f | %.4f | %.4f | %.4f | %.4f | %.4f |\n", name, way, c[0], c[1], c[2], c[3],
                p[0], p[1], p[2]);
  };
  print("first to second", classes_found.forward, pairs_found.forward);
  print("second to first", classes_found.backward, pairs_found.backward);
  std::fflush(stdout);
}

template <class Fit>
auto fitted(const char* name, Fit fit) {
  const stage running(std::string(name) + " fits");
  return fit();
}

auto perceptron(index_t in, index_t out) {
  return layer::sequential(layer::linear(in, 256), layer::relu{}, layer::linear(256, out));
}

void study(const settings& s) {
  context<cpu> ctx(static_cast<int>(s.threads));
  std::optional<pairs> train, test;
  {
    const stage running("features");
    train.emplace(ctx, s.train, 0);
    test.emplace(ctx, s.test, 1);
  }
  print_bound(ctx, s, *test);
  std::printf(
      "| method | direction | mAP | Recall@1 | Recall@5 | Recall@10 | Recall@1 of pairs | Recall@5 of pairs | "
      "Recall@10 of pairs |\n");
  const auto run = [&](const char* name, auto fit) {
    if (holds(s.methods, name)) evaluate(ctx, s, name, fitted(name, fit), *test);
  };
  const auto labels = train->labels.to_host();
  run("cca", [&] { return projection::cca{.dimensions = s.dimensions, .power = 1}.fit(ctx, train->x, train->y); });
  run("cfa", [&] { return projection::cfa{.dimensions = s.dimensions}.fit(ctx, train->x, train->y); });
  run("kcca", [&] {
    return projection::kcca<>{.dimensions = s.dimensions,
                              .kappa = 1e-4,
                              .solver = projection::kcca_solver::nystroem,
                              .landmarks = s.landmarks,
                              .power = 1}
        .fit(ctx, train->x, train->y);
  });
  run("dcca", [&] {
    return model::dcca{perceptron(first_columns, s.dimensions),
                       perceptron(second_columns, s.dimensions),
                       {.dimensions = hidden, .training = {.epochs = s.epochs, .batch = 1000, .rate = 1e-3}}}
        .fit(ctx, train->x, train->y);
  });
  run("deep_sm", [&] {
    return model::deep_sm{perceptron(first_columns, classes),
                          perceptron(second_columns, classes),
                          {.training = {.epochs = s.epochs, .batch = 256, .rate = 1e-3}}}
        .fit(ctx, train->x, train->y, labels);
  });
}

settings read(int count, char** words) {
  settings s;
  const struct {
    const char* name;
    index_t& value;
  } numbers[] = {{"--train", s.train},         {"--test", s.test},     {"--dimensions", s.dimensions},
                 {"--landmarks", s.landmarks}, {"--epochs", s.epochs}, {"--threads", s.threads},
                 {"--memory", s.memory}};
  for (int i = 1; i < count; i += 2) {
    const std::string name = words[i];
    expects<argument_error>(i + 1 < count, "full_size: {} wants a value", name);
    if (name == "--methods") {
      s.methods = words[i + 1];
      for (std::size_t at = 0; at <= s.methods.size();) {
        const std::size_t end = std::min(s.methods.find(',', at), s.methods.size());
        const std::string method = s.methods.substr(at, end - at);
        expects<argument_error>(holds(all_methods, method), "full_size: no method {}, there are {}", method,
                                all_methods);
        at = end + 1;
      }
      continue;
    }
    const auto* const option =
        std::find_if(std::begin(numbers), std::end(numbers), [&](const auto& o) { return o.name == name; });
    expects<argument_error>(option != std::end(numbers), "full_size: no option {}", name);
    char* end = nullptr;
    option->value = std::strtoll(words[i + 1], &end, 10);
    expects<argument_error>(*end == 0 && option->value > 0, "full_size: {} is {}, a number above 0 wanted", name,
                            words[i + 1]);
  }
  return s;
}

}  // namespace

int main(int count, char** words) try { study(read(count, words)); } catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
