// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <kindred/data/paired_features.hpp>
#include <kindred/generative/bimodal_autoencoder_trainer.hpp>
#include <kindred/generative/detail/cross_media_pathway.hpp>
#include <kindred/generative/multimodal_dbn.hpp>
#include <kindred/generative/stacked_autoencoder.hpp>
#include <kindred/model/class_numbers.hpp>
#include <kindred/op/copy.hpp>
#include <kindred/train/siamese.hpp>

namespace kindred::generative {

namespace detail {
/// The code of rows of one side, zeros in place of the other.
template <class Network, class T, Device D>
void encode_alone(context<D>& ctx, const Network& stage, int side, matrix_view<const T, D> rows,
                  matrix_view<T, D> out) {
  const scratch_scope scope(ctx);
  const index_t width = rows.cols();
  const auto pair = scratch_matrix<T>(ctx, rows.rows(), 2 * width);
  op::fill(ctx, pair, T(0));
  op::copy(ctx, rows, pair.middle_cols(side == 0 ? 0 : width, width));
  stage.encode(ctx, pair, out);
}
}  // namespace detail

/// What cmdn learns: belief networks of both sides, a pathway for each, a stack of encoders of pairs over both.
/// Satisfies projection::Projection.
///
/// a = first pathway(x, P(h3 | x)),  then for every stage a = s([a | 0] W + b);  first(x) = the last a
/// b likewise from y with [0 | b];  second(y) = the last b
///
/// Complexity   that of multimodal_dbn_model and of the networks; codes of all rows in scratch.
/// Determinism  the same bytes for any number of threads; with mean field a row's bits do not depend on the rows around
///              it.
/// Errors       shape_error where parts or rows do not fit.
template <Scalar T, Device D>
class cmdn_model {
 public:
  using value_type = T;
  using device = D;
  using pathway = detail::cross_media_pathway<T, D>;
  using stage_spec = layer::sequential<layer::linear, layer::sigmoid>;
  using stage = encoder::network<stage_spec, T, D>;

  /// An encoder of pairs of rows of `in` numbers a side.
  static stage_spec stage_layers(index_t in, index_t out) {
    return layer::sequential(layer::linear(2 * in, out), layer::sigmoid{});
  }

  cmdn_model(multimodal_dbn_model<T, D> inter, pathway first, pathway second, std::vector<stage> stages)
      : inter_(std::move(inter)), first_(std::move(first)), second_(std::move(second)), stages_(std::move(stages)) {
    expects(inter_.dimensions() == first_.inter_columns() && inter_.dimensions() == second_.inter_columns() &&
                first_.dimension() == second_.dimension(),
            "generative::cmdn_model: inter-modality codes of {} numbers for {} and {}, pathways of {} and {}",
            inter_.dimensions(), first_.inter_columns(), second_.inter_columns(), first_.dimension(),
            second_.dimension());
    index_t width = first_.dimension();
    for (const stage& s : stages_) {
      expects(s.item().cols == 2 * width, "generative::cmdn_model: a stage of {} numbers after sides of {}",
              s.item().cols, width);
      width = s.dimension();
    }
  }

  index_t dimensions() const { return stages_.empty() ? first_.dimension() : stages_.back().dimension(); }
  const multimodal_dbn_model<T, D>& inter() const { return inter_; }
  const pathway& first_pathway() const { return first_; }
  const pathway& second_pathway() const { return second_; }
  const std::vector<stage>& stages() const { return stages_; }

  /// out: rows(x) x dimensions(), overwritten.
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { encode(ctx, 0, x, out); }
  void second(context<D>& ctx, const_matrix<T, D> y, matrix_view<T, D> out) const { encode(ctx, 1, y, out); }
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

