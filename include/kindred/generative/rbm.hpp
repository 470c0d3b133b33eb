// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/io/stored.hpp>
#include <kindred/op/bias.hpp>
#include <kindred/op/copy.hpp>
#include <kindred/op/finite.hpp>
#include <kindred/op/reduce.hpp>
#include <kindred/op/softmax.hpp>
#include <string>
#include <vector>

namespace kindred::generative {

/// What the visible units of an rbm stand for.
enum class rbm_visible {
  bernoulli,          ///< numbers in [0, 1]: E[v | h] = sigmoid(W h + a)
  gaussian,           ///< real numbers of unit variance (standardize first): E[v | h] = W h + a
  replicated_softmax  ///< counts of words, N in a document: E[v | h] = N softmax(W h + a), hidden biases count N times
};

/// How an rbm is made and trained.
struct rbm_options {
  index_t hidden = 256;  ///< units, at least 1
  rbm_visible visible = rbm_visible::bernoulli;
  index_t steps = 1;               ///< k of contrastive divergence, 1 to 65536
  double rate = 0.05;              ///< > 0; for gaussian about a tenth of that
  double momentum = 0.5;           ///< in [0, 1), at first
  double final_momentum = 0.9;     ///< in [0, 1), reached linearly
  index_t momentum_updates = 500;  ///< after that many updates
  double weight_decay = 1e-4;      ///< at least 0; of the weights, not the biases
  double sparsity_target = 0.1;    ///< wanted mean of each hidden unit
  double sparsity_cost = 0;        ///< at least 0; what being off the target costs; 0: nothing
  double sparsity_damping = 0.9;   ///< in [0, 1); of the running mean
  double deviation = 0.01;         ///< of the first weights
  std::uint64_t seed = 1;          ///< of the first weights and of all samples
};

namespace detail {

/// scores(r, c) becomes its probability; states(r, c), where wanted, a sample of it.
template <class T, class D>
struct rbm_hidden_at {
  vector_view<const T, D> bias, lengths;  // lengths: absent but for replicated softmax
  matrix_view<T, D> probabilities, states;
  std::uint64_t seed, stream;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const T scale = lengths ? lengths(r) : T(1);
    const T p = math::sigmoid(probabilities(r, c) + scale * bias(c));
    probabilities(r, c) = p;
    if (states)
      states(r, c) =
          random::uniform(seed, stream, static_cast<std::uint64_t>(r * states.cols() + c)) < static_cast<double>(p)
              ? T(1)
              : T(0);
  }
};
template <class T, class D>
struct rbm_visible_at {
  vector_view<const T, D> bias;
  matrix_view<T, D> means;
  bool squash;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const T v = means(r, c) + bias(c);
    means(r, c) = squash ? math::sigmoid(v) : v;
  }
};
template <class T, class D>
struct rbm_scale_rows_at {
  vector_view<const T, D> lengths;
  matrix_view<T, D> x;
  KINDRED_HD void operator()(index_t r, index_t c) const { x(r, c) *= lengths(r); }
};
/// velocity = momentum velocity + rate (slope - decay value); value += velocity.
template <class T, class D>
struct rbm_update_at {
  matrix_view<T, D> value, velocity;
  matrix_view<const T, D> slope;
  T momentum, rate, decay;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    velocity(r, c) = momentum * velocity(r, c) + rate * (slope(r, c) - decay * value(r, c));
    value(r, c) += velocity(r, c);
  }
};
/// The slope of a visible or hidden bias from what the data and the model say of it.
template <class T, class D>
struct rbm_difference_at {
  matrix_view<const T, D> data, model;
  vector_view<const T, D> lengths;
  matrix_view<T, D> out;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    const T d = data(r, c) - model(r, c);
    out(r, c) = lengths ? lengths(r) * d : d;
  }
};
/// The running mean of a hidden unit, and what its distance from the target adds to the slope; sums are over the batch.
template <class T, class D>
struct rbm_sparsity_at {
  vector_view<const T, D> sums;
  vector_view<T, D> mean, slope;
  T share, damping, target, cost;
  KINDRED_HD void operator()(index_t c) const {
    mean(c) = damping * mean(c) + (T(1) - damping) * share * sums(c);
    slope(c) = share * slope(c) - cost * (mean(c) - target);
  }
};
/// Mean squared difference of each row.
template <class T, class D>
struct rbm_error_row {
  matrix_view<const T, D> data, model;
  vector_view<T, D> errors;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const auto self = *this;
    const T sum = g.reduce(data.cols(), T(0), plus{}, [self, r](index_t c) {
      const T d = self.data(r, c) - self.model(r, c);
      return d * d;
    });
    g.once([self, r, sum] { self.errors(r) = sum / static_cast<T>(self.data.cols()); });
  }
};
/// free(r) from scores = v W of a row: -sum of log(1 + exp(score + scale b)) and the part of the visible units.
template <class T, class D>
struct rbm_free_energy_row {
  matrix_view<const T, D> v, scores;
  vector_view<const T, D> visible_bias, hidden_bias, lengths;
  bool gaussian;
  vector_view<T, D> out;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const auto self = *this;
    const T scale = lengths ? lengths(r) : T(1);
    const T hidden = g.reduce(scores.cols(), T(0), plus{}, [self, r, scale](index_t c) {
      const T s = self.scores(r, c) + scale * self.hidden_bias(c);
      return (s > T(0) ? s : T(0)) + math::log1p(math::exp(s > T(0) ? -s : s));
    });
    const T visible = g.reduce(v.cols(), T(0), plus{}, [self, r](index_t c) {
      const T x = self.v(r, c), a = self.visible_bias(c);
      return self.gaussian ? (x - a) * (x - a) / T(2) : -a * x;
    });
    g.once([self, r, hidden, visible] { self.out(r) = visible - hidden; });
  }
};

}  // namespace detail

