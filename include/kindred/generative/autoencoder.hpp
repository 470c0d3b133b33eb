// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/encoder/network.hpp>
#include <kindred/generative/rbm.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/dropout.hpp>
#include <kindred/layer/linear.hpp>
#include <kindred/op/copy.hpp>
#include <kindred/op/transpose.hpp>

namespace kindred::generative {

/// What a layer of an autoencoder makes of its sums.
enum class autoencoder_units {
  linear,  ///< leaves them
  sigmoid  ///< 1 / (1 + exp(-sum)): numbers in (0, 1)
};

/// How an autoencoder is made and what its training sees.
struct autoencoder_options {
  std::vector<index_t> hidden{256};                              ///< widths, first to last; each at least 1
  autoencoder_units units = autoencoder_units::sigmoid;          ///< of all hidden layers, on the way back too
  autoencoder_units reconstruction = autoencoder_units::linear;  ///< of the rows given back
  double masked = 0;           ///< in [0, 1): probability that a number is set to 0 in training, as layer::dropout
  double noise = 0;            ///< at least 0: deviation of normal noise that is added in training
  double sparsity_target = 0;  ///< wanted mean of each hidden unit on the way to the code
  double sparsity_cost = 0;    ///< at least 0; of being off the target; 0: nothing
  std::uint64_t seed = 1;      ///< of the first weights
};

namespace detail {

template <class T, class D>
struct normal_noise_at {
  matrix_view<T, D> x;
  double deviation;
  std::uint64_t seed;
  KINDRED_HD void operator()(index_t r, index_t c) const {
    x(r, c) += static_cast<T>(deviation * random::normal(seed, 0, static_cast<std::uint64_t>(r * x.cols() + c)));
  }
};
/// slope += cost share (mean - target), the mean of a column from its sum.
template <class T, class D>
struct sparsity_slope_at {
  vector_view<const T, D> sums;
  T share, target, cost;
  matrix_view<T, D> slope;
  KINDRED_HD void operator()(index_t r, index_t c) const { slope(r, c) += cost * share * (share * sums(c) - target); }
};

}  // namespace detail

/// A stack of layers to a code and the same widths back: an encoder learned without labels by giving back what it read.
///
/// code = s(... s(s(x W_1 + b_1) W_2 + b_2) ...),  x' = the same number of layers back, with weights of their own
///
///   autoencoder<float, cpu> net(ctx, 784, {.hidden = {512, 64}, .masked = 0.2});
///   autoencoder_trainer trainer(ctx, net, loss::reconstruction{.per_row = true}, optimizer::adam{});
///   net.encode(ctx, rows, codes.view());
///
/// As an Encoder it gives codes. As a Trainable it is the whole way from x to x', where x' are sums: of a sigmoid
/// reconstruction the logits, as loss::reconstruction wants them for binary_entropy. In mode train the first layer
/// reads x masked, then with noise, and each hidden unit on the way to the code costs
/// sparsity_cost / 2 (mean over the batch - sparsity_target)^2, in the gradient but not in the value a trainer tells.
/// stacked_autoencoder trains layer by layer, then the whole.
///
/// Start        layer::linear; set() takes layers from elsewhere.
/// Complexity   forward n sum of in out multiply-adds, backward twice that; memory for twice the weights; cache n times
///              the widths between, and n inputs where training changes them; scratch the same.
/// Determinism  the same bytes for any number of threads. Masks and noise follow from seed of the pass and position.
/// Errors       argument_error for options out of range; shape_error for rows of another width. NaN comes through.
/// Reference    Hinton and Salakhutdinov 2006 (unrolled), Vincent et al. 2008 and 2010 (denoising). Differs: numbers
///              that are not masked are raised by 1 / (1 - masked), so that their expectation stays; the way back has
///              weights of its own; the mean that sparsity looks at is that of the batch.
template <Scalar T, Device D>
class autoencoder {
 public:
  using scalar = T;
  using value_type = T;
  using device = D;
  static constexpr const char* name = "autoencoder";  ///< in the files of what contains one

