// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/paired_features.hpp>
#include <kindred/encoder/network.hpp>
#include <kindred/generative/bimodal_autoencoder_trainer.hpp>
#include <kindred/generative/detail/column_scaling.hpp>
#include <kindred/generative/detail/machine_training.hpp>
#include <kindred/generative/rbm.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/block_diagonal.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/op/copy.hpp>
#include <kindred/op/map.hpp>
#include <kindred/op/reduce.hpp>
#include <kindred/op/softmax.hpp>
#include <kindred/op/transpose.hpp>
#include <kindred/optimizer/adam.hpp>
#include <limits>

namespace kindred::generative {

namespace detail {

template <class T, class D>
struct scale_to_length_at {
  matrix_view<T, D> x;
  vector_view<const T, D> sums;
  T length;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    if (sums(r) != T(0)) x(r, c) *= length / sums(r);
  }
};

/// How rows of one side come into a network of both, and out of it.
template <class T, Device D>
struct bimodal_side {
  rbm_visible visible;
  column_scaling<T, D> scaling;  ///< of gaussian rows
  double length = 1;             ///< words of a document, of replicated_softmax

  index_t columns() const { return scaling.columns(); }
  /// out: standardized, counts scaled to one length, or as they come.
  void read(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const {
    expects(x.cols() == columns(), "generative::bimodal_autoencoder_model: expected rows of {} values, got {}",
            columns(), x.cols());
    scaling.apply(ctx, x, out);
    if (visible != rbm_visible::replicated_softmax) return;
    const scratch_scope scope(ctx);
    const auto sums = scratch_vector<T>(ctx, x.rows());
    op::row_sums(ctx, x, sums);
    ctx.for_each(out.rows(), out.cols(), scale_to_length_at<T, D>{out, sums, static_cast<T>(length)});
  }
  /// x: sums of the last layer, which become numbers like those that came; of counts the shares.
  void write(context<D>& ctx, matrix_view<T, D> x) const {
    const matrix_view<const T, D> sums = x;
    if (visible == rbm_visible::bernoulli) op::map(ctx, layer::sigmoid{}.value(), sums, x);
    if (visible == rbm_visible::replicated_softmax) op::softmax(ctx, sums, x);
    scaling.undo(ctx, x);
  }
};

}  // namespace detail

/// A deep autoencoder over two sides: what bimodal_autoencoder learns. Satisfies projection::Projection.
///
/// joint(x, y) = s(J [s(W_1 x + b_1) | s(W_2 y + b_2)] + c),  first(x) = joint(x, 0),  second(y) = joint(0, y)
///
/// x and y are rows as they come: gaussian sides are standardized with what the rows to learn from had, so that 0 is
/// their mean; counts are scaled to the mean length of a document there.
///
/// Complexity   of the products; scratch for both sides and all hidden layers of all rows.
/// Determinism  on cpu a row's bits do not depend on the rows around it, nor on the number of threads.
/// Errors       shape_error where rows do not fit.
template <Scalar T, Device D>
class bimodal_autoencoder_model {
 public:
  using value_type = T;
  using device = D;
  using side_type = detail::bimodal_side<T, D>;
  using encoder_spec = layer::sequential<layer::block_diagonal, layer::sigmoid, layer::linear, layer::sigmoid>;
  using decoder_spec = layer::sequential<layer::linear, layer::sigmoid, layer::block_diagonal>;
  using encoder_type = encoder::network<encoder_spec, T, D>;
  using decoder_type = encoder::network<decoder_spec, T, D>;

  /// Numbers of both sides and of all layers.
  struct widths {
    index_t first, second, first_hidden, second_hidden, joint;

    encoder_spec to_code() const {
      return encoder_spec(
          layer::block_diagonal(layer::linear(first, first_hidden), layer::linear(second, second_hidden)),
          layer::sigmoid{}, layer::linear(first_hidden + second_hidden, joint), layer::sigmoid{});
    }
    decoder_spec to_rows() const {
      return decoder_spec(
          layer::linear(joint, first_hidden + second_hidden), layer::sigmoid{},
          layer::block_diagonal(layer::linear(first_hidden, first), layer::linear(second_hidden, second)));
    }
  };

