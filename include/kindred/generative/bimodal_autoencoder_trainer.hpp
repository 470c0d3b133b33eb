// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/group.hpp>
#include <kindred/core/option.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/data/batch.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/loss/reconstruction.hpp>
#include <kindred/loss/softmax_cross_entropy.hpp>
#include <kindred/op/copy.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/map.hpp>
#include <kindred/train/attempt.hpp>

namespace kindred::generative {

/// Options of bimodal_autoencoder_trainer: what each part of the value counts, at least 0.
struct bimodal_autoencoder_trainer_options {
  double reconstruction = 1;  ///< mean error of both sides, over rows and columns
  double classification = 1;  ///< cross entropy of the labels; 0: pairs need none
  double correspondence = 0;  ///< squared distance of the codes of a pair's sides, mean over pairs
  loss::reconstruction::error first = loss::reconstruction::error::squares;   ///< of the first side; see loss
  loss::reconstruction::error second = loss::reconstruction::error::squares;  ///< of the second side
  train::step_options step{};                                                 ///< see train::step_options
};

namespace detail {
template <class T, class D>
struct bimodal_value_at {
  vector_view<const T, D> values;  // three reconstructions of each side, three classifications, the correspondence
  T reconstruction, classification, correspondence;
  vector_view<T, D> value;
  KINDRED_HD void operator()(index_t) const {
    T back = 0, classes = 0;
    for (index_t i = 0; i < 6; ++i) back += values(i);
    for (index_t i = 6; i < 9; ++i) classes += values(i);
    value(0) = reconstruction * back + classification * classes + correspondence * values(9);
  }
};
}  // namespace detail

/// Trains one encoder of pairs [x | y] whose code says both sides and the class, also where one side is missing.
///
/// c1 = f([x | 0]), c2 = f([0 | y]), c3 = f([x | y])
/// value = mean over k of (reconstruction |d(c_k) - [x | y]|^2 + classification H(h(c_k), label))
///         + correspondence |c1 - c2|^2
///
/// The squares of a side may be cross entropies instead, see loss::reconstruction; d gives sums then.
///
/// So the paths of one side and of both are tied: what first gives of x alone is f([x | 0]).
///
/// encoder      f, of rows as wide as both sides; trained in place, as the others; not owned
/// decoder      d, from a code to a row as wide as both sides
/// classifier   h, from a code to one number for each class
///
/// Complexity   forward and backward of three rows for each pair; scratch memory as siamese.
/// Determinism  as siamese.
/// Errors       as siamese; shape_error where sides, codes or reconstructions do not fit; argument_error for a weight
///              below 0 and for pairs without labels where classification counts.
/// Reference    Ngiam et al. 2011: there rows of one side and of both, without labels; the parts of Peng, Huang and Qi
///              2016.
template <encoder::Trainable Encoder, encoder::Trainable Decoder, encoder::Trainable Classifier,
          optimizer::Optimizer Optimizer>
class bimodal_autoencoder_trainer {
 public:
  using scalar = typename Encoder::scalar;
  using device = typename Encoder::device;
  using T = scalar;
  using D = device;

  bimodal_autoencoder_trainer(context<D>& ctx, Encoder& encoder, Decoder& decoder, Classifier& classifier,
                              const Optimizer& optimizer, const bimodal_autoencoder_trainer_options& options = {})
      : encoder_(ctx, encoder, optimizer),
        decoder_(ctx, decoder, optimizer),
        classifier_(ctx, classifier, optimizer),
        options_(options),
        counter_(ctx, "generative::bimodal_autoencoder_trainer", options.step) {
    expect_not_negative<T>(counter_.who(), "reconstruction", options.reconstruction);
    expect_not_negative<T>(counter_.who(), "classification", options.classification);
    expect_not_negative<T>(counter_.who(), "correspondence", options.correspondence);
  }

  /// Updates so far.
  std::uint64_t steps() const { return counter_.step(); }
  context<D>& ctx() const { return counter_.ctx(); }