  autoencoder(context<D>& ctx, index_t inputs, autoencoder_options options = {})
      : options_(checked(inputs, std::move(options))),
        layers_(layers_of(inputs, options_)),
        weights_(ctx, layers_.back().end()),
        gradient_(ctx, layers_.back().end()),
        buffers_(ctx, 0) {
    for (std::size_t i = 0; i < layers_.size(); ++i)
      layers_[i].linear().initialize(ctx, weights_.view().segment(layers_[i].begin, layers_[i].size()), buffers_.view(),
                                     layer::seed_of_part(options_.seed, i));
  }

  const autoencoder_options& options() const { return options_; }
  /// Numbers in a row that it reads.
  index_t inputs() const { return layers_.front().in; }
  /// Numbers in a code.
  index_t dimension() const { return options_.hidden.back(); }
  /// Hidden layers to the code.
  index_t depth() const { return static_cast<index_t>(options_.hidden.size()); }
  /// Widths and options as text.
  std::string description() const {
    std::string text = "autoencoder(" + std::to_string(inputs());
    for (const index_t width : options_.hidden) text += ", " + std::to_string(width);
    const auto units = [](autoencoder_units u) { return u == autoencoder_units::linear ? "linear" : "sigmoid"; };
    text += std::string(", ") + units(options_.units) + ", back " + units(options_.reconstruction);
    const auto add = [&](const char* what, double v) { text += what + shown(v); };
    if (options_.masked > 0) add(", masked ", options_.masked);
    if (options_.noise > 0) add(", noise ", options_.noise);
    if (options_.sparsity_cost > 0) {
      add(", sparsity ", options_.sparsity_target);
      add(" at ", options_.sparsity_cost);
    }
    return text + ")";
  }

  /// All weights, layer after layer to the code and back: of each the in x out weights, then the out biases.
  vector_view<T, D> weights() { return weights_.view(); }
  vector_view<const T, D> weights() const KINDRED_LIFETIMEBOUND { return weights_.view(); }
  vector_view<T, D> gradient() { return gradient_.view(); }
  vector_view<T, D> buffers() { return buffers_.view(); }
  /// The part of weights() to the code, as a layer::sequential of linear layers and sigmoids has it, and the part back.
  vector_view<const T, D> encoder_weights() const KINDRED_LIFETIMEBOUND {
    return weights_.view().segment(0, code_end());
  }
  vector_view<const T, D> decoder_weights() const KINDRED_LIFETIMEBOUND {
    return weights_.view().segment(code_end(), weights_.size() - code_end());
  }
  /// Layer i of the way to the code, from 0: in x out and out numbers; may be written to.
  matrix_view<T, D> weight(index_t i) { return weight_of(to(i)); }
  vector_view<T, D> bias(index_t i) { return bias_of(to(i)); }
  matrix_view<const T, D> weight(index_t i) const KINDRED_LIFETIMEBOUND { return weight_of(to(i)); }
  vector_view<const T, D> bias(index_t i) const KINDRED_LIFETIMEBOUND { return bias_of(to(i)); }
  /// The layer that gives back what layer i reads: out x in and in numbers.
  matrix_view<T, D> decoder_weight(index_t i) { return weight_of(back(i)); }
  vector_view<T, D> decoder_bias(index_t i) { return bias_of(back(i)); }
  matrix_view<const T, D> decoder_weight(index_t i) const KINDRED_LIFETIMEBOUND { return weight_of(back(i)); }
  vector_view<const T, D> decoder_bias(index_t i) const KINDRED_LIFETIMEBOUND { return bias_of(back(i)); }