  bimodal_autoencoder_model(side_type first, side_type second, encoder_type to_code, decoder_type to_rows)
      : sides_{std::move(first), std::move(second)}, encoder_(std::move(to_code)), decoder_(std::move(to_rows)) {
    const auto& read = encoder_.spec().template get<0>();
    const auto& given = decoder_.spec().template get<2>();
    expects(read.first.in == sides_[0].columns() && read.second.in == sides_[1].columns() &&
                given.first.out == read.first.in && given.second.out == read.second.in &&
                decoder_.spec().template get<0>().in == dimensions(),
            "generative::bimodal_autoencoder_model: sides of {} and {} numbers for {} and {}", sides_[0].columns(),
            sides_[1].columns(), encoder_.spec().description(), decoder_.spec().description());
  }

  index_t dimensions() const { return encoder_.dimension(); }
  const encoder_type& to_code() const { return encoder_; }
  const decoder_type& to_rows() const { return decoder_; }

  /// The joint layer of rows of one side. out: rows x dimensions(), overwritten.
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { encode(ctx, x, {}, out); }
  void second(context<D>& ctx, const_matrix<T, D> y, matrix_view<T, D> out) const { encode(ctx, {}, y, out); }
  matrix<T, D> first(context<D>& ctx, const_matrix<T, D> x) const {
    matrix<T, D> out(ctx, x.rows(), dimensions(), uninitialized);
    first(ctx, x, out.view());
    return out;
  }
  matrix<T, D> second(context<D>& ctx, const_matrix<T, D> y) const {
    matrix<T, D> out(ctx, y.rows(), dimensions(), uninitialized);
    second(ctx, y, out.view());
    return out;
  }
  /// The joint layer of pairs.
  void joint(context<D>& ctx, const_matrix<T, D> x, const_matrix<T, D> y, matrix_view<T, D> out) const {
    expects(x.rows() == y.rows(), "generative::bimodal_autoencoder_model: {} rows and {} rows", x.rows(), y.rows());
    encode(ctx, x, y, out);
  }
  matrix<T, D> joint(context<D>& ctx, const_matrix<T, D> x, const_matrix<T, D> y) const {
    matrix<T, D> out(ctx, x.rows(), dimensions(), uninitialized);
    joint(ctx, x, y, out.view());
    return out;
  }

  /// Both sides from codes, overwritten: codes n x dimensions(), x and y n rows of either side. Of counts the shares.
  void decode(context<D>& ctx, const_matrix<T, D> codes, matrix_view<T, D> x, matrix_view<T, D> y) const {
    const index_t n = codes.rows(), left = sides_[0].columns(), right = sides_[1].columns();
    expects(codes.cols() == dimensions() && x.rows() == n && x.cols() == left && y.rows() == n && y.cols() == right,
            "generative::bimodal_autoencoder_model: codes of {} x {} into {} x {} and {} x {}", n, codes.cols(),
            x.rows(), x.cols(), y.rows(), y.cols());
    const scratch_scope scope(ctx);
    const auto both = scratch_matrix<T>(ctx, n, left + right);
    decoder_.encode(ctx, codes, both);
    copy(ctx, both.middle_cols(0, left), x);
    copy(ctx, both.middle_cols(left, right), y);
    sides_[0].write(ctx, x);
    sides_[1].write(ctx, y);
  }
  /// The other side of rows of one side.
  matrix<T, D> second_of_first(context<D>& ctx, const_matrix<T, D> x) const { return other(ctx, first(ctx, x), 1); }
  matrix<T, D> first_of_second(context<D>& ctx, const_matrix<T, D> y) const { return other(ctx, second(ctx, y), 0); }