  /// One batch of pairs of rows.
  train::loss_value<T, D> step(const data::paired_batch<T, D>& batch) {
    return step(batch.first(), batch.second(), batch.labels());
  }
  train::loss_value<T, D> step(batch_view<const T, D> x, batch_view<const T, D> y,
                               std::type_identity_t<vector_view<const label_t, D>> labels) {
    const bool classifies = options_.classification > 0;
    const index_t n = x.items;
    expects(n == y.items && x.longest == 1 && y.longest == 1 && !x.offsets && !y.offsets,
            "generative::bimodal_autoencoder_trainer::step: expected the same number of rows of each kind, got {} and "
            "{} items",
            n, y.items);
    expects<argument_error>(
        !classifies || labels,
        "generative::bimodal_autoencoder_trainer::step: classification asks for labels, and the pairs have none");
    expects(!classifies || labels.size() == n, "generative::bimodal_autoencoder_trainer::step: {} pairs but {} labels",
            n, labels.size());
    auto& c = ctx();
    train::attempt<T, D> attempt(counter_);
    each([&](auto& p, const char* name) { attempt.start(p, name); });
    const index_t wide = x.values.cols(), both = wide + y.values.cols();
    const auto rows = scratch_matrix<T>(c, 3 * n, both);
    op::fill(c, rows, T(0));
    for (index_t path = 0; path < 3; ++path) {
      if (path != 1) copy(x.values, rows.middle_rows(path * n, n).middle_cols(0, wide));
      if (path != 0) copy(y.values, rows.middle_rows(path * n, n).middle_cols(wide, both - wide));
    }
    const matrix_view<const T, D> whole = rows.middle_rows(2 * n, n);
    const auto values = scratch_vector<T>(c, 10);
    op::set_zero(c, values);
    const auto code = train::forward(c, counter_.who(), encoder_.encoder(),
                                     batch_view<const T, D>(matrix_view<const T, D>(rows)), counter_.seed(0));
    attempt.made(code, "encoder");
    const T third = T(1) / T(3);
    const T reconstruction = third / static_cast<T>(both) * static_cast<T>(options_.reconstruction);
    const T classification = third * static_cast<T>(options_.classification);
    const T correspondence = static_cast<T>(options_.correspondence);
    loss::reconstruction{.per_row = true}(c, matrix_view<const T, D>(code.y.middle_rows(0, n)),
                                          matrix_view<const T, D>(code.y.middle_rows(n, n)), code.dy.middle_rows(0, n),
                                          code.dy.middle_rows(n, n), values.segment(9, 1));
    op::scale(c, correspondence, as_vector(code.dy));
    if (options_.reconstruction > 0)
      head(decoder_, code, 1, reconstruction, [&](index_t path, matrix_view<const T, D> out, matrix_view<T, D> dout) {
        expects(out.cols() == both, "generative::bimodal_autoencoder_trainer::step: {} numbers for a pair of {}",
                out.cols(), both);
        const matrix_view<T, D> none;
        loss::reconstruction{.kind = options_.first, .per_row = true}(
            c, out.middle_cols(0, wide), whole.middle_cols(0, wide), dout.middle_cols(0, wide), none,
            values.segment(path, 1));
        loss::reconstruction{.kind = options_.second, .per_row = true}(
            c, out.middle_cols(wide, both - wide), whole.middle_cols(wide, both - wide),
            dout.middle_cols(wide, both - wide), none, values.segment(3 + path, 1));
      });
    if (classifies)
      head(classifier_, code, 2, classification,
           [&](index_t path, matrix_view<const T, D> out, matrix_view<T, D> dout) {
             loss::softmax_cross_entropy{}(c, out, labels, dout, values.segment(6 + path, 1));
           });
    c.for_each(
        1, detail::bimodal_value_at<T, D>{values, reconstruction, classification, correspondence, counter_.value()});
    train::backward(c, encoder_.encoder(), code);
    return attempt.finish([&] { each([&](auto& p, const char*) { p.update(c, counter_.accumulate()); }); });
  }

  /// As siamese::visit_learned, save and resume.
  template <class F>
  void visit_learned(F f) {
    each([&](auto& p, const char*) { p.visit_learned(f); });
  }
  template <class Writer>
  void save(Writer& file, const std::string& prefix) {
    counter_.save(file, prefix, "bimodal_autoencoder_trainer 1");
    each([&](auto& p, const char* name) { p.save(ctx(), file, prefix, name, !counter_.first()); });
  }
  template <class File>
  void resume(const File& file, const std::string& prefix) {
    counter_.resume(file, prefix, "bimodal_autoencoder_trainer 1");
    each([&](auto& p, const char* name) { p.resume(ctx(), file, prefix, name, !counter_.first()); });
  }

 private:
  template <class F>
  void each(F f) {
    f(encoder_, "encoder");
    f(decoder_, "decoder");
    f(classifier_, "classifier");
  }
  void copy(matrix_view<const T, D> from, matrix_view<T, D> to) { op::copy(ctx(), from, to); }
  /// What a head makes of the codes: judge(path, out, dout) for the rows of each path; its gradient, scaled, reaches
  /// the codes.
  template <class Part, class Code, class Judge>
  void head(Part& p, const Code& code, std::uint64_t use, T scale, Judge judge) {
    auto& c = ctx();
    const scratch_scope scope(c);
    const auto out = train::forward(c, counter_.who(), p.encoder(), code.batch(code.y), counter_.seed(use));
    const index_t n = code.y.rows() / 3;
    for (index_t path = 0; path < 3; ++path)
      judge(path, matrix_view<const T, D>(out.y.middle_rows(path * n, n)), out.dy.middle_rows(path * n, n));
    op::scale(c, scale, as_vector(out.dy));
    const auto dcode = scratch_matrix<T>(c, code.y.rows(), code.y.cols());
    train::backward(c, p.encoder(), out, batch_view<T, D>(dcode));
    op::map<D, plus, T>(c, plus{}, code.dy, dcode, code.dy);
  }

  train::encoder_part<Encoder, Optimizer> encoder_;
  train::encoder_part<Decoder, Optimizer> decoder_;
  train::encoder_part<Classifier, Optimizer> classifier_;
  bimodal_autoencoder_trainer_options options_;
  train::step_counter<T, D> counter_;
};

}  // namespace kindred::generative
