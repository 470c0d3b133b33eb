// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/generative/detail/belief_pathway.hpp>
#include <kindred/generative/detail/machine_training.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/op/copy.hpp>
#include <kindred/op/fill.hpp>

namespace kindred::generative {

/// How the pathway of a missing side is found.
enum class multimodal_dbn_method : signed char {
  mean_field,  ///< probabilities in place of states: the same for every call
  gibbs        ///< sampled states; what is given is the mean of the probabilities over the second half of the steps
};

struct multimodal_dbn_inference {
  multimodal_dbn_method method = multimodal_dbn_method::mean_field;
  static constexpr index_t most_steps = 65536;
  index_t steps = 10;      ///< to the joint layer and back, 1 to most_steps
  std::uint64_t seed = 0;  ///< of gibbs
};

namespace detail {
template <class T, class D>
struct bernoulli_at {
  matrix_view<const T, D> probabilities;
  matrix_view<T, D> states;
  std::uint64_t seed, stream;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const double u = random::uniform(seed, stream, static_cast<std::uint64_t>(r * states.cols() + c));
    states(r, c) = u < static_cast<double>(probabilities(r, c)) ? T(1) : T(0);
  }
};
/// sum = keep sum + share x
template <class T, class D>
struct add_share_at {
  matrix_view<const T, D> x;
  T keep, share;
  matrix_view<T, D> sum;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    sum(r, c) = (keep == T(0) ? T(0) : keep * sum(r, c)) + share * x(r, c);
  }
};
}  // namespace detail

/// Two deep belief networks under one joint machine: what multimodal_dbn learns. Satisfies projection::Projection.
///
/// joint(x, y) = P(h3 | u, v), u = the top of the first pathway given x, v = that of the second given y
/// first(x)    = P(h3 | u, v), v inferred:   v = P(v | h3 = 0), then `steps` times h3 = P(h3 | u, v), v = P(v | h3)
/// second(y)   = P(h3 | u, v), u inferred so
///
/// With gibbs h3 and v are samples; v and the result are means of P(v | h3) and P(h3 | u, v) over the second half of
/// the steps.
///
/// Complexity   that of the pathway and 2 `steps` products of n x (units of both tops) x (joint units); scratch for
///              three rows of both tops and two of the joint layer for each row.
/// Determinism  the same bytes for any number of threads. Mean field: a row's bits do not depend on the rows around it.
///              Gibbs: they follow from the seed and the row's position.
/// Errors       argument_error for fewer than 1 or more than 65536 steps; shape_error where machines or rows do not
///              fit.
/// Reference    Srivastava and Salakhutdinov 2012. Their public code starts the missing pathway at random.
template <Scalar T, Device D>
class multimodal_dbn_model {
 public:
  using value_type = T;
  using device = D;
  using machine = rbm<T, D>;
  using pathway = detail::belief_pathway<T, D>;

  multimodal_dbn_model(pathway first, pathway second, machine joint, multimodal_dbn_inference inference = {})
      : first_(std::move(first)), second_(std::move(second)), joint_(std::move(joint)), inference_(inference) {
    expects(joint_.visible_units() == first_.dimension() + second_.dimension(),
            "generative::multimodal_dbn_model: a joint machine of {} visible units over {} and {}",
            joint_.visible_units(), first_.dimension(), second_.dimension());
    expects<argument_error>(inference.steps > 0 && inference.steps <= multimodal_dbn_inference::most_steps,
                            "generative::multimodal_dbn_model: expected 1 to {} steps of inference, got {}",
                            multimodal_dbn_inference::most_steps, inference.steps);
  }

  index_t dimensions() const { return joint_.dimension(); }
  const pathway& first_pathway() const { return first_; }
  const pathway& second_pathway() const { return second_; }
  const machine& joint_machine() const { return joint_; }
  /// How the missing side is found; may be changed.
  multimodal_dbn_inference& inference() { return inference_; }