  /// Adds everything to a file under `prefix`. This model must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    const auto& read = encoder_.spec().template get<0>();
    file.add(prefix + "widths",
             std::vector<index_t>{read.first.in, read.second.in, read.first.out, read.second.out, dimensions()});
    file.add(prefix + "visible",
             std::vector<index_t>{static_cast<index_t>(sides_[0].visible), static_cast<index_t>(sides_[1].visible)});
    file.add(prefix + "lengths", std::vector<double>{sides_[0].length, sides_[1].length});
    sides_[0].scaling.save(file, prefix + "first.");
    sides_[1].scaling.save(file, prefix + "second.");
    encoder_.save(file, prefix + "encoder.");
    decoder_.save(file, prefix + "decoder.");
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`. Errors: io_error, naming the file, for another type, missing or misshapen tensors.
  template <class File>
  requires(!std::convertible_to<File, std::string>)
  static bimodal_autoencoder_model load(context<D>& ctx, const File& file, const std::string& prefix) {
    using io::stored_list;
    io::expect_type(file, prefix, file_type);
    const auto w = stored_list<index_t>(ctx, file, prefix + "widths", 5);
    const auto visible = stored_list<index_t>(ctx, file, prefix + "visible", 2);
    const auto lengths = stored_list<double>(ctx, file, prefix + "lengths", 2);
    for (std::size_t i = 0; i < 2; ++i)
      expects<io_error>(visible[i] >= 0 && visible[i] <= static_cast<index_t>(rbm_visible::replicated_softmax) &&
                            lengths[i] > 0 && lengths[i] <= std::numeric_limits<double>::max(),
                        "{}: tensors {}visible and lengths: {} and {}", file.name(), prefix, visible[i], lengths[i]);
    // networks take memory for these widths, so the file has to have as many numbers
    io::expect_matrix(file, prefix + "encoder.0.first.weight", w[0], w[2]);
    io::expect_matrix(file, prefix + "encoder.0.second.weight", w[1], w[3]);
    io::expect_matrix(file, prefix + "encoder.2.weight", w[2] + w[3], w[4]);
    const widths all{w[0], w[1], w[2], w[3], w[4]};
    const auto side = [&](std::size_t i) {
      return side_type{static_cast<rbm_visible>(visible[i]),
                       detail::column_scaling<T, D>::load(ctx, file, prefix + (i == 0 ? "first." : "second."), w[i]),
                       lengths[i]};
    };
    return io::made_from(file, prefix, [&] {
      return bimodal_autoencoder_model(side(0), side(1),
                                       encoder_type::load(ctx, all.to_code(), file, prefix + "encoder."),
                                       decoder_type::load(ctx, all.to_rows(), file, prefix + "decoder."));
    });
  }
  template <class File = io::safetensors>
  static bimodal_autoencoder_model load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "bimodal_autoencoder_model 1";

  static void copy(context<D>& ctx, matrix_view<const T, D> from, matrix_view<T, D> to) { op::copy(ctx, from, to); }
  /// Codes of pairs, or of one side where the other is absent.
  void encode(context<D>& ctx, matrix_view<const T, D> x, matrix_view<const T, D> y, matrix_view<T, D> out) const {
    const index_t n = out.rows(), left = sides_[0].columns(), right = sides_[1].columns();
    expects((!x || x.rows() == n) && (!y || y.rows() == n) && out.cols() == dimensions(),
            "generative::bimodal_autoencoder_model: {} rows into {} x {} of {} numbers", x ? x.rows() : y.rows(), n,
            out.cols(), dimensions());
    const scratch_scope scope(ctx);
    const auto both = scratch_matrix<T>(ctx, n, left + right);
    ctx.zero(both.data(), both.size() * static_cast<index_t>(sizeof(T)));
    if (x) sides_[0].read(ctx, x, both.middle_cols(0, left));
    if (y) sides_[1].read(ctx, y, both.middle_cols(left, right));
    encoder_.encode(ctx, both, out);
  }
  matrix<T, D> other(context<D>& ctx, const matrix<T, D>& codes, int wanted) const {
    matrix<T, D> x(ctx, codes.rows(), sides_[0].columns(), uninitialized);
    matrix<T, D> y(ctx, codes.rows(), sides_[1].columns(), uninitialized);
    decode(ctx, codes, x.view(), y.view());
    return wanted == 0 ? std::move(x) : std::move(y);
  }

  side_type sides_[2];
  encoder_type encoder_;
  decoder_type decoder_;
};

/// What is not named of a machine gets the value of rbm_options, so `.visible` and `.rate` go together.
struct bimodal_autoencoder_options {
  rbm_options first{.hidden = 256, .visible = rbm_visible::gaussian, .rate = 0.005};
  rbm_options second{.hidden = 256, .visible = rbm_visible::gaussian, .rate = 0.005};
  rbm_options joint{.hidden = 128};  ///< over both hidden layers; as many numbers has a code
  index_t pretraining = 30;          ///< passes of each machine over the pairs; 0: none
  model::training_options training{
      .epochs = 50, .batch = 100, .rate = 1e-3};  ///< of the whole; batch and seed of machines too
};

namespace detail {

/// The reconstruction that belongs to the visible units of a machine.
inline loss::reconstruction::error error_of(rbm_visible visible) {
  using error = loss::reconstruction::error;
  return visible == rbm_visible::bernoulli  ? error::binary_entropy
         : visible == rbm_visible::gaussian ? error::squares
                                            : error::word_entropy;
}

/// What rows of a side ask for; `visible` says how they are read.
template <class T, Device D>
bimodal_side<T, D> side_of(context<D>& ctx, matrix_view<const T, D> x, rbm_visible visible) {
  const bool gaussian = visible == rbm_visible::gaussian;
  bimodal_side<T, D> side{visible, gaussian ? column_scaling<T, D>(ctx, x) : column_scaling<T, D>(ctx, x.cols())};
  if (visible != rbm_visible::replicated_softmax) return side;
  double words = 0;
  for (const double mean : linalg::column_means(ctx, x)) words += mean;
  expects<argument_error>(words > 0 && words - words == 0,
                          "generative::bimodal_autoencoder::fit: documents of {} words", words);
  side.length = words;
  return side;
}

/// Gives the two networks the weights of the three machines, turned round on the way back.
template <class T, Device D>
void unroll(context<D>& ctx, const rbm<T, D> (&machines)[3], const double (&lengths)[2],
            typename bimodal_autoencoder_model<T, D>::encoder_type& to_code,
            typename bimodal_autoencoder_model<T, D>::decoder_type& to_rows) {
  const auto row = [](auto v) { return as_matrix(v, 1, v.size()); };
  const char* const to[3] = {"0.first.", "0.second.", "2."};
  const char* const back[3] = {"2.first.", "2.second.", "0."};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& m = machines[i];
    const scratch_scope scope(ctx);
    const auto turned = scratch_matrix<T>(ctx, m.dimension(), m.visible_units());
    const auto bias = scratch_matrix<T>(ctx, 1, m.dimension());
    op::transpose(ctx, m.weights(), turned);
    // hidden biases of counts stand for each word of a document
    const bool words = m.options().visible == rbm_visible::replicated_softmax;
    op::copy(ctx, row(m.hidden_bias()), bias);
    if (words && i < 2) op::scale(ctx, static_cast<T>(lengths[i]), bias);
    to_code.set(ctx, to[i] + std::string("weight"), m.weights());
    to_code.set(ctx, to[i] + std::string("bias"), bias);
    to_rows.set(ctx, back[i] + std::string("weight"), turned);
    to_rows.set(ctx, back[i] + std::string("bias"), row(m.visible_bias()));
  }
}

}  // namespace detail

/// Bimodal deep autoencoder: a code of either side or of both from which both sides are told. Compare by
/// similarity::cosine.
///
///   const auto model = bimodal_autoencoder{{.joint = {.hidden = 64}}}.fit(ctx, images, texts);
///   model.first(ctx, images);               // the joint layer, texts missing
///   model.second_of_first(ctx, images);     // the texts themselves
///
/// 1  a Boltzmann machine for each side, then one over both hidden layers beside each other
/// 2  the three unrolled: x, y -> hidden layers -> code -> hidden layers -> x', y', weights turned round on the way
///    back
/// 3  minimizes the mean of E_1(x, x') + E_2(y, y') over the pairs as they are, with y = 0, and with x = 0, by Adam;
///    both x' and y' are told each time
///
/// E is |x - x'|^2 for gaussian sides, else the cross entropy of x' = sigmoid(sums), or for counts of x' =
/// softmax(sums). Rows of a gaussian side are standardized, so 0 is their mean; counts are scaled to the mean length of
/// a document.
///
/// fit(ctx, x, y)   row i of y belongs to row i of x
///
/// Complexity   pretraining x n x the products of rbm; epochs x 3 n x those of the network.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error for other numbers of rows, or none; argument_error for options out of range, a joint
///              machine that is not bernoulli, gaussian rows with NaN or infinity, and documents without any word.
/// Reference    Ngiam et al. 2011. Differs: all three forms of a pair are in each batch; Adam.
struct bimodal_autoencoder {
  bimodal_autoencoder_options options = {};

  template <class X, class Y, Device D, class Progress = model::no_progress>
  requires MatrixArgument<X, D> && MatrixArgument<Y, D>
  auto fit(context<D>& ctx, const X& x, const Y& y, Progress progress = {}) const {
    detail::joint_progress<Progress> all(progress);
    return fit_with(ctx, as_const(x), as_const(y), all);
  }

  /// The same as a part of a longer fit, whose progress goes on.
  template <class T, Device D, class Progress>
  bimodal_autoencoder_model<T, D> fit_with(context<D>& ctx, matrix_view<const T, D> x, matrix_view<const T, D> y,
                                           detail::joint_progress<Progress>& progress) const {
    const auto& o = options;
    expects(x.rows() == y.rows() && x.rows() > 0,
            "generative::bimodal_autoencoder::fit: expected pairs, got {} and {} rows", x.rows(), y.rows());
    expects<argument_error>(
        o.joint.visible == rbm_visible::bernoulli,
        "generative::bimodal_autoencoder::fit: the joint RBM reads probabilities: expected visible bernoulli");
    expect_at_least("generative::bimodal_autoencoder::fit", "pretraining", o.pretraining, 0);
    model::check_training<T>("generative::bimodal_autoencoder::fit", "training", o.training);
    // machines check their options, here before any of them is trained
    rbm<T, D>(ctx, 1, o.first), rbm<T, D>(ctx, 1, o.second), rbm<T, D>(ctx, 1, o.joint);

    auto first = detail::side_of(ctx, x, o.first.visible), second = detail::side_of(ctx, y, o.second.visible);
    matrix<T, D> a(ctx, x.rows(), x.cols(), uninitialized), b(ctx, y.rows(), y.cols(), uninitialized);
    first.read(ctx, x, a.view());
    second.read(ctx, y, b.view());
    const model::training_options how{.epochs = o.pretraining, .batch = o.training.batch, .seed = o.training.seed};
    auto lower = detail::trained_machine<T, D>(ctx, a, o.first, how, 0, progress);
    auto other = detail::trained_machine<T, D>(ctx, b, o.second, how, 1, progress);
    matrix<T, D> hidden(ctx, x.rows(), o.first.hidden + o.second.hidden, uninitialized);
    lower.encode(ctx, a, hidden.view().middle_cols(0, o.first.hidden));
    other.encode(ctx, b, hidden.view().middle_cols(o.first.hidden, o.second.hidden));
    auto joint = detail::trained_machine<T, D>(ctx, hidden, o.joint, how, 2, progress);

    using network = bimodal_autoencoder_model<T, D>;
    const typename network::widths all{x.cols(), y.cols(), o.first.hidden, o.second.hidden, o.joint.hidden};
    typename network::encoder_type to_code(ctx, all.to_code());
    typename network::decoder_type to_rows(ctx, all.to_rows());
    detail::unroll<T, D>(ctx, {std::move(lower), std::move(other), std::move(joint)}, {first.length, second.length},
                         to_code, to_rows);

    const data::paired_features<T, D> set(ctx, a, b);
    auto unasked = encoder::make<T>(ctx, layer::linear(o.joint.hidden, 1));  // classes, which do not count here
    // `reconstruction` makes of the trainer's mean over columns their sum
    bimodal_autoencoder_trainer trainer(
        ctx, to_code, to_rows, unasked,
        optimizer::adam{.rate = o.training.rate, .weight_decay = o.training.weight_decay},
        {.reconstruction = static_cast<double>(x.cols() + y.cols()),
         .classification = 0,
         .first = detail::error_of(o.first.visible),
         .second = detail::error_of(o.second.visible),
         .step = {.seed = o.training.seed}});
    progress.run(trainer, set, o.training);
    return {std::move(first), std::move(second), std::move(to_code), std::move(to_rows)};
  }
};

}  // namespace kindred::generative
