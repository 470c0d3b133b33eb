// SPDX-License-Identifier: Apache-2.0
// Writes a loss: the logistic loss of every pair, whose sign says whether the pair belongs together. A gradient check
// compares its derivative with differences, and a trainer uses it as any loss of the library.
#include <cmath>
#include <cstdio>
#include <kindred/backend/cpu.hpp>
#include <kindred/check/gradient.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/optimizer/adam.hpp>
#include <kindred/similarity/dot.hpp>
#include <kindred/train/siamese.hpp>

namespace kd = kindred;
using kd::cpu;

// value = mean over pairs of log(1 + exp(-y s)), y = 1 for positives and -1 for negatives; d value / d s into dscores
struct logistic_pairs {
  template <class T, class Relation>
  void operator()(kd::context<cpu>&, kd::const_matrix<T, cpu> scores, const Relation& relation,
                  kd::matrix_view<T, cpu> dscores, kd::vector_view<T, cpu> value) const {
    value(0) = 0;
    const T n = static_cast<T>(scores.size());
    for (kd::index_t r = 0; r < scores.rows(); ++r)
      for (kd::index_t c = 0; c < scores.cols(); ++c) {
        const auto kind = relation(r, c);
        const T y = kind == kd::relation::kind::positive ? T(1) : kind == kd::relation::kind::negative ? T(-1) : T(0);
        const T e = std::exp(-y * scores(r, c));
        value(0) += y == 0 ? 0 : std::log1p(e) / n;
        dscores(r, c) = -y * e / (1 + e) / n;
      }
  }
};
static_assert(kd::loss::ScoreLoss<logistic_pairs>);

int main() {
  kd::context<cpu> ctx;
  const kd::vector<kd::label_t, cpu> labels(ctx, std::vector<kd::label_t>{0, 0, 1, 1});
  const kd::relation::same_label relation(labels, labels, true);  // true: an item is no pair with itself

  kd::matrix<double, cpu> scores(ctx, 4, 4), dscores(ctx, 4, 4), ignored(ctx, 4, 4);
  kd::vector<double, cpu> value(ctx, 1);
  kd::op::fill_normal(ctx, scores.view(), 0, 1, 1);
  const logistic_pairs loss;
  loss(ctx, scores, relation, dscores.view(), value.view());
  const auto again = [&] { return loss(ctx, scores, relation, ignored.view(), value.view()), value.view()(0); };
  const double error = kd::check::gradient_error(again, {scores.data(), 16}, {dscores.data(), 16});
  std::printf("gradient %s\n", error < 1e-6 ? "right" : "wrong");

  kd::matrix<float, cpu> x(ctx, 4, 8);
  kd::op::fill_normal(ctx, x.view(), 0, 1, 2);
  auto encoder = kd::encoder::make(ctx, kd::layer::linear(8, 3), 1);
  kd::train::siamese trainer(ctx, encoder, kd::similarity::dot{}, loss, kd::optimizer::adam{.rate = 0.1});
  const kd::batch_view<const float, cpu> batch(x.view());
  const float before = trainer.step(batch, labels.view());
  for (int step = 0; step < 100; ++step) trainer.step(batch, labels.view());
  std::printf("loss below a tenth after 100 steps: %s\n",
              trainer.step(batch, labels.view()) < before / 10 ? "yes" : "no");
}

// It prints
//   gradient right
//   loss below a tenth after 100 steps: yes