  /// Adds everything to a file under `prefix`. This model must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    inter_.save(file, prefix + "inter.");
    first_.save(file, prefix + "first.");
    second_.save(file, prefix + "second.");
    std::vector<index_t> widths;
    for (const stage& s : stages_) widths.push_back(s.dimension());
    file.add(prefix + "stages", std::move(widths));
    for (std::size_t i = 0; i < stages_.size(); ++i) stages_[i].save(file, prefix + stage_name(i));
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`. Errors: io_error, naming the file, for another type, missing or misshapen tensors.
  template <class File>
  requires(!std::convertible_to<File, std::string>)
  static cmdn_model load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto inter = multimodal_dbn_model<T, D>::load(ctx, file, prefix + "inter.");
    auto a = pathway::load(ctx, file, prefix + "first."), b = pathway::load(ctx, file, prefix + "second.");
    expects<io_error>(inter.dimensions() == a.inter_columns() && inter.dimensions() == b.inter_columns() &&
                          a.dimension() == b.dimension(),
                      "{}: {}inter gives {} numbers, {}first and second take {} and {} and give {} and {}", file.name(),
                      prefix, inter.dimensions(), prefix, a.inter_columns(), b.inter_columns(), a.dimension(),
                      b.dimension());
    std::vector<stage> stages;
    index_t width = a.dimension();
    for (const index_t next : file.template load_vector<index_t>(ctx, prefix + "stages").to_host()) {
      const std::string name = prefix + stage_name(stages.size());
      io::expect_matrix(file, name + "0.weight", 2 * width, next);
      stages.push_back(stage::load(ctx, stage_layers(width, next), file, name));
      width = next;
    }
    return io::made_from(file, prefix,
                         [&] { return cmdn_model(std::move(inter), std::move(a), std::move(b), std::move(stages)); });
  }
  template <class File = io::safetensors>
  static cmdn_model load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "cmdn_model 1";
  static std::string stage_name(std::size_t i) { return "stage." + std::to_string(i) + "."; }

  void encode(context<D>& ctx, int side, const_matrix<T, D> x, matrix_view<T, D> out) const {
    expects(out.rows() == x.rows() && out.cols() == dimensions(),
            "generative::cmdn_model: {} rows into {} x {} of {} numbers", x.rows(), out.rows(), out.cols(),
            dimensions());
    const scratch_scope scope(ctx);
    const auto inter = scratch_matrix<T>(ctx, x.rows(), inter_.dimensions());
    if (side == 0)
      inter_.first(ctx, x, inter);
    else
      inter_.second(ctx, x, inter);
    matrix_view<T, D> code = stages_.empty() ? out : scratch_matrix<T>(ctx, x.rows(), first_.dimension());
    (side == 0 ? first_ : second_).encode(ctx, x, inter, code);
    for (std::size_t i = 0; i < stages_.size(); ++i) {
      const matrix_view<T, D> next =
          i + 1 == stages_.size() ? out : scratch_matrix<T>(ctx, x.rows(), stages_[i].dimension());
      detail::encode_alone(ctx, stages_[i], side, matrix_view<const T, D>(code), next);
      code = next;
    }
  }

  multimodal_dbn_model<T, D> inter_;
  pathway first_, second_;
  std::vector<stage> stages_;
};

/// The five steps of cmdn in their order. Seeds in the parts are not looked at.
struct cmdn_options {
  stacked_autoencoder_options first{.network = {.hidden = {256, 128}}};   ///< 1: of the first side; sigmoid units
  stacked_autoencoder_options second{.network = {.hidden = {256, 128}}};  ///< 1: of the second side
  multimodal_dbn_options belief{};                                        ///< 2
  rbm_options joint{.hidden = 256};  ///< 3: of each side; epochs and batch as those of `belief`
  index_t hidden = 256;              ///< 4: units in each of three layers
  model::training_options classifier{.epochs = 20, .batch = 100, .rate = 1e-3, .weight_decay = 1e-4};  ///< 4
  std::vector<index_t> stages{128, 64, 64};  ///< 5: widths of the codes, first to last; may be none
  model::training_options stage{.epochs = 20, .batch = 100, .rate = 1e-3, .weight_decay = 1e-4};  ///< 5: of each stage
  double reconstruction = 1;    ///< 5: what the mean squared error of both sides counts
  double classification = 1;    ///< 5: what the cross entropy counts
  double correspondence = 0.1;  ///< 5: what the squared distance of a pair's codes counts
  std::uint64_t seed = 0;       ///< of all weights, orders and samples
};

/// Cross-media multiple deep networks: codes of what each side says alone and of what both say together, joined, told
/// the classes, and brought into one space in stages. Compare by similarity::cosine, of codes standardized by their own
/// set as in the paper's code or as they are.
///
///   const auto model = cmdn{{.stages = {128, 64}}}.fit(ctx, images, texts, labels);
///
/// 1  stacked_autoencoder of either side: the intra-modality code, of columns standardized by means and deviations
/// 2  multimodal_dbn of both: the inter-modality code is its joint layer, the other side inferred
/// 3  for each side a Boltzmann machine over both codes
/// 4  for each side three rectified layers over those codes, standardized, and a softmax of the classes; the third goes
///    on
/// 5  stages of bimodal_autoencoder_trainer: each reads the codes of both sides, [a | b], [a | 0] and [0 | b], to one
///    code that gives back both and the class; the codes of [a | 0] and [0 | b] are what the next stage reads, and the
///    result
///
/// fit(ctx, x, y, labels)  row i of y and label i belong to row i of x. Rows come as multimodal_dbn wants them: real
///                         numbers on any scale where its lower machine is gaussian, else numbers in [0, 1] or counts
///
/// Complexity   that of its parts, one after the other; codes of all pairs in memory.
/// Determinism  the same bytes for any number of threads on cpu.
/// Errors       shape_error for other numbers of rows or labels, or none; argument_error for options out of range, and
///              for autoencoders without sigmoid units and joint machines that are not bernoulli, before anything is
///              trained.
/// Reference    Peng, Huang and Qi 2016. Their public code: autoencoders of 1024 and 512 rectified units for 2296 and
///              3000 inputs, scaled into [0, 1] as a whole; belief networks as multimodal_dbn says; joint machines of
///              1024 units (rate 0.01, weight decay 1e-4); layers of 1024 (rate 0.01, momentum 0.9, weight decay 1e-3);
///              four stages of 512, 256, 128 and 64 (rate 0.05, weight decay 1e-4, batches of 231, 20000 updates).
///              Differs: Adam, not descent with momentum and a falling rate; sigmoid units in the autoencoders;
///              standardizing by the rows of the fit, there each set by itself; stages give back through linear units,
///              and errors are means over columns. The distance of a pair's codes counts in a configuration that their
///              script leaves out; with `correspondence` = 0 it does not, as in the one that is run.
struct cmdn {
  cmdn_options options = {};

  template <class X, class Y, Device D, class Progress = model::no_progress>
  requires MatrixArgument<X, D> && MatrixArgument<Y, D>
  auto fit(context<D>& ctx, const X& x, const Y& y, std::span<const label_t> labels, Progress progress = {}) const {
    using T = data::scalar_of<X>;
    detail::joint_progress<Progress> all(progress);
    return fit_all<T, D>(ctx, as_const(x), as_const(y), labels, all);
  }

 private:
  template <class T, Device D, class Progress>
  cmdn_model<T, D> fit_all(context<D>& ctx, matrix_view<const T, D> x, matrix_view<const T, D> y,
                           std::span<const label_t> labels, detail::joint_progress<Progress>& all) const {
    using result = cmdn_model<T, D>;
    check<T>(ctx, x.rows(), y.rows(), static_cast<index_t>(labels.size()));
    const model::class_numbers classes(labels);
    const auto count = static_cast<index_t>(classes.classes.size());
    const vector<label_t, D> numbers(ctx, classes.numbers);

    multimodal_dbn_options belief = options.belief;
    belief.seed = seed_of(0);
    auto inter = multimodal_dbn{belief}.fit_with(ctx, x, y, all);
    const auto x_codes = inter.first(ctx, x), y_codes = inter.second(ctx, y);
    auto first = pathway_of<T, D>(ctx, x, x_codes, options.first, numbers, count, 10, all);
    auto second = pathway_of<T, D>(ctx, y, y_codes, options.second, numbers, count, 20, all);

    matrix<T, D> a(ctx, x.rows(), options.hidden, uninitialized), b(ctx, x.rows(), options.hidden, uninitialized);
    first.encode(ctx, x, x_codes, a.view());
    second.encode(ctx, y, y_codes, b.view());
    std::vector<typename result::stage> stages;
    for (const index_t width : options.stages) {
      model::training_options how = options.stage;
      how.seed = seed_of(30 + stages.size());
      auto code = encoder::make<T>(ctx, result::stage_layers(a.cols(), width), how.seed);
      auto back = encoder::make<T>(ctx, layer::linear(width, 2 * a.cols()), how.seed + 1);
      auto classifier = encoder::make<T>(ctx, layer::linear(width, count), how.seed + 2);
      bimodal_autoencoder_trainer trainer(ctx, code, back, classifier,
                                          optimizer::adam{.rate = how.rate, .weight_decay = how.weight_decay},
                                          {.reconstruction = options.reconstruction,
                                           .classification = options.classification,
                                           .correspondence = options.correspondence,
                                           .step = {.seed = how.seed}});
      all.run(trainer, data::paired_features<T, D>(ctx, a, b, numbers), how);
      matrix<T, D> next_a(ctx, a.rows(), width, uninitialized), next_b(ctx, b.rows(), width, uninitialized);
      detail::encode_alone(ctx, code, 0, matrix_view<const T, D>(a), next_a.view());
      detail::encode_alone(ctx, code, 1, matrix_view<const T, D>(b), next_b.view());
      a = std::move(next_a);
      b = std::move(next_b);
      stages.push_back(std::move(code));
    }
    return {std::move(inter), std::move(first), std::move(second), std::move(stages)};
  }

  /// Steps 1, 3 and 4 of one side.
  template <class T, Device D, class Progress>
  detail::cross_media_pathway<T, D> pathway_of(context<D>& ctx, matrix_view<const T, D> x, const matrix<T, D>& inter,
                                               stacked_autoencoder_options alone, vector_view<const label_t, D> numbers,
                                               index_t classes, std::uint64_t part,
                                               detail::joint_progress<Progress>& all) const {
    using result = detail::cross_media_pathway<T, D>;
    const index_t n = x.rows();
    detail::column_scaling<T, D> rows(ctx, x);
    matrix<T, D> read(ctx, n, x.cols(), uninitialized);
    rows.apply(ctx, x, read.view());
    alone.network.seed = alone.pretraining.seed = alone.fine_tuning.seed = seed_of(part);
    if (all.stopped()) alone.pretraining.epochs = alone.fine_tuning.epochs = 0;
    auto intra = stacked_autoencoder{alone}.fit(ctx, read, [&](const train::epochs_progress& p) { return all(p); });

    const index_t own = intra.dimension();
    matrix<T, D> seen(ctx, n, own + inter.cols(), uninitialized);
    intra.encode(ctx, read, seen.view().middle_cols(0, own));
    op::copy(ctx, inter.view(), seen.view().middle_cols(own, inter.cols()));
    auto joint = detail::trained_machine<T, D>(
        ctx, seen, options.joint,
        {.epochs = options.belief.epochs, .batch = options.belief.batch, .seed = seed_of(part + 1)}, 0, all);

    auto codes = joint.encode(ctx, seen);
    detail::column_scaling<T, D> scaling(ctx, codes);
    scaling.apply(ctx, codes, codes.view());
    model::training_options how = options.classifier;
    how.seed = seed_of(part + 2);
    const auto layers = result::hidden_layers(codes.cols(), options.hidden);
    auto network = encoder::make<T>(ctx, layer::sequential(layers, layer::linear(options.hidden, classes)), how.seed);
    train::siamese trainer(ctx, network, loss::softmax_cross_entropy{},
                           optimizer::adam{.rate = how.rate, .weight_decay = how.weight_decay}, {.seed = how.seed});
    all.run(trainer, data::labelled_features<T, D>(ctx, codes, numbers), how);
    // the layers below the softmax are the first of a chain, and so are their weights
    auto hidden = encoder::make<T>(ctx, layers);
    ctx.copy(hidden.weights().data(), network.weights().data(),
             hidden.weights().size() * static_cast<index_t>(sizeof(T)));
    return {std::move(rows), std::move(intra), std::move(joint), std::move(scaling), std::move(hidden)};
  }

  std::uint64_t seed_of(std::uint64_t part) const { return random::bits(options.seed, part, 1) >> 1; }
  template <class T, Device D>
  void check(context<D>& ctx, index_t x, index_t y, index_t labels) const {
    constexpr const char* who = "generative::cmdn::fit";
    expects(x == y && x == labels && x > 0, "{}: expected pairs with labels, got {} and {} rows and {} labels", who, x,
            y, labels);
    const auto& o = options;
    const auto sigmoid = autoencoder_units::sigmoid;
    expects<argument_error>(o.first.network.units == sigmoid && o.second.network.units == sigmoid,
                            "{}: expected autoencoders with sigmoid units, whose codes RBMs read", who);
    expects<argument_error>(o.joint.visible == rbm_visible::bernoulli,
                            "{}: the joint RBM reads values in [0, 1]: expected visible bernoulli", who);
    expects<argument_error>(o.hidden > 0, "{}: {} hidden units", who, o.hidden);
    for (const index_t width : o.stages) expects<argument_error>(width > 0, "{}: a stage of {} numbers", who, width);
    expect_not_negative<T>(who, "reconstruction", o.reconstruction);
    expect_not_negative<T>(who, "classification", o.classification);
    expect_not_negative<T>(who, "correspondence", o.correspondence);
    model::check_training<T>(who, "first.pretraining", o.first.pretraining);
    model::check_training<T>(who, "first.fine_tuning", o.first.fine_tuning);
    model::check_training<T>(who, "second.pretraining", o.second.pretraining);
    model::check_training<T>(who, "second.fine_tuning", o.second.fine_tuning);
    model::check_training<T>(who, "classifier", o.classifier);
    model::check_training<T>(who, "stage", o.stage);
    // these check their own
    rbm<T, D>(ctx, 1, o.joint);
    autoencoder<T, D>(ctx, 1, o.first.network), autoencoder<T, D>(ctx, 1, o.second.network);
  }
};

}  // namespace kindred::generative
