// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <kindred/core/array.hpp>
#include <kindred/encoder/detail/bands.hpp>
#include <kindred/encoder/trainable.hpp>
#include <kindred/io/weights.hpp>

namespace kindred::encoder {

namespace detail {

/// Numbers in a row that a layer reads, where it or its first part says so; else 0.
template <class L>
index_t columns_of(const L& l) {
  if constexpr (requires { l.in + index_t(0); })
    return l.in;
  else if constexpr (requires { l.template get<0>(); })
    return columns_of(l.template get<0>());
  else
    return 0;
}

/// What no layer reads.
struct unread {};

}  // namespace detail

/// Returns matrices, batches and views of them as the view that a layer reads.
template <class T, class D, class X>
auto input_view(const X& x) {
  if constexpr (requires { batch_view<const T, D>(x); })
    return batch_view<const T, D>(x);
  else if constexpr (MatrixArgument<X, D> && requires { batch_view<const T, D>(as_const(x)); })
    return batch_view<const T, D>(as_const(x));
  else if constexpr (requires { tokens<const T, D>(x); })
    return tokens<const T, D>(x);
  else if constexpr (std::is_trivially_copyable_v<X>)
    return x;
  else
    return detail::unread{};
}

namespace detail {

template <class T, class D, class X>
using input_view_of = decltype(input_view<T, D>(std::declval<const X&>()));

/// Whether a layer reads X and writes a batch.
template <class Spec, class T, class D, class X>
struct reads : std::false_type {};
template <class Spec, class T, class D, template <class, class> class X>
    struct reads<Spec, T, D, X<const T, D>>
    : std::bool_constant < requires(const Spec& s, context<D>& ctx, layer::forward_pass<T, D, X, batch_view> pass) {
  s.forward(ctx, pass);
} > {};

}  // namespace detail

/// A layer together with its weights, their gradient and its buffers on one device: an encoder that can be trained.
///
///   auto net = encoder::make(ctx, layer::sequential(layer::linear{784, 64}, layer::l2_normalize{}), 1);
///   net.encode(ctx, pictures, vectors.view());
///   net.save("net.safetensors");
///   auto again = encoder::network<...>::load(ctx, net.spec(), "net.safetensors");
///
/// @tparam Spec  what it computes; see layer::Layer
///
/// spec   the layer
/// seed   of the first weights
/// item   the shape of one input, where the length of an output row depends on it, as for pictures; see dimension()
///
/// Complexity   memory for twice the parameters, and the buffers.
/// Determinism  that of the layer.
/// Errors       shape_error where an input does not fit the layer.
template <layer::Parametric Spec, Scalar T, Device D>
class network {
 public:
  using scalar = T;
  using value_type = T;
  using device = D;
  using spec_type = Spec;
  static constexpr const char* name = "network";  ///< in the files of an engine

  network(context<D>& ctx, Spec spec, std::uint64_t seed = 0, shape item = shape::vectors(1, 0))
      : spec_(std::move(spec)),
        item_(item),
        weights_(ctx, spec_.parameter_count()),
        gradient_(ctx, spec_.parameter_count()),
        buffers_(ctx, spec_.buffer_count()) {
    if (item_.cols == 0) item_.cols = detail::columns_of(spec_);
    spec_.initialize(ctx, weights_.view(), buffers_.view(), seed);
  }

  const Spec& spec() const { return spec_; }
  /// The shape of one input.
  const shape& item() const { return item_; }
  vector_view<T, D> weights() { return weights_.view(); }
  vector_view<const T, D> weights() const KINDRED_LIFETIMEBOUND { return weights_.view(); }
  vector_view<T, D> gradient() { return gradient_.view(); }
  vector_view<T, D> buffers() { return buffers_.view(); }
  vector_view<const T, D> buffers() const KINDRED_LIFETIMEBOUND { return buffers_.view(); }
  /// Numbers in an output row, for inputs like `item`; where none was given, for rows as the first layer wants them.
  index_t dimension() const { return spec_.output(item_).cols; }
  /// The shape of y for x of shape `s`.
  shape output(const shape& s) const { return spec_.output(s); }
  /// Numbers of cache for x of shape `s`.
  index_t cache_size(const shape& s) const { return spec_.cache_size(s); }