/// A restricted Boltzmann machine: hidden units that explain visible ones, learned without labels by contrastive
/// divergence.
///
/// E(v, h) = -v'Wh - a'v - b'h (bernoulli);  |v - a|^2 / 2 - v'Wh - b'h (gaussian);  -v'Wh - a'v - N b'h
/// (replicated_softmax) P(h_j = 1 | v) = sigmoid(v'W_j + b_j), with N b_j for replicated_softmax, N the sum of v
///
/// An update, on a batch: p_0 = P(h | v_0); k times h ~ P(h | v), v := E[v | h]; then
/// W += rate (v_0' p_0 - v_k' p_k) / n and the biases likewise, with momentum, weight decay and a pull of each hidden
/// unit's running mean to the sparsity target (on its bias). Hidden states are samples, what enters the sums are
/// probabilities.
///
///   rbm<float, cpu> machine(ctx, 784, {.hidden = 100});
///   for (...) machine.update(ctx, batch);
///   machine.encode(ctx, rows, codes.view());            // P(h = 1 | v)
///
/// Complexity   about 4 (k + 1) n V H operations an update for n rows of V numbers and H hidden units; memory 2 V H
///              numbers, scratch 2 n (V + H) and V H.
/// Determinism  the same bytes for any number of threads. Samples follow from the seed, the number of the update and
///              the position in the batch, so a loaded machine goes on as the saved one would.
/// Errors       argument_error for options out of range, and for an update whose gradient is not finite, before
///              anything changes; shape_error for rows of another width. Inputs out of their range are not looked for.
/// Reference    Smolensky 1986; Hinton 2002 and 2010; Salakhutdinov and Hinton 2009 for replicated softmax. Differs:
///              visible units are not sampled.
template <Scalar T, Device D>
class rbm {
 public:
  using scalar = T;
  using value_type = T;
  using device = D;
  static constexpr const char* name = "rbm";  ///< in the files of what contains one