  /// The joint layer of rows of one side. out: rows(x) x dimensions(), overwritten.
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const {
    const scratch_scope scope(ctx);
    infer(ctx, 0, x, out);
  }
  void second(context<D>& ctx, const_matrix<T, D> y, matrix_view<T, D> out) const {
    const scratch_scope scope(ctx);
    infer(ctx, 1, y, out);
  }
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
    expects(x.rows() == y.rows(), "generative::multimodal_dbn_model: {} rows and {} rows", x.rows(), y.rows());
    const scratch_scope scope(ctx);
    const auto top = scratch_matrix<T>(ctx, x.rows(), joint_.visible_units());
    first_.encode(ctx, x, part(top, 0));
    second_.encode(ctx, y, part(top, 1));
    joint_.encode(ctx, top, out);
  }
  matrix<T, D> joint(context<D>& ctx, const_matrix<T, D> x, const_matrix<T, D> y) const {
    matrix<T, D> out(ctx, x.rows(), dimensions(), uninitialized);
    joint(ctx, x, y, out.view());
    return out;
  }

  /// The other side of rows of one side: what decoding its inferred pathway expects. out: rows x columns of the other
  /// side.
  void second_of_first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { generate(ctx, 0, x, out); }
  void first_of_second(context<D>& ctx, const_matrix<T, D> y, matrix_view<T, D> out) const { generate(ctx, 1, y, out); }
  matrix<T, D> second_of_first(context<D>& ctx, const_matrix<T, D> x) const {
    matrix<T, D> out(ctx, x.rows(), second_.columns(), uninitialized);
    second_of_first(ctx, x, out.view());
    return out;
  }
  matrix<T, D> first_of_second(context<D>& ctx, const_matrix<T, D> y) const {
    matrix<T, D> out(ctx, y.rows(), first_.columns(), uninitialized);
    first_of_second(ctx, y, out.view());
    return out;
  }

  /// Adds everything to a file under `prefix`. This model must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    first_.save(file, prefix + "first.");
    second_.save(file, prefix + "second.");
    joint_.save(file, prefix + "joint.");
    file.add(prefix + "inference", std::vector<index_t>{static_cast<index_t>(inference_.method), inference_.steps,
                                                        static_cast<index_t>(inference_.seed)});
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`. Errors: io_error, naming the file, for another type, missing or misshapen tensors.
  template <class File>
  requires(!std::convertible_to<File, std::string>)
  static multimodal_dbn_model load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto a = pathway::load(ctx, file, prefix + "first."), b = pathway::load(ctx, file, prefix + "second.");
    auto top = machine::load(ctx, file, prefix + "joint.");
    const auto how = io::stored_list<index_t>(ctx, file, prefix + "inference", 3);
    expects<io_error>(top.visible_units() == a.dimension() + b.dimension(),
                      "{}: {}joint has {} visible units over {} and {}", file.name(), prefix, top.visible_units(),
                      a.dimension(), b.dimension());
    io::in_range(file, prefix + "inference", how[0], 0, 1);
    io::in_range(file, prefix + "inference", how[1], 1, multimodal_dbn_inference::most_steps);
    return {std::move(a),
            std::move(b),
            std::move(top),
            {static_cast<multimodal_dbn_method>(how[0]), how[1], static_cast<std::uint64_t>(how[2])}};
  }
  template <class File = io::safetensors>
  static multimodal_dbn_model load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "multimodal_dbn_model 1";

  template <class U>
  matrix_view<U, D> part(matrix_view<U, D> top, int side) const {
    return side == 0 ? top.middle_cols(0, first_.dimension())
                     : top.middle_cols(first_.dimension(), second_.dimension());
  }
  /// The tops of both pathways given rows of `side`, in the caller's scratch; h3 gets their joint layer.
  matrix_view<T, D> infer(context<D>& ctx, int side, matrix_view<const T, D> x, matrix_view<T, D> h3) const {
    const index_t n = x.rows();
    expects(h3.rows() == n && h3.cols() == dimensions(),
            "generative::multimodal_dbn_model: {} rows into {} x {} of {} numbers", n, h3.rows(), h3.cols(),
            dimensions());
    const auto top = scratch_matrix<T>(ctx, n, joint_.visible_units());
    (side == 0 ? first_ : second_).encode(ctx, x, part(top, side));
    const scratch_scope scope(ctx);
    const auto expected = scratch_matrix<T>(ctx, n, joint_.visible_units());
    const auto free = part(top, 1 - side), given = part(expected, 1 - side);
    const auto copy = [&](matrix_view<const T, D> from, matrix_view<T, D> to) { op::copy(ctx, from, to); };
    op::fill(ctx, h3, T(0));
    joint_.decode(ctx, h3, expected);
    copy(given, free);
    if (inference_.method == multimodal_dbn_method::mean_field) {
      for (index_t step = 0; step < inference_.steps; ++step) {
        joint_.encode(ctx, top, h3);
        joint_.decode(ctx, h3, expected);
        copy(given, free);
      }
      joint_.encode(ctx, top, h3);
      return top;
    }
    const auto states = scratch_matrix<T>(ctx, n, dimensions()), mean = scratch_matrix<T>(ctx, n, dimensions());
    const auto free_mean = scratch_matrix<T>(ctx, n, free.cols());
    const index_t unused = inference_.steps / 2;
    const T share = T(1) / static_cast<T>(inference_.steps - unused);
    for (index_t step = 0; step < inference_.steps; ++step) {
      const T keep = step <= unused ? T(0) : T(1);
      const auto stream = 2 * static_cast<std::uint64_t>(step);
      if (step == 0) sample(ctx, free, free, stream);
      joint_.encode(ctx, top, h3);
      ctx.for_each(n, dimensions(), detail::add_share_at<T, D>{h3, keep, share, mean});
      sample(ctx, h3, states, stream + 1);
      joint_.decode(ctx, states, expected);
      ctx.for_each(n, free.cols(), detail::add_share_at<T, D>{given, keep, share, free_mean});
      sample(ctx, given, free, stream + 2);
    }
    copy(mean, h3);
    copy(free_mean, free);
    return top;
  }
  void sample(context<D>& ctx, const_matrix<T, D> p, matrix_view<T, D> states, std::uint64_t stream) const {
    ctx.for_each(p.rows(), p.cols(), detail::bernoulli_at<T, D>{p, states, inference_.seed, stream});
  }
  void generate(context<D>& ctx, int side, const_matrix<T, D> x, matrix_view<T, D> out) const {
    const scratch_scope scope(ctx);
    const auto top = infer(ctx, side, x, scratch_matrix<T>(ctx, x.rows(), dimensions()));
    (side == 0 ? second_ : first_).decode(ctx, part(matrix_view<const T, D>(top), 1 - side), out);
  }

  pathway first_, second_;
  machine joint_;
  multimodal_dbn_inference inference_;
};

/// The machines of one side, lower and upper. What is not named gets the value of rbm_options, so `.visible`
/// and `.rate` of the lower machine go together.
struct multimodal_dbn_side {
  rbm_options lower{.hidden = 256, .visible = rbm_visible::gaussian, .rate = 0.005};
  rbm_options upper{.hidden = 128};
};

struct multimodal_dbn_options {
  multimodal_dbn_side first{}, second{};
  rbm_options joint{.hidden = 256};
  multimodal_dbn_inference inference{};
  index_t epochs = 30;     ///< passes of each of the five machines over the pairs
  index_t batch = 100;     ///< pairs in an update
  std::uint64_t seed = 0;  ///< of all machines and orders; the seeds in their options are not looked at
};

/// Multimodal deep belief network: two restricted Boltzmann machines for each side, one over both tops, learned from
/// the bottom up by contrastive divergence. Compare by similarity::cosine.
///
///   const auto model = multimodal_dbn{{.first = {.lower = {.hidden = 64, .visible = ...}}}}.fit(ctx, images,
///   texts); model.first(ctx, images);                // the joint layer, texts inferred
///   model.second_of_first(ctx, images);      // the texts themselves
///
/// The upper machines learn from the probabilities of the lower ones, the joint machine from those of both upper ones
/// beside each other. Rows of a gaussian side are standardized by their own means and deviations, which the model
/// keeps; others come as they are: numbers in [0, 1] or counts.
///
/// fit(ctx, x, y)   row i of y belongs to row i of x
///
/// Complexity   epochs x n x the products of rbm, machine after machine; memory for the pairs' hidden units.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error for other numbers of rows, or none; argument_error for options out of range and for upper
///              or joint machines that are not bernoulli; argument_error where gaussian rows hold NaN or infinity.
/// Reference    Srivastava and Salakhutdinov 2012. The public code of CMDN (Peng, Huang, Qi 2016), derived from theirs,
///              has 2296 gaussian - 2048 - 1024 units for images (rates 0.001 and 0.05, weight decay 1e-3, sparsity
///              targets 0.2 and 0.1 at costs 0.1 and 0.01), 3000 replicated softmax - 1024 - 1024 for texts (rate 0.1),
///              2048 joint ones (rate 0.01), batches of 128, 1e5 updates and more, ten steps of mean field. Differs:
///              rates do not decay, and k is fixed.
struct multimodal_dbn {
  multimodal_dbn_options options = {};

  template <class X, class Y, Device D, class Progress = model::no_progress>
  requires MatrixArgument<X, D> && MatrixArgument<Y, D>
  auto fit(context<D>& ctx, const X& x, const Y& y, Progress progress = {}) const {
    detail::joint_progress<Progress> all(progress);
    return fit_with(ctx, as_const(x), as_const(y), all);
  }

  /// The same as a part of a longer fit, whose progress goes on.
  template <class T, Device D, class Progress>
  multimodal_dbn_model<T, D> fit_with(context<D>& ctx, matrix_view<const T, D> x, matrix_view<const T, D> y,
                                      detail::joint_progress<Progress>& progress) const {
    expects(x.rows() == y.rows() && x.rows() > 0, "generative::multimodal_dbn::fit: expected pairs, got {} and {} rows",
            x.rows(), y.rows());
    const auto upper_bernoulli = [](const rbm_options& o) { return o.visible == rbm_visible::bernoulli; };
    expects<argument_error>(
        upper_bernoulli(options.first.upper) && upper_bernoulli(options.second.upper) && upper_bernoulli(options.joint),
        "generative::multimodal_dbn::fit: upper and joint RBMs read probabilities: expected visible bernoulli");
    constexpr const char* who = "generative::multimodal_dbn::fit";
    expect_at_least(who, "epochs", options.epochs, 0);
    expect_at_least(who, "batch", options.batch, 1);
    expect_within(who, "inference.steps", static_cast<double>(options.inference.steps), 1,
                  static_cast<double>(multimodal_dbn_inference::most_steps));
    // machines check their options, here before any of them is trained
    rbm<T, D>(ctx, 1, options.first.lower), rbm<T, D>(ctx, 1, options.second.lower);
    rbm<T, D>(ctx, 1, options.first.upper), rbm<T, D>(ctx, 1, options.second.upper);
    rbm<T, D>(ctx, 1, options.joint);
    auto first = pathway_of(ctx, x, options.first, 0, progress);
    auto second = pathway_of(ctx, y, options.second, 2, progress);
    matrix<T, D> tops(ctx, x.rows(), first.dimension() + second.dimension(), uninitialized);
    first.encode(ctx, x, tops.view().middle_cols(0, first.dimension()));
    second.encode(ctx, y, tops.view().middle_cols(first.dimension(), second.dimension()));
    auto joint = detail::trained_machine<T, D>(ctx, tops, options.joint, training(), 4, progress);
    return {std::move(first), std::move(second), std::move(joint), options.inference};
  }

 private:
  model::training_options training() const {
    return {.epochs = options.epochs, .batch = options.batch, .seed = options.seed};
  }
  template <class T, Device D, class Progress>
  detail::belief_pathway<T, D> pathway_of(context<D>& ctx, matrix_view<const T, D> x, const multimodal_dbn_side& side,
                                          std::uint64_t part, detail::joint_progress<Progress>& progress) const {
    const bool gaussian = side.lower.visible == rbm_visible::gaussian;
    auto scaling = gaussian ? detail::column_scaling<T, D>(ctx, x) : detail::column_scaling<T, D>(ctx, x.cols());
    matrix<T, D> rows(ctx, x.rows(), x.cols(), uninitialized);
    scaling.apply(ctx, x, rows.view());
    auto lower = detail::trained_machine<T, D>(ctx, rows, side.lower, training(), part, progress);
    const auto hidden = lower.encode(ctx, rows);
    return {std::move(scaling), std::move(lower),
            detail::trained_machine<T, D>(ctx, hidden, side.upper, training(), part + 1, progress)};
  }
};

}  // namespace kindred::generative