  /// Replaces a named piece of the weights or buffers, say "0.table"; spec().parameters() and buffers() list the names.
  ///
  /// numbers   rows x cols as the piece; a piece of one row as 1 x n
  ///
  /// Errors       argument_error for a name that is not there, shape_error for another shape, with both.
  void set(context<D>& ctx, const std::string& piece, const_matrix<T, D> numbers) {
    vector_view<T, D> found;
    const auto look_in = [&](vector_view<T, D> flat) {
      return [&, flat](const std::string& called, index_t offset, index_t rows, index_t cols) {
        if (called != piece) return;
        expects(rows == numbers.rows() && cols == numbers.cols(),
                "encoder::network: {}: expected {} x {} values, got {} x {}", piece, rows, cols, numbers.rows(),
                numbers.cols());
        found = flat.segment(offset, rows * cols);
      };
    };
    spec_.parameters(look_in(weights_.view()));
    spec_.buffers(look_in(buffers_.view()));
    expects<argument_error>(static_cast<bool>(found), "encoder::network: {} has no {}", spec_.description(), piece);
    constexpr auto element = static_cast<index_t>(sizeof(T));
    if (numbers.contiguous()) {
      ctx.copy(found.data(), numbers.data(), numbers.size() * element);
    } else {
      for (index_t r = 0; r < numbers.rows(); ++r)
        ctx.copy(found.data() + r * numbers.cols(), numbers.row(r).data(), numbers.cols() * element);
    }
  }

  /// y and cache as output(x.shape()) and cache_size(x.shape()) say. Errors: shape_error for a smaller cache.
  template <template <class, class> class X, template <class, class> class Y>
  void forward(context<D>& ctx, X<const T, D> x, Y<T, D> y, vector_view<T, D> cache,
               layer::mode mode = layer::mode::train, std::uint64_t seed = 0) {
    expect_cache(x.shape(), cache);
    spec_.forward(ctx, layer::forward_pass<T, D, X, Y>{weights_.view(), buffers_.view(), x, y, cache, mode, seed});
  }
  /// forward() in layer::mode::infer, which changes neither weights nor buffers.
  template <template <class, class> class X>
  void infer(context<D>& ctx, X<const T, D> x, batch_view<T, D> y, vector_view<T, D> cache) const {
    expect_cache(x.shape(), cache);
    spec_.forward(ctx, layer::forward_pass<T, D, X, batch_view>{
                           weights_.view(), {buffers_.data(), buffers_.size()}, x, y, cache, layer::mode::infer, 0});
  }
  /// dx overwritten where present; the gradient accumulated where `u` says so.
  template <template <class, class> class X, template <class, class> class Y>
  void backward(context<D>& ctx, X<const T, D> x, Y<const T, D> y, Y<const T, D> dy, X<T, D> dx,
                vector_view<const T, D> cache, layer::mode mode = layer::mode::train, std::uint64_t seed = 0,
                update u = update::yes) {
    expect_cache(x.shape(), cache);
    spec_.backward(ctx, layer::backward_pass<T, D, X, Y>{weights_.view(), buffers_.view(), x, y, dy, dx,
                                                         u == update::yes ? gradient_.view() : vector_view<T, D>(),
                                                         cache, mode, seed});
  }

  /// Fills row i of `vectors` with what the layer, in mode infer, makes of item i.
  ///
  /// x        items: a matrix, a batch, ids (tokens), or a view of one
  /// vectors  items x columns of the layer's output
  ///
  /// Complexity   that of the layer; as many items at a time as need 64 MiB of cache, at least one. Items of different
  ///              lengths cost a copy of their offsets to the host and back.
  /// Determinism  that of the layer: item by item, so the number at a time does not show.
  /// Errors       shape_error where items or vectors do not fit, or an item gives more than one row.
  template <class X>
  requires detail::reads<Spec, T, D, detail::input_view_of<T, D, X>>::value
  void encode(context<D>& ctx, const X& x, matrix_view<T, D> vectors) const {
    encode_items(ctx, input_view<T, D>(x), vectors);
  }

  /// Adds the network to a file under `prefix`: texts `type` ("network 1"), `spec` and `item`, and a tensor for each
  /// named piece of weights and buffers. The network must stay as it is until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    file.metadata(prefix + "spec", spec_.description());
    file.metadata(prefix + "item", item_text());
    tensors().save(file, prefix);
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    Writer file;
    save(file, "");
    file.write(path);
  }

  /// Takes weights and buffers from what a network of the same spec saved under `prefix`.
  /// Errors  io_error for the file of another spec, which is named beside the one wanted, and one that lists all
  ///         tensors that are missing, too many or of another shape. The network stays as it was then.
  template <class File>
  void restore(context<D>& ctx, const File& file, const std::string& prefix) {
    expect_text(file, prefix + "type", file_type);
    expect_text(file, prefix + "spec", spec_.description());
    tensors().load(ctx, file, prefix);
  }