  rbm(context<D>& ctx, index_t visible, rbm_options options = {})
      : options_(checked(visible, options)),
        weights_(ctx, visible, options.hidden),
        velocity_(ctx, visible, options.hidden),
        visible_bias_(ctx, visible),
        visible_velocity_(ctx, visible),
        hidden_bias_(ctx, options.hidden),
        hidden_velocity_(ctx, options.hidden),
        hidden_mean_(
            ctx, std::vector<T>(static_cast<std::size_t>(options.hidden), static_cast<T>(options.sparsity_target))) {
    std::vector<T> first(static_cast<std::size_t>(visible * options.hidden));
    for (std::size_t i = 0; i < first.size(); ++i)
      first[i] = static_cast<T>(options.deviation * random::normal(options.seed, 0, i));
    weights_ = matrix<T, D>(ctx, visible, options.hidden, first);
  }

  const rbm_options& options() const { return options_; }
  index_t visible_units() const { return weights_.rows(); }
  /// Hidden units: numbers in a row that encode() gives.
  index_t dimension() const { return weights_.cols(); }
  /// V x H, V and H numbers; may be written to.
  matrix_view<T, D> weights() { return weights_.view(); }
  vector_view<T, D> visible_bias() { return visible_bias_.view(); }
  vector_view<T, D> hidden_bias() { return hidden_bias_.view(); }
  matrix_view<const T, D> weights() const KINDRED_LIFETIMEBOUND { return weights_.view(); }
  vector_view<const T, D> visible_bias() const KINDRED_LIFETIMEBOUND { return visible_bias_.view(); }
  vector_view<const T, D> hidden_bias() const KINDRED_LIFETIMEBOUND { return hidden_bias_.view(); }
  /// Updates that were made.
  index_t updates() const { return updates_; }

  /// One update on a batch of n rows, n > 0. Returns the mean squared error of the last reconstruction, which falls
  /// while it learns but is not what is minimized.
  double update(context<D>& ctx, const_matrix<T, D> v) {
    expects(v.cols() == visible_units() && v.rows() > 0, "generative::rbm: a batch of {} x {} for {} visible units",
            v.rows(), v.cols(), visible_units());
    const index_t n = v.rows(), inputs = visible_units(), units = dimension();
    const scratch_scope scope(ctx);
    const auto first = scratch_matrix<T>(ctx, n, units), states = scratch_matrix<T>(ctx, n, units);
    const auto last = scratch_matrix<T>(ctx, n, units), again = scratch_matrix<T>(ctx, n, inputs);
    const auto slope = scratch_matrix<T>(ctx, inputs, units), spare = scratch_matrix<T>(ctx, n, inputs);
    const auto sums = scratch_vector<T>(ctx, units), hidden_slope = scratch_vector<T>(ctx, units);
    const auto visible_slope = scratch_vector<T>(ctx, inputs), errors = scratch_vector<T>(ctx, n);
    const auto lengths = lengths_of(ctx, v);
    const std::uint64_t stream = 1 + static_cast<std::uint64_t>(updates_ * options_.steps);

    hidden_given(ctx, v, lengths, first, states, stream);
    for (index_t step = 0; step < options_.steps; ++step) {
      visible_given(ctx, matrix_view<const T, D>(states), lengths, again);
      const bool more = step + 1 < options_.steps;
      hidden_given(ctx, again, lengths, last, more ? states : matrix_view<T, D>(),
                   stream + 1 + static_cast<std::uint64_t>(step));
    }

    const T share = T(1) / static_cast<T>(n);
    ctx.template gemm<T>(share, v, transpose::yes, first, transpose::no, T(0), slope);
    ctx.template gemm<T>(-share, again, transpose::yes, last, transpose::no, T(1), slope);
    ctx.for_each(n, inputs, detail::rbm_difference_at<T, D>{v, again, {}, spare});
    op::column_sums(ctx, matrix_view<const T, D>(spare), visible_slope);
    op::scale(ctx, share, visible_slope);
    op::column_sums(ctx, matrix_view<const T, D>(first), sums);
    ctx.for_each(n, units, detail::rbm_difference_at<T, D>{first, last, lengths, states});
    op::column_sums(ctx, matrix_view<const T, D>(states), hidden_slope);
    const auto row = [](auto u) { return as_matrix(u, 1, u.size()); };
    expect_finite(ctx, slope, "weight");
    expect_finite(ctx, row(visible_slope), "visible bias");
    expect_finite(ctx, row(hidden_slope), "hidden bias");
    ctx.for_each(units, detail::rbm_sparsity_at<T, D>{
                            sums, hidden_mean_.view(), hidden_slope, share, static_cast<T>(options_.sparsity_damping),
                            static_cast<T>(options_.sparsity_target), static_cast<T>(options_.sparsity_cost)});

    const double done = options_.momentum_updates > 0
                            ? static_cast<double>(updates_) / static_cast<double>(options_.momentum_updates)
                            : 1.0;
    const T momentum =
        static_cast<T>(options_.momentum + (options_.final_momentum - options_.momentum) * (done < 1 ? done : 1.0));
    const T rate = static_cast<T>(options_.rate), decay = static_cast<T>(options_.weight_decay);
    ctx.for_each(inputs, units,
                 detail::rbm_update_at<T, D>{weights_.view(), velocity_.view(), slope, momentum, rate, decay});
    ctx.for_each(1, inputs,
                 detail::rbm_update_at<T, D>{row(visible_bias_.view()), row(visible_velocity_.view()),
                                             row(visible_slope), momentum, rate, T(0)});
    ctx.for_each(1, units,
                 detail::rbm_update_at<T, D>{row(hidden_bias_.view()), row(hidden_velocity_.view()), row(hidden_slope),
                                             momentum, rate, T(0)});
    ++updates_;
    ctx.for_each_row(n, inputs, detail::rbm_error_row<T, D>{v, again, errors});
    double error = 0;
    for (const T e : to_host(ctx, row(errors))) error += static_cast<double>(e);
    return error / static_cast<double>(n);
  }