  /// Takes layer i, both ways, from an autoencoder of one layer. Errors: shape_error for other widths or more layers.
  void set(context<D>& ctx, index_t i, const autoencoder& one) {
    expects(one.depth() == 1, "generative::autoencoder: layer {} from an autoencoder of {} layers", i, one.depth());
    expect_widths(i, one.inputs(), one.dimension());
    ctx.copy(weight(i).data(), one.encoder_weights().data(), bytes(one.encoder_weights().size()));
    ctx.copy(decoder_weight(i).data(), one.decoder_weights().data(), bytes(one.decoder_weights().size()));
  }
  /// The same from a Boltzmann machine, whose weights go both ways.
  ///
  /// length   words in a document, for replicated_softmax: rows shall be counts scaled to add up to that
  ///
  /// Errors   shape_error for other widths; argument_error for a length that is not above 0.
  void set(context<D>& ctx, index_t i, const rbm<T, D>& machine, double length = 1) {
    expect_widths(i, machine.visible_units(), machine.dimension());
    expects<argument_error>(length > 0 && length - length == 0, "generative::autoencoder: documents of {} words",
                            length);
    const matrix_view<const T, D> w = machine.weights();
    ctx.copy(weight(i).data(), w.data(), bytes(w.size()));
    op::transpose(ctx, w, decoder_weight(i));
    ctx.copy(decoder_bias(i).data(), machine.visible_bias().data(), bytes(machine.visible_units()));
    ctx.copy(bias(i).data(), machine.hidden_bias().data(), bytes(machine.dimension()));
    const T times = machine.options().visible == rbm_visible::replicated_softmax ? static_cast<T>(length) : T(1);
    op::scale(ctx, times, bias(i));
  }

  /// Gives a network the layers to the code as its first weights; layers of the network behind them keep theirs.
  ///
  ///   net.start(ctx, network);   // of layer::sequential(linear(784, 512), sigmoid{}, linear(512, 64), sigmoid{}, ...)
  ///
  /// Errors  shape_error where the first pieces of its weights have other shapes than ours.
  template <class Spec>
  void start(context<D>& ctx, encoder::network<Spec, T, D>& other) const {
    std::size_t piece = 0;
    other.spec().parameters([&](const char* called, index_t offset, index_t rows, index_t cols) {
      const auto i = static_cast<index_t>(piece / 2);
      if (i >= depth()) return;
      const auto& l = layers_[piece / 2];
      const index_t wanted = piece % 2 == 0 ? l.in : 1;
      expects(rows == wanted && cols == l.out, "generative::autoencoder: {}: expected {} x {} values, got {} x {}",
              called, rows, cols, wanted, l.out);
      const T* const from = piece % 2 == 0 ? weight(i).data() : bias(i).data();
      ctx.copy(other.weights().data() + offset, from, bytes(rows * cols));
      ++piece;
    });
    expects(static_cast<index_t>(piece) == 2 * depth(), "generative::autoencoder: {} pieces of weights for {} of {}",
            2 * depth(), piece, other.spec().description());
  }

