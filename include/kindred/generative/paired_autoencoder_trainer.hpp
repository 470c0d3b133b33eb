// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <kindred/core/option.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/data/batch.hpp>
#include <kindred/loss/reconstruction.hpp>
#include <kindred/train/attempt.hpp>

namespace kindred::generative {

/// What the code of a side is decoded to.
enum class decoded : signed char {
  itself,  ///< its own side
  other,   ///< the other side
  both     ///< both
};

/// Options of paired_autoencoder_trainer.
struct paired_autoencoder_trainer_options {
  generative::decoded decoded = generative::decoded::itself;  ///< what is reconstructed from a code
  double correspondence = 0.8;  ///< alpha, in [0, 1]: what codes of a pair that differ cost
  bool per_row = true;          ///< errors are sums over columns, means over rows; see loss::reconstruction
  train::step_options step{};   ///< see train::step_options
};

namespace detail {
template <class T, class D>
struct add_to_at {
  matrix_view<const T, D> x;
  matrix_view<T, D> sum;
  KINDRED_HD void operator()(index_t r, index_t c) const { sum(r, c) += x(r, c); }
};
template <class T, class D>
struct weighted_values_at {
  vector_view<const T, D> values;  // the correspondence first
  T alpha;
  vector_view<T, D> value;
  KINDRED_HD void operator()(index_t) const {
    T rest = 0;
    for (index_t i = 1; i < values.size(); ++i) rest += values(i);
    value(0) = alpha * values(0) + (T(1) - alpha) * rest;
  }
};
}  // namespace detail

/// Trains two encoders on pairs of rows so that each pair's codes are near each other and say what the rows were.
///
/// value = (1 - alpha) (sum over the decoded sides of |x - decoder(code)|^2) + alpha |f(x) - g(y)|^2
///
/// first, second           encoders into codes of one width; trained in place; not owned
/// to_first, to_second     decoders into either side, from the code of the first and of the second encoder; those that
///                         `decoded` does not name are left alone
///
/// Complexity   forward and backward of all networks that take part; scratch memory as siamese.
/// Determinism  as siamese.
/// Errors       as siamese; shape_error where codes or reconstructions do not fit; argument_error for an alpha outside
///              [0, 1].
/// Reference    Feng, Wang and Li 2014: `itself` is their Corr-AE, `other` Corr-Cross-AE, `both` Corr-Full-AE.
template <encoder::Trainable First, encoder::Trainable Second, encoder::Trainable ToFirst, encoder::Trainable ToSecond,
          optimizer::Optimizer Optimizer>
class paired_autoencoder_trainer {
 public:
  using scalar = typename First::scalar;
  using device = typename First::device;
  using T = scalar;
  using D = device;

  paired_autoencoder_trainer(context<D>& ctx, First& first, Second& second, std::array<ToFirst, 2>& to_first,
                             std::array<ToSecond, 2>& to_second, const Optimizer& optimizer,
                             const paired_autoencoder_trainer_options& options = {})
      : first_(ctx, first, optimizer),
        second_(ctx, second, optimizer),
        to_first_{part<ToFirst>(ctx, to_first[0], optimizer), part<ToFirst>(ctx, to_first[1], optimizer)},
        to_second_{part<ToSecond>(ctx, to_second[0], optimizer), part<ToSecond>(ctx, to_second[1], optimizer)},
        options_(options),
        counter_(ctx, "generative::paired_autoencoder_trainer", options.step) {
    expect_within(counter_.who(), "correspondence", options.correspondence, 0, 1);
  }

  /// Updates so far.
  std::uint64_t steps() const { return counter_.step(); }
  context<D>& ctx() const { return counter_.ctx(); }