  /// out: P(h = 1 | v), n x H, overwritten.
  void encode(context<D>& ctx, const_matrix<T, D> v, matrix_view<T, D> out) const {
    expects(v.cols() == visible_units() && out.rows() == v.rows() && out.cols() == dimension(),
            "generative::rbm: {} x {} into {} x {}, made for {} visible and {} hidden units", v.rows(), v.cols(),
            out.rows(), out.cols(), visible_units(), dimension());
    const scratch_scope scope(ctx);
    hidden_given(ctx, v, lengths_of(ctx, v), out, {}, 0);
  }
  matrix<T, D> encode(context<D>& ctx, const_matrix<T, D> v) const {
    matrix<T, D> out(ctx, v.rows(), dimension(), uninitialized);
    encode(ctx, v, out.view());
    return out;
  }
  /// out: E[v | h], n x V, overwritten; h: n x H. Of replicated_softmax the shares of the words, as of a document of
  /// length 1.
  void decode(context<D>& ctx, const_matrix<T, D> h, matrix_view<T, D> out) const {
    expects(h.cols() == dimension() && out.rows() == h.rows() && out.cols() == visible_units(),
            "generative::rbm: {} x {} into {} x {}, made for {} hidden and {} visible units", h.rows(), h.cols(),
            out.rows(), out.cols(), dimension(), visible_units());
    visible_given(ctx, h, {}, out);
  }
  /// out: -log of the sum over h of exp(-E(v, h)), n numbers, overwritten: lower is likelier.
  void free_energy(context<D>& ctx, const_matrix<T, D> v, vector_view<T, D> out) const {
    expects(v.cols() == visible_units() && out.size() == v.rows(),
            "generative::rbm: free energies of {} x {} into {} numbers, made for {} visible units", v.rows(), v.cols(),
            out.size(), visible_units());
    const scratch_scope scope(ctx);
    const auto scores = scratch_matrix<T>(ctx, v.rows(), dimension());
    ctx.template gemm<T>(T(1), v, transpose::no, weights_.view(), transpose::no, T(0), scores);
    ctx.for_each_row(
        v.rows(), v.cols() + dimension(),
        detail::rbm_free_energy_row<T, D>{v, scores, visible_bias_.view(), hidden_bias_.view(), lengths_of(ctx, v),
                                          options_.visible == rbm_visible::gaussian, out});
  }