  /// The shape of x' for x of shape `s`.
  shape output(const shape& s) const {
    expects(s.cols == inputs(), "generative::autoencoder: expected rows of {} values, got {}", inputs(), s.cols);
    return s;
  }
  /// Numbers of cache for x of shape `s`.
  index_t cache_size(const shape& s) const {
    index_t numbers = changes_rows() ? inputs() : 0;
    for (std::size_t j = 0; j + 1 < layers_.size(); ++j) numbers = checked_sum(numbers, layers_[j].out);
    return checked_product(s.rows, numbers);
  }
  /// y: the sums of the last layer, overwritten; see above. Errors: shape_error for a smaller cache than cache_size().
  void forward(context<D>& ctx, batch_view<const T, D> x, batch_view<T, D> y, vector_view<T, D> cache,
               layer::mode mode = layer::mode::train, std::uint64_t seed = 0) {
    const index_t n = x.values.rows();
    expect_cache(x.shape(), cache);
    matrix_view<const T, D> from = x.values;
    if (changes(mode)) {
      const matrix_view<T, D> read = as_matrix(cache.segment(0, n * inputs()), n, inputs());
      mask().forward(ctx, layer::forward_pass<T, D>{{}, {}, x, read, {}, mode, layer::seed_of_part(seed, 0)});
      if (options_.noise > 0)
        ctx.for_each(n, inputs(), detail::normal_noise_at<T, D>{read, options_.noise, layer::seed_of_part(seed, 1)});
      from = read;
    }
    for (std::size_t j = 0; j < layers_.size(); ++j) {
      const bool last = j + 1 == layers_.size();
      const matrix_view<T, D> into = last ? y.values : kept(cache, n, j);
      sums(ctx, j, from, into);
      if (!last) squash(ctx, options_.units, into);
      from = into;
    }
  }
  /// dx overwritten where present; the gradient accumulated where `u` says so.
  void backward(context<D>& ctx, batch_view<const T, D> x, batch_view<const T, D>, batch_view<const T, D> dy,
                batch_view<T, D> dx, vector_view<const T, D> cache, layer::mode mode = layer::mode::train,
                std::uint64_t seed = 0, encoder::update u = encoder::update::yes) {
    expect_cache(x.shape(), cache);
    const scratch_scope scope(ctx);
    const index_t n = x.values.rows();
    matrix_view<const T, D> slope = dy.values;
    for (std::size_t j = layers_.size(); j-- > 0;) {
      const auto& l = layers_[j];
      matrix_view<const T, D> from = x.values;
      if (j > 0)
        from = kept(cache, n, j - 1);
      else if (changes(mode))
        from = as_matrix(cache.segment(0, n * inputs()), n, inputs());
      matrix_view<T, D> down;
      if (j > 0 || dx) down = scratch_matrix<T>(ctx, n, l.in);
      l.linear().backward(
          ctx, layer::backward_pass<T, D>{
                   weights_.view().segment(l.begin, l.size()),
                   {},
                   from,
                   {},
                   slope,
                   down,
                   u == encoder::update::yes ? gradient_.view().segment(l.begin, l.size()) : vector_view<T, D>(),
                   {},
                   mode,
                   0});
      if (j > 0) {
        if (mode == layer::mode::train && options_.sparsity_cost > 0 && static_cast<index_t>(j) <= depth()) {
          const auto sums = scratch_vector<T>(ctx, l.in);
          op::column_sums(ctx, from, sums);
          ctx.for_each(
              n, l.in,
              detail::sparsity_slope_at<T, D>{sums, T(1) / static_cast<T>(n), static_cast<T>(options_.sparsity_target),
                                              static_cast<T>(options_.sparsity_cost), down});
        }
        if (options_.units == autoencoder_units::sigmoid)
          op::map(ctx, layer::sigmoid{}.derivative(), from, matrix_view<const T, D>(down), down);
      } else if (dx) {
        mask().backward(
            ctx, layer::backward_pass<T, D>{
                     {}, {}, x, {}, matrix_view<const T, D>(down), dx, {}, {}, mode, layer::seed_of_part(seed, 0)});
      }
      slope = down;
    }
  }

  /// out: codes, n x dimension(), overwritten; x: n x inputs().
  void encode(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const {
    pass(ctx, x, out, 0, static_cast<std::size_t>(depth()), "encode");
  }
  matrix<T, D> encode(context<D>& ctx, const_matrix<T, D> x) const {
    matrix<T, D> out(ctx, x.rows(), dimension(), uninitialized);
    encode(ctx, x, out.view());
    return out;
  }
  /// out: rows, n x inputs(), overwritten; codes: n x dimension().
  void decode(context<D>& ctx, const_matrix<T, D> codes, matrix_view<T, D> out) const {
    pass(ctx, codes, out, static_cast<std::size_t>(depth()), layers_.size(), "decode");
  }
  /// out: what the code of x is decoded to, n x inputs(), overwritten.
  void reconstruct(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const {
    pass(ctx, x, out, 0, layers_.size(), "reconstruct");
  }

  /// Adds options and weights to a file under `prefix`. This encoder must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    std::vector<index_t> widths{inputs()};
    for (const index_t width : options_.hidden) widths.push_back(width);
    file.add(prefix + "widths", std::move(widths));
    const autoencoder_options& o = options_;
    file.add(prefix + "numbers", std::vector<double>{o.masked, o.noise, o.sparsity_target, o.sparsity_cost});
    file.add(prefix + "counts",
             std::vector<index_t>{static_cast<index_t>(o.units), static_cast<index_t>(o.reconstruction),
                                  static_cast<index_t>(o.seed)});
    tensors().save(file, prefix + "layers.");
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    Writer file;
    save(file, "");
    file.write(path);
  }
  /// What was saved under `prefix`. Errors: io_error, naming the file, for another type, options out of range, tensors
  /// that are missing, too many or of another shape.
  template <class File>
  static autoencoder load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    const auto widths = file.template load_vector<index_t>(ctx, prefix + "widths").to_host();
    const auto numbers = file.template load_vector<double>(ctx, prefix + "numbers").to_host();
    const auto counts = file.template load_vector<index_t>(ctx, prefix + "counts").to_host();
    expects<io_error>(widths.size() > 1 && numbers.size() == 4 && counts.size() == 3,
                      "{}: tensors {}widths, numbers and counts: {}, {} and {}", file.name(), prefix, widths.size(),
                      numbers.size(), counts.size());
    for (const auto i : {0u, 1u}) io::in_range(file, prefix + "counts", counts[i], 0, 1);
    autoencoder_options options{.hidden = {widths.begin() + 1, widths.end()},
                                .units = static_cast<autoencoder_units>(counts[0]),
                                .reconstruction = static_cast<autoencoder_units>(counts[1]),
                                .masked = numbers[0],
                                .noise = numbers[1],
                                .sparsity_target = numbers[2],
                                .sparsity_cost = numbers[3],
                                .seed = static_cast<std::uint64_t>(counts[2])};
    const char* const wrong = fault_of(widths[0], options);
    expects<io_error>(wrong == nullptr, "{}: options under \"{}\": {}", file.name(), prefix,
                      wrong == nullptr ? "" : wrong);
    for (std::size_t i = 0; i + 1 < widths.size(); ++i)
      io::expect_matrix(file, prefix + "layers." + std::to_string(i) + ".weight", widths[i], widths[i + 1]);
    autoencoder out(ctx, widths[0], std::move(options));
    out.tensors().load(ctx, file, prefix + "layers.");
    return out;
  }
  template <class File = io::safetensors>
  static autoencoder load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }
  /// Takes the weights that one of the same widths and options saved under `prefix`. Errors: as load, and io_error for
  /// another description, which is named beside ours.
  template <class File>
  void restore(context<D>& ctx, const File& file, const std::string& prefix) {
    autoencoder loaded = load(ctx, file, prefix);
    expects<io_error>(loaded.description() == description(), "{}: under \"{}\": expected {}, got {}", file.name(),
                      prefix, description(), loaded.description());
    ctx.copy(weights_.data(), loaded.weights_.data(), bytes(weights_.size()));
  }