  /// One batch of pairs of rows; labels are not looked at.
  train::loss_value<T, D> step(const data::paired_batch<T, D>& batch) { return step(batch.first(), batch.second()); }
  train::loss_value<T, D> step(batch_view<const T, D> x, batch_view<const T, D> y) {
    expects(x.items == y.items && x.longest == 1 && y.longest == 1 && !x.offsets && !y.offsets,
            "generative::paired_autoencoder_trainer::step: expected the same number of rows of each kind, got {} and "
            "{} items",
            x.items, y.items);
    auto& c = ctx();
    train::attempt<T, D> attempt(counter_);
    each([&](auto& p, const char* name) { attempt.start(p, name); });
    const auto f = train::forward(c, counter_.who(), first_.encoder(), x, counter_.seed(0));
    const auto g = train::forward(c, counter_.who(), second_.encoder(), y, counter_.seed(1));
    attempt.made(f, "first");
    attempt.made(g, "second");
    const auto values = scratch_vector<T>(c, 5);
    op::set_zero(c, values);
    const T alpha = static_cast<T>(options_.correspondence);
    const loss::reconstruction loss{.per_row = options_.per_row};
    loss(c, matrix_view<const T, D>(f.y), matrix_view<const T, D>(g.y), f.dy, g.dy, values.segment(0, 1));
    op::scale(c, alpha, as_vector(f.dy));
    op::scale(c, alpha, as_vector(g.dy));
    for (std::size_t from = 0; from < 2; ++from) {
      const auto& code = from == 0 ? f : g;
      const auto index = static_cast<index_t>(from);
      if (takes_part(from, 0)) decode(to_first_[from], code, x, 2 + 2 * from, values.segment(1 + 2 * index, 1), loss);
      if (takes_part(from, 1)) decode(to_second_[from], code, y, 3 + 2 * from, values.segment(2 + 2 * index, 1), loss);
    }
    c.for_each(1, detail::weighted_values_at<T, D>{values, alpha, counter_.value()});
    train::backward(c, first_.encoder(), f);
    train::backward(c, second_.encoder(), g);
    return attempt.finish([&] { each([&](auto& p, const char*) { p.update(c, counter_.accumulate()); }); });
  }

  /// As siamese::visit_learned, save and resume.
  template <class F>
  void visit_learned(F f) {
    each([&](auto& p, const char*) { p.visit_learned(f); });
  }
  template <class Writer>
  void save(Writer& file, const std::string& prefix) {
    counter_.save(file, prefix, "paired_autoencoder_trainer 1");
    each([&](auto& p, const char* name) { p.save(ctx(), file, prefix, name, !counter_.first()); });
  }
  template <class File>
  void resume(const File& file, const std::string& prefix) {
    counter_.resume(file, prefix, "paired_autoencoder_trainer 1");
    each([&](auto& p, const char* name) { p.resume(ctx(), file, prefix, name, !counter_.first()); });
  }

 private:
  template <class E>
  using part = train::encoder_part<E, Optimizer>;

  /// Whether side `to` is decoded from the code of side `from`.
  bool takes_part(std::size_t from, std::size_t to) const {
    return options_.decoded == decoded::both || (options_.decoded == decoded::itself) == (from == to);
  }
  template <class F>
  void each(F f) {
    f(first_, "first");
    f(second_, "second");
    for (std::size_t from = 0; from < 2; ++from) {
      if (takes_part(from, 0)) f(to_first_[from], from == 0 ? "first_to_first" : "second_to_first");
      if (takes_part(from, 1)) f(to_second_[from], from == 0 ? "first_to_second" : "second_to_second");
    }
  }
  /// One reconstruction: its value, and its gradient added to that of the code.
  template <class Part, class Code>
  void decode(Part& p, const Code& code, batch_view<const T, D> x, std::size_t use, vector_view<T, D> value,
              const loss::reconstruction& loss) {
    auto& c = ctx();
    const scratch_scope scope(c);
    const auto out = train::forward(c, counter_.who(), p.encoder(), code.batch(code.y), counter_.seed(use));
    expects(out.y.cols() == x.values.cols(), "generative::paired_autoencoder_trainer::step: {} numbers for a row of {}",
            out.y.cols(), x.values.cols());
    loss(c, matrix_view<const T, D>(out.y), x.values, out.dy, matrix_view<T, D>(), value);
    const T share = T(1) - static_cast<T>(options_.correspondence);
    op::scale(c, share, as_vector(out.dy));
    const auto dcode = scratch_matrix<T>(c, code.y.rows(), code.y.cols());
    train::backward(c, p.encoder(), out, batch_view<T, D>(dcode));
    c.for_each(dcode.rows(), dcode.cols(), detail::add_to_at<T, D>{dcode, code.dy});
  }

  part<First> first_;
  part<Second> second_;
  std::array<part<ToFirst>, 2> to_first_;
  std::array<part<ToSecond>, 2> to_second_;
  paired_autoencoder_trainer_options options_;
  train::step_counter<T, D> counter_;
};

}  // namespace kindred::generative
