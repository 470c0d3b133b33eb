// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/check/gradient.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <kindred/loss/concept.hpp>
#include <kindred/relation/same_label.hpp>
#include <limits>
#include <string>
#include <vector>

// Losses of all kinds as one kind of function, value and gradient of flat numbers, so that a loss is compiled once per
// device and the checks once at all:
//
//   check_loss(score_loss(loss::triplet<>{}, {0, 0, 1}, {0, 0, 1}, true), numbers(9, 1));
namespace loss_test {

using namespace kindred;

struct outcome {
  double value = 0;
  std::vector<double> gradient;  ///< of everything in x
};

/// A loss and all that it reads besides x. With `dirty` the memory of accumulated gradients starts at 1 instead of 0.
struct subject {
  std::function<outcome(context<cpu>&, const std::vector<double>& x, bool dirty)> on_cpu;
  std::function<outcome(context<emu>&, const std::vector<double>& x, bool dirty)> on_emu;
};

/// Normal numbers that are far from ties.
inline std::vector<double> numbers(index_t n, std::uint64_t seed, double deviation = 1, double mean = 0) {
  std::vector<double> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = mean + deviation * random::normal(seed, 0, i);
  return x;
}

/// rows x cols numbers with rows of length 1.
inline std::vector<double> unit_rows(index_t rows, index_t cols, std::uint64_t seed) {
  std::vector<double> x = numbers(rows * cols, seed);
  for (index_t r = 0; r < rows; ++r) {
    double square = 0;
    for (index_t c = 0; c < cols; ++c)
      square += x[static_cast<std::size_t>(r * cols + c)] * x[static_cast<std::size_t>(r * cols + c)];
    for (index_t c = 0; c < cols; ++c) x[static_cast<std::size_t>(r * cols + c)] /= std::sqrt(square);
  }
  return x;
}

namespace detail {

inline std::vector<double> part(const std::vector<double>& x, index_t begin, index_t count) {
  return {x.begin() + begin, x.begin() + begin + count};
}
inline void append(std::vector<double>& to, const std::vector<double>& from) {
  to.insert(to.end(), from.begin(), from.end());
}
/// Memory of a gradient before the call: NaN where the loss has to overwrite, 0 or 1 where it adds.
inline std::vector<double> start(index_t n, double value) {
  return std::vector<double>(static_cast<std::size_t>(n), value);
}
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// `run` is a functor with a template call operator over the device: both members from one piece of code.
template <class Run>
subject both(Run run) {
  return {[run](context<cpu>& ctx, const std::vector<double>& x, bool dirty) { return run(ctx, x, dirty); },
          [run](context<emu>& ctx, const std::vector<double>& x, bool dirty) { return run(ctx, x, dirty); }};
}

/// make_relation(ctx, keep): a relation on the device of ctx; what it points to is kept alive by `keep`.
template <class L, class MakeRelation>
struct run_score_loss {
  L loss;
  index_t rows, cols;
  MakeRelation make_relation;
  template <Device D>
  outcome operator()(context<D>& ctx, const std::vector<double>& x, bool dirty) const {
    const index_t n = rows * cols;
    const matrix<double, D> scores(ctx, rows, cols, part(x, 0, n));
    matrix<double, D> dscores(ctx, rows, cols, start(n, nan));
    vector<double, D> value(ctx, start(1, nan));
    const auto owner = make_relation(ctx);
    outcome out;
    if constexpr (layer::Parametric<L>) {
      const vector<double, D> weights(ctx, part(x, n, loss.parameter_count()));
      vector<double, D> dweights(ctx, start(weights.size(), dirty ? 1 : 0));
      loss(ctx, weights.view(), scores.view(), owner.relation(), dscores.view(), dweights.view(), value.view());
      out.gradient = dscores.to_host();
      append(out.gradient, dweights.to_host());
    } else {
      loss(ctx, scores.view(), owner.relation(), dscores.view(), value.view());
      out.gradient = dscores.to_host();
    }
    out.value = value.to_host()[0];
    return out;
  }
};

template <class L>
struct run_embedding_loss {
  L loss;
  std::vector<label_t> labels;
  index_t cols;
  template <Device D>
  outcome operator()(context<D>& ctx, const std::vector<double>& x, bool dirty) const {
    const index_t rows = static_cast<index_t>(labels.size()), n = rows * cols;
    const matrix<double, D> embeddings(ctx, rows, cols, part(x, 0, n));
    matrix<double, D> dembeddings(ctx, rows, cols, start(n, dirty ? 1 : 0));
    vector<double, D> value(ctx, start(1, nan));
    const vector<label_t, D> on_device(ctx, labels);
    outcome out;
    if constexpr (layer::Parametric<L>) {
      const vector<double, D> weights(ctx, part(x, n, loss.parameter_count()));
      vector<double, D> dweights(ctx, start(weights.size(), dirty ? 1 : 0));
      loss(ctx, weights.view(), embeddings.view(), on_device.view(), dembeddings.view(), dweights.view(), value.view());
      out.gradient = dembeddings.to_host();
      append(out.gradient, dweights.to_host());
    } else {
      loss(ctx, embeddings.view(), on_device.view(), dembeddings.view(), value.view());
      out.gradient = dembeddings.to_host();
    }
    out.value = value.to_host()[0];
    return out;
  }
};

template <class L, class MakeRelation>
struct run_pair_loss {
  L loss;
  index_t rows_a, cols_a, rows_b, cols_b;  // rows_b < 0: b is a
  MakeRelation make_relation;
  template <Device D>
  outcome operator()(context<D>& ctx, const std::vector<double>& x, bool dirty) const {
    const bool siamese = rows_b < 0;
    const index_t n = rows_a * cols_a, m = siamese ? 0 : rows_b * cols_b;
    const matrix<double, D> a(ctx, rows_a, cols_a, part(x, 0, n));
    matrix<double, D> da(ctx, rows_a, cols_a, start(n, dirty ? 1 : 0));
    const matrix<double, D> b(ctx, siamese ? 0 : rows_b, cols_b, part(x, n, m));
    matrix<double, D> db(ctx, siamese ? 0 : rows_b, cols_b, start(m, dirty ? 1 : 0));
    vector<double, D> value(ctx, start(1, nan));
    const auto owner = make_relation(ctx);
    outcome out;
    const auto second = siamese ? a.view() : b.view();
    const auto dsecond = siamese ? da.view() : db.view();
    std::vector<double> of_weights;
    if constexpr (layer::Parametric<L>) {
      const vector<double, D> weights(ctx, part(x, n + m, loss.parameter_count()));
      vector<double, D> dweights(ctx, start(weights.size(), dirty ? 1 : 0));
      loss(ctx, weights.view(), a.view(), second, owner.relation(), da.view(), dsecond, dweights.view(), value.view());
      of_weights = dweights.to_host();
    } else {
      loss(ctx, a.view(), second, owner.relation(), da.view(), dsecond, value.view());
    }
    out.gradient = da.to_host();
    append(out.gradient, db.to_host());
    append(out.gradient, of_weights);
    out.value = value.to_host()[0];
    return out;
  }
};

template <Device D>
struct labels_on {
  vector<label_t, D> rows, cols;
  bool same_set;
  relation::same_label<D> relation() const { return {rows.view(), cols.view(), same_set}; }
};
struct make_same_label {
  std::vector<label_t> rows, cols;
  bool same_set;
  template <Device D>
  labels_on<D> operator()(context<D>& ctx) const {
    return {vector<label_t, D>(ctx, rows), vector<label_t, D>(ctx, cols), same_set};
  }
};
template <class R>
struct as_it_is {
  R value;
  R relation() const { return value; }
};
template <class R>
struct make_stateless {
  R value;
  template <Device D>
  as_it_is<R> operator()(context<D>&) const {
    return {value};
  }
};

}  // namespace detail

/// A ScoreLoss or LearnableScoreLoss under same_label; x holds the scores, then the weights.
template <class L>
subject score_loss(L loss, std::vector<label_t> rows, std::vector<label_t> cols, bool same_set = false) {
  const auto n = static_cast<index_t>(rows.size()), m = static_cast<index_t>(cols.size());
  return detail::both(
      detail::run_score_loss<L, detail::make_same_label>{loss, n, m, {std::move(rows), std::move(cols), same_set}});
}
/// The same of one labelled set: an item ignores itself.
template <class L>
subject score_loss(L loss, std::vector<label_t> labels) {
  return score_loss(loss, labels, labels, true);
}
/// The same under a relation that points to nothing, such as paired.
template <class L, relation::Relation R>
subject score_loss(L loss, index_t rows, index_t cols, R relation) {
  return detail::both(detail::run_score_loss<L, detail::make_stateless<R>>{loss, rows, cols, {relation}});
}
/// An EmbeddingLoss or LearnableEmbeddingLoss; x holds the embeddings, then the weights.
template <class L>
subject embedding_loss(L loss, std::vector<label_t> labels, index_t cols) {
  return detail::both(detail::run_embedding_loss<L>{loss, std::move(labels), cols});
}
/// A PairLoss on two batches under same_label; x holds a, b, then the weights of a loss that has some.
template <class L>
subject pair_loss(L loss, std::vector<label_t> a, index_t cols_a, std::vector<label_t> b, index_t cols_b) {
  const auto n = static_cast<index_t>(a.size()), m = static_cast<index_t>(b.size());
  return detail::both(detail::run_pair_loss<L, detail::make_same_label>{
      loss, n, cols_a, m, cols_b, {std::move(a), std::move(b), false}});
}
/// A PairLoss on two batches under a relation that points to nothing.
template <class L, relation::Relation R>
subject pair_loss(L loss, index_t rows_a, index_t cols_a, index_t rows_b, index_t cols_b, R relation) {
  return detail::both(
      detail::run_pair_loss<L, detail::make_stateless<R>>{loss, rows_a, cols_a, rows_b, cols_b, {relation}});
}
/// A PairLoss on one batch compared with itself: da and db are one view. x holds the batch, then the weights.
template <class L>
subject siamese_loss(L loss, std::vector<label_t> labels, index_t cols) {
  const auto n = static_cast<index_t>(labels.size());
  return detail::both(
      detail::run_pair_loss<L, detail::make_same_label>{loss, n, cols, -1, cols, {labels, labels, true}});
}

inline bool same_bytes(const outcome& a, const outcome& b) {
  return a.gradient.size() == b.gradient.size() && std::memcmp(&a.value, &b.value, sizeof a.value) == 0 &&
         (a.gradient.empty() ||
          std::memcmp(a.gradient.data(), b.gradient.data(), a.gradient.size() * sizeof(double)) == 0);
}

/// Value and gradient on the processor with one thread.
inline outcome evaluate(const subject& s, const std::vector<double>& x) {
  context<cpu> ctx;
  return s.on_cpu(ctx, x, false);
}

/// What holds of every loss at any x, NaN included: equal bytes for 1 and 2 threads and for both lane orders, emu close
/// to cpu, and gradients added where the contract says so. Returns the outcome of the processor.
inline outcome check_agreement(const subject& s, const std::vector<double>& x) {
  context<cpu> one, two(2);
  context<emu> up(lane_order::ascending), down(lane_order::descending);
  const outcome first = s.on_cpu(one, x, false), dirty = s.on_cpu(one, x, true);
  CHECK(same_bytes(first, s.on_cpu(two, x, false)));
  const outcome emulated = s.on_emu(up, x, false);
  CHECK(same_bytes(emulated, s.on_emu(down, x, false)));
  const auto close = [](double a, double b) {
    return (a != a && b != b) || a == b || std::abs(a - b) <= 1e-9 * (1 + std::abs(a) + std::abs(b));
  };
  CHECK(close(first.value, emulated.value));
  REQUIRE(first.gradient.size() == emulated.gradient.size());
  for (std::size_t i = 0; i < first.gradient.size(); ++i) {
    CAPTURE(i);
    const double got = first.gradient[i], again = dirty.gradient[i];
    if (!close(got, emulated.gradient[i])) CHECK(got == emulated.gradient[i]);
    if (!close(got, again) && !close(got + 1, again)) CHECK(again == got + 1);
  }
  return first;
}

/// check_agreement() and the gradient against central differences, below 1e-6 on cpu and on emu.
inline outcome check_loss(const subject& s, std::vector<double> x, double step = 1e-6) {
  const outcome found = check_agreement(s, x);
  REQUIRE(found.gradient.size() == x.size());
  context<cpu> ctx;
  const auto on_cpu = check::compare_gradient([&] { return s.on_cpu(ctx, x, false).value; }, x, found.gradient, step);
  CAPTURE(on_cpu.at);
  CAPTURE(on_cpu.analytic);
  CAPTURE(on_cpu.numeric);
  CHECK(on_cpu.error < 1e-6);
  context<emu> warp;
  const auto emulated = s.on_emu(warp, x, false).gradient;
  const auto on_emu = check::compare_gradient([&] { return s.on_emu(warp, x, false).value; }, x, emulated, step);
  CAPTURE(on_emu.at);
  CHECK(on_emu.error < 1e-6);
  return found;
}

}  // namespace loss_test