 private:
  static constexpr const char* file_type = "autoencoder 1";

  /// A linear layer in the flat vector of weights.
  struct placed {
    index_t in, out, begin;
    layer::linear linear() const { return {in, out}; }
    index_t size() const { return linear().parameter_count(); }
    index_t end() const { return checked_sum(begin, size()); }
  };

  /// The option that is out of range, or null.
  static const char* fault_of(index_t inputs, const autoencoder_options& o) {
    const auto finite = [](double v) { return v - v == 0; };
    const auto known = [](autoencoder_units u) {
      return u == autoencoder_units::linear || u == autoencoder_units::sigmoid;
    };
    if (inputs < 1) return "inputs";
    if (o.hidden.empty()) return "hidden";
    for (const index_t width : o.hidden)
      if (width < 1) return "hidden";
    if (!known(o.units)) return "units";
    if (!known(o.reconstruction)) return "reconstruction";
    if (!(o.masked >= 0 && o.masked < 1)) return "masked";
    if (!(o.noise >= 0 && finite(o.noise))) return "noise";
    if (!finite(o.sparsity_target) || !(o.sparsity_cost >= 0 && finite(o.sparsity_cost))) return "sparsity";
    return nullptr;
  }
  static autoencoder_options checked(index_t inputs, autoencoder_options options) {
    const char* const wrong = fault_of(inputs, options);
    expects<argument_error>(wrong == nullptr, "generative::autoencoder: option out of range: {}",
                            wrong == nullptr ? "" : wrong);
    return options;
  }
  static std::vector<placed> layers_of(index_t inputs, const autoencoder_options& options) {
    std::vector<index_t> widths{inputs};
    for (const index_t width : options.hidden) widths.push_back(width);
    for (std::size_t i = options.hidden.size(); i-- > 0;) widths.push_back(widths[i]);
    std::vector<placed> layers;
    for (std::size_t j = 0; j + 1 < widths.size(); ++j)
      layers.push_back({widths[j], widths[j + 1], layers.empty() ? 0 : layers.back().end()});
    return layers;
  }