  /// Adds everything, velocities and options too, to a file under `prefix`. This machine must stay until the file is
  /// written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    file.add(prefix + "weights", weights_);
    file.add(prefix + "weights_velocity", velocity_);
    file.add(prefix + "visible_bias", visible_bias_);
    file.add(prefix + "visible_velocity", visible_velocity_);
    file.add(prefix + "hidden_bias", hidden_bias_);
    file.add(prefix + "hidden_velocity", hidden_velocity_);
    file.add(prefix + "hidden_mean", hidden_mean_);
    const rbm_options& o = options_;
    file.add(prefix + "numbers",
             std::vector<double>{o.rate, o.momentum, o.final_momentum, o.weight_decay, o.sparsity_target,
                                 o.sparsity_cost, o.sparsity_damping, o.deviation});
    file.add(prefix + "counts", std::vector<index_t>{static_cast<index_t>(o.visible), o.steps, o.momentum_updates,
                                                     static_cast<index_t>(o.seed), updates_});
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    Writer file;
    save(file, "");
    file.write(path);
  }
  /// What was saved under `prefix`. Errors: io_error, naming the file, for another type, a missing tensor, shapes that
  /// do not fit or options out of range.
  template <class File>
  static rbm load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto weights = file.template load_matrix<T>(ctx, prefix + "weights");
    const auto numbers = file.template load_vector<double>(ctx, prefix + "numbers").to_host();
    const auto counts = file.template load_vector<index_t>(ctx, prefix + "counts").to_host();
    expects<io_error>(numbers.size() == 8 && counts.size() == 5, "{}: tensors {}numbers and {}counts: {} and {}",
                      file.name(), prefix, prefix, numbers.size(), counts.size());
    io::in_range(file, prefix + "counts", counts[0], 0, static_cast<index_t>(rbm_visible::replicated_softmax));
    io::in_range(file, prefix + "counts", counts[4], 0, index_t(1) << 40);  // updates
    const rbm_options options{.hidden = weights.cols(),
                              .visible = static_cast<rbm_visible>(counts[0]),
                              .steps = counts[1],
                              .rate = numbers[0],
                              .momentum = numbers[1],
                              .final_momentum = numbers[2],
                              .momentum_updates = counts[2],
                              .weight_decay = numbers[3],
                              .sparsity_target = numbers[4],
                              .sparsity_cost = numbers[5],
                              .sparsity_damping = numbers[6],
                              .deviation = numbers[7],
                              .seed = static_cast<std::uint64_t>(counts[3])};
    const char* const wrong = fault_of(weights.rows(), options);
    expects<io_error>(wrong == nullptr, "{}: options under \"{}\": {}", file.name(), prefix,
                      wrong == nullptr ? "" : wrong);
    const index_t inputs = weights.rows(), units = weights.cols();
    rbm out(ctx, inputs, options);
    out.weights_ = std::move(weights);
    out.velocity_ = file.template load_matrix<T>(ctx, prefix + "weights_velocity");
    expects<io_error>(out.velocity_.rows() == inputs && out.velocity_.cols() == units,
                      "{}: tensor {}weights_velocity: expected {} x {}, got {} x {}", file.name(), prefix, inputs,
                      units, out.velocity_.rows(), out.velocity_.cols());
    const auto take = [&](vector<T, D>& into, const char* part, index_t count) {
      into = file.template load_vector<T>(ctx, prefix + part);
      expects<io_error>(into.size() == count, "{}: tensor {}{}: expected {} values, got {}", file.name(), prefix, part,
                        count, into.size());
    };
    take(out.visible_bias_, "visible_bias", inputs);
    take(out.visible_velocity_, "visible_velocity", inputs);
    take(out.hidden_bias_, "hidden_bias", units);
    take(out.hidden_velocity_, "hidden_velocity", units);
    take(out.hidden_mean_, "hidden_mean", units);
    out.updates_ = counts[4];
    return out;
  }
  template <class File = io::safetensors>
  static rbm load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "rbm 1";
  static constexpr index_t most_steps = 65536;

  /// The option that is out of range, or null.
  static const char* fault_of(index_t visible, const rbm_options& o) {
    const auto finite = [](double v) { return v - v == 0; };
    const auto share = [](double v) { return v >= 0 && v < 1; };
    if (visible < 1) return "visible units";
    if (o.hidden < 1) return "hidden";
    if (o.visible != rbm_visible::bernoulli && o.visible != rbm_visible::gaussian &&
        o.visible != rbm_visible::replicated_softmax)
      return "visible";
    if (o.steps < 1 || o.steps > most_steps) return "steps";
    if (!(o.rate > 0 && finite(o.rate))) return "rate";
    if (!share(o.momentum) || !share(o.final_momentum) || o.momentum_updates < 0) return "momentum";
    if (!(o.weight_decay >= 0 && finite(o.weight_decay))) return "weight_decay";
    if (!finite(o.sparsity_target) || !(o.sparsity_cost >= 0 && finite(o.sparsity_cost)) || !share(o.sparsity_damping))
      return "sparsity";
    if (!(o.deviation >= 0 && finite(o.deviation))) return "deviation";
    return nullptr;
  }
  static const rbm_options& checked(index_t visible, const rbm_options& options) {
    const char* const wrong = fault_of(visible, options);
    expects<argument_error>(wrong == nullptr, "generative::rbm: option out of range: {}",
                            wrong == nullptr ? "" : wrong);
    return options;
  }

  void expect_finite(context<D>& ctx, matrix_view<const T, D> gradient, const char* of) const {
    const index_t bad = op::first_non_finite_row<T>(ctx, gradient);
    expects<argument_error>(bad < 0, "generative::rbm: update {}: the gradient of a {} is not finite, in row {}",
                            updates_ + 1, of, bad);
  }
  /// Sums of rows where the visible units are counts, else absent. In the caller's scratch scope.
  vector_view<const T, D> lengths_of(context<D>& ctx, matrix_view<const T, D> v) const {
    if (options_.visible != rbm_visible::replicated_softmax) return {};
    const auto sums = scratch_vector<T>(ctx, v.rows());
    op::row_sums(ctx, v, sums);
    return sums;
  }
  void hidden_given(context<D>& ctx, matrix_view<const T, D> v, vector_view<const T, D> lengths,
                    matrix_view<T, D> probabilities, matrix_view<T, D> states, std::uint64_t stream) const {
    ctx.template gemm<T>(T(1), v, transpose::no, weights_.view(), transpose::no, T(0), probabilities);
    ctx.for_each(
        v.rows(), dimension(),
        detail::rbm_hidden_at<T, D>{hidden_bias_.view(), lengths, probabilities, states, options_.seed, stream});
  }
  void visible_given(context<D>& ctx, matrix_view<const T, D> h, vector_view<const T, D> lengths,
                     matrix_view<T, D> means) const {
    ctx.template gemm<T>(T(1), h, transpose::no, weights_.view(), transpose::yes, T(0), means);
    ctx.for_each(h.rows(), visible_units(),
                 detail::rbm_visible_at<T, D>{visible_bias_.view(), means, options_.visible == rbm_visible::bernoulli});
    if (options_.visible != rbm_visible::replicated_softmax) return;
    op::softmax(ctx, matrix_view<const T, D>(means), means);
    if (lengths) ctx.for_each(h.rows(), visible_units(), detail::rbm_scale_rows_at<T, D>{lengths, means});
  }

  rbm_options options_;
  matrix<T, D> weights_, velocity_;
  vector<T, D> visible_bias_, visible_velocity_, hidden_bias_, hidden_velocity_, hidden_mean_;
  index_t updates_ = 0;
};

}  // namespace kindred::generative