  /// What was saved under `prefix`, for a spec that says the same as the saved one. Errors: io_error as restore().
  template <class File>
  requires(!std::convertible_to<File, std::string>)
  static network load(context<D>& ctx, const Spec& spec, const File& file, const std::string& prefix) {
    network loaded(ctx, spec);
    loaded.restore(ctx, file, prefix);
    loaded.read_item(file, prefix + "item");
    return loaded;
  }
  /// The network of the file `path`.
  template <class File = io::safetensors>
  static network load(context<D>& ctx, const Spec& spec, const std::string& path) {
    return load(ctx, spec, File(path), "");
  }
  /// The same for a spec that is made without arguments, which engines need to load their encoder by themselves.
  template <class File>
  static network load(context<D>& ctx, const File& file, const std::string& prefix)
  requires std::default_initializable<Spec>
  {
    return load(ctx, Spec(), file, prefix);
  }

 private:
  static constexpr const char* file_type = "network 1";
  static constexpr index_t most_numbers = index_t(1) << 40;  // of one input

  void expect_cache(const shape& x, vector_view<const T, D> cache) const {
    const index_t least = spec_.cache_size(x);
    expects(cache.size() >= least, "encoder::network: expected a cache of {} elements, got {}", least, cache.size());
  }
  template <class File>
  static void expect_text(const File& file, const std::string& key, const std::string& wanted) {
    const std::string& came = file.metadata(key);
    expects<io_error>(came == wanted, "{}: metadata {}: expected '{}', got '{}'", file.name(), key, wanted, came);
  }
  io::weights<T, D> tensors() const {
    io::weights<T, D> list;
    list.add(weights_, [&](auto visit) { spec_.parameters(visit); });
    list.add(buffers_, [&](auto visit) { spec_.buffers(visit); });
    return list;
  }
  std::string item_text() const {
    return std::to_string(item_.cols) + " " + std::to_string(item_.longest) + " " + std::to_string(item_.height) + " " +
           std::to_string(item_.ragged ? 1 : 0);
  }
  template <class File>
  void read_item(const File& file, const std::string& key) {
    const std::string& text = file.metadata(key);
    const char *at = text.data(), *const end = at + text.size();
    index_t numbers[4];
    bool good = true;
    for (index_t& n : numbers) {
      const auto parsed = std::from_chars(at, end, n);
      good = good && parsed.ec == std::errc() && n >= 0 && n <= most_numbers;
      at = parsed.ptr;
      if (&n != &numbers[3] && good) good = at != end && *at++ == ' ';
      if (!good) break;
    }
    const index_t columns = detail::columns_of(spec_);
    good = good && at == end && numbers[3] <= 1 && (columns == 0 || numbers[0] == columns);
    good = good && (numbers[0] == 0 || numbers[1] <= most_numbers / numbers[0]) &&
           (numbers[2] == 0 || numbers[1] % numbers[2] == 0);
    expects<io_error>(good, "{}: metadata {}: expected columns, rows, height and 0 or 1, got '{}'", file.name(), key,
                      text);
    item_ = {1, numbers[1], numbers[0], numbers[1], numbers[2], numbers[3] == 1};
  }

  template <template <class, class> class X>
  void encode_items(context<D>& ctx, X<const T, D> x, matrix_view<T, D> vectors) const {
    const shape whole = x.shape(), y = spec_.output(whole);
    expects(y.rows == y.items, "encoder::network: expected one row for each item, got {} items and {} rows", y.items,
            y.rows);
    expects(vectors.rows() == y.rows && vectors.cols() == y.cols,
            "encoder::network: expected vectors of {} x {}, got {} x {}", y.rows, y.cols, vectors.rows(),
            vectors.cols());
    detail::in_bands(ctx, x, detail::items_at_a_time<T>(spec_, whole), [&](X<const T, D> part, index_t first) {
      const scratch_scope scope(ctx);
      const shape s = part.shape();
      infer(ctx, part, layer::as_batch(vectors.middle_rows(first, part.items), spec_.output(s), part),
            scratch_vector<T>(ctx, spec_.cache_size(s)));
    });
  }
  Spec spec_;
  shape item_;
  vector<T, D> weights_, gradient_, buffers_;
};

/// A network of float with fresh weights; make<double>(ctx, spec, seed) for another number type. See network.
template <Scalar T = float, Device D, layer::Parametric Spec>
network<Spec, T, D> make(context<D>& ctx, Spec spec, std::uint64_t seed = 0, shape item = shape::vectors(1, 0)) {
  return {ctx, std::move(spec), seed, item};
}

}  // namespace kindred::encoder