  static index_t bytes(index_t numbers) { return numbers * static_cast<index_t>(sizeof(T)); }
  index_t code_end() const { return layers_[options_.hidden.size() - 1].end(); }
  const placed& to(index_t i) const {
    expects<argument_error>(i >= 0 && i < depth(), "generative::autoencoder: layer {} of {}", i, depth());
    return layers_[static_cast<std::size_t>(i)];
  }
  const placed& back(index_t i) const {
    to(i);
    return layers_[layers_.size() - 1 - static_cast<std::size_t>(i)];
  }
  matrix_view<T, D> weight_of(const placed& l) {
    return as_matrix(weights_.view().segment(l.begin, l.in * l.out), l.in, l.out);
  }
  matrix_view<const T, D> weight_of(const placed& l) const {
    return as_matrix(weights_.view().segment(l.begin, l.in * l.out), l.in, l.out);
  }
  vector_view<T, D> bias_of(const placed& l) { return weights_.view().segment(l.begin + l.in * l.out, l.out); }
  vector_view<const T, D> bias_of(const placed& l) const {
    return weights_.view().segment(l.begin + l.in * l.out, l.out);
  }
  void expect_cache(const shape& x, vector_view<const T, D> cache) const {
    const index_t least = cache_size(output(x));
    expects(cache.size() >= least, "generative::autoencoder: expected a cache of {} elements, got {}", least,
            cache.size());
  }
  void expect_widths(index_t i, index_t in, index_t out) const {
    expects(to(i).in == in && to(i).out == out, "generative::autoencoder: layer {}: expected {} x {}, got {} x {}", i,
            to(i).in, to(i).out, in, out);
  }

  bool changes_rows() const { return options_.masked > 0 || options_.noise > 0; }
  bool changes(layer::mode mode) const { return mode == layer::mode::train && changes_rows(); }
  layer::dropout mask() const { return layer::dropout(options_.masked); }
  /// The output of layer j in the cache of a pass over n rows.
  template <class U>
  matrix_view<U, D> kept(vector_view<U, D> cache, index_t n, std::size_t j) const {
    index_t at = changes_rows() ? inputs() : 0;
    for (std::size_t i = 0; i < j; ++i) at += layers_[i].out;
    return as_matrix(cache.segment(n * at, n * layers_[j].out), n, layers_[j].out);
  }
  void sums(context<D>& ctx, std::size_t j, matrix_view<const T, D> x, matrix_view<T, D> y) const {
    const auto& l = layers_[j];
    l.linear().forward(ctx, layer::forward_pass<T, D>{weights_.view().segment(l.begin, l.size()), {}, x, y, {}});
  }
  void squash(context<D>& ctx, autoencoder_units units, matrix_view<T, D> y) const {
    if (units == autoencoder_units::sigmoid) op::map(ctx, layer::sigmoid{}.value(), matrix_view<const T, D>(y), y);
  }
  /// Layers [first, end) without changing the rows first.
  void pass(context<D>& ctx, matrix_view<const T, D> x, matrix_view<T, D> out, std::size_t first, std::size_t end,
            const char* what) const {
    const index_t in = layers_[first].in, width = layers_[end - 1].out;
    expects(x.cols() == in && out.rows() == x.rows() && out.cols() == width,
            "generative::autoencoder::{}: {} x {} into {} x {}, made for {} and {} numbers", what, x.rows(), x.cols(),
            out.rows(), out.cols(), in, width);
    const scratch_scope scope(ctx);
    for (std::size_t j = first; j < end; ++j) {
      const matrix_view<T, D> into = j + 1 == end ? out : scratch_matrix<T>(ctx, x.rows(), layers_[j].out);
      sums(ctx, j, x, into);
      squash(ctx, j + 1 == layers_.size() ? options_.reconstruction : options_.units, into);
      x = into;
    }
  }
  io::weights<T, D> tensors() const {
    io::weights<T, D> list;
    list.add(weights_, [&](auto visit) {
      for (std::size_t j = 0; j < layers_.size(); ++j) {
        const auto& l = layers_[j];
        const std::string at = std::to_string(j);
        visit((at + ".weight").c_str(), l.begin, l.in, l.out);
        visit((at + ".bias").c_str(), l.begin + l.in * l.out, index_t(1), l.out);
      }
    });
    return list;
  }

  autoencoder_options options_;
  std::vector<placed> layers_;
  vector<T, D> weights_, gradient_, buffers_;
};

}  // namespace kindred::generative
