// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <kindred/encoder/network.hpp>

namespace kindred::encoder {

/// What import_torch() and export_torch() take for the names of tensors.
struct torch_options {
  std::string prefix{};  ///< of the tensors in the file: "backbone."
  /// The name in the file of a tensor that a nn.Sequential of the same layers calls `name` ("3.weight"); empty: the
  /// same name.
  std::function<std::string(const std::string& name)> renamed{};
  bool ignore_others =
      false;  ///< tensors under the prefix that the network does not have are not an error: a head, say
};

namespace detail {

/// The tensors of a network as PyTorch names and lays them out.
struct torch_piece {
  layer::torch_tensor tensor;
  bool buffer;
  index_t offset, rows, cols;

  index_t size() const { return rows * cols; }
  /// Calls f(position in PyTorch's tensor, position in the piece) for every element.
  template <class F>
  void each(F f) const {
    if (tensor.channels == 0) {
      for (index_t i = 0; i < size(); ++i) f(i, i);
      return;
    }
    const index_t channels = tensor.channels, taps = rows / channels;
    index_t i = 0;
    for (index_t o = 0; o < cols; ++o)
      for (index_t c = 0; c < channels; ++c)
        for (index_t t = 0; t < taps; ++t) f(i++, (t * channels + c) * cols + o);
  }
};

template <class Spec>
std::vector<torch_piece> torch_pieces(const Spec& spec, const torch_options& options) {
  std::vector<torch_piece> all;
  spec.torch_tensors(
      [&](layer::torch_tensor t, const std::string&, bool buffer, index_t offset, index_t rows, index_t cols) {
        t.name = options.prefix + (options.renamed ? options.renamed(t.name) : t.name);
        all.push_back({std::move(t), buffer, offset, rows, cols});
      });
  return all;
}

inline std::string shape_text(const std::vector<index_t>& shape) {
  std::string text;
  for (const index_t length : shape) text += (text.empty() ? "" : " x ") + std::to_string(length);
  return text.empty() ? "a scalar" : text;
}

}  // namespace detail

/// Loads the weights and running statistics of a PyTorch module from a safetensors file.
///
///   auto net = encoder::make(ctx, layer::sequential(layer::linear(784, 64), layer::relu{}, layer::linear(64, 10)));
///   encoder::import_torch(ctx, net, "model.safetensors");     // safetensors.torch.save_file(model.state_dict(), ...)
///
/// The file has the names and layouts of the nn.Sequential of the same layers: linear (weights transposed), conv1d and
/// conv2d (outputs x channels x taps), batch_norm (running_mean, running_var), layer_norm, embedding, lstm and gru.
/// `num_batches_tracked` is ignored. float16, bfloat16 and float64 are converted.
///
/// file     an io::safetensors or another file of named arrays with names(), contains(), shape() and read()
/// options  prefix and names of the tensors in the file
///
/// Complexity   O(elements); holds one tensor twice.
/// Errors       one io_error that lists all tensors that are missing, unexpected or of another shape, with both shapes;
///              the network is unchanged then.
/// Reference    torch.nn.Module.state_dict of PyTorch 2.
template <class Spec, Scalar T, Device D, class File>
requires(!std::convertible_to<File, std::string>)
void import_torch(context<D>& ctx, network<Spec, T, D>& to, const File& file, const torch_options& options = {}) {
  const auto pieces = detail::torch_pieces(to.spec(), options);
  std::string problems;
  const auto problem = [&](const std::string& what) { problems.append(problems.empty() ? "" : "; ") += what; };
  for (const auto& p : pieces) {
    if (!file.contains(p.tensor.name))
      problem(p.tensor.name + " is missing");
    else if (const auto& got = file.shape(p.tensor.name); got != p.tensor.shape)
      problem(p.tensor.name + ": expected " + detail::shape_text(p.tensor.shape) + ", got " + detail::shape_text(got));
  }
  const auto ends_in = [](const std::string& name, std::string_view end) {
    return name.size() >= end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
  };
  for (const std::string& name : file.names()) {
    if (options.ignore_others || name.compare(0, options.prefix.size(), options.prefix) != 0) continue;
    bool known = ends_in(name, "num_batches_tracked");
    for (const auto& p : pieces) known = known || p.tensor.name == name;
    if (!known) problem(name + " is not expected");
  }
  if (!problems.empty()) io::raise_all(file.name(), problems);
  std::vector<T> weights(static_cast<std::size_t>(to.weights().size())),
      buffers(static_cast<std::size_t>(to.buffers().size()));
  for (const auto& p : pieces) {
    const auto read = file.template read<T>(p.tensor.name);
    T* const at = (p.buffer ? buffers : weights).data() + p.offset;
    p.each([&](index_t from, index_t i) { at[i] = read.values[static_cast<std::size_t>(from)]; });
  }
  constexpr auto element = static_cast<index_t>(sizeof(T));
  ctx.copy_from_host(to.weights().data(), weights.data(), to.weights().size() * element);
  ctx.copy_from_host(to.buffers().data(), buffers.data(), to.buffers().size() * element);
  ctx.synchronize();
}
template <class File = io::safetensors, class Spec, Scalar T, Device D>
void import_torch(context<D>& ctx, network<Spec, T, D>& to, const std::string& path,
                  const torch_options& options = {}) {
  import_torch(ctx, to, File(path), options);
}

/// Adds the weights and running statistics to a file as the nn.Sequential of the same layers names and lays them out,
/// for model.load_state_dict(safetensors.torch.load_file(path), strict=False): PyTorch also counts batches
/// (num_batches_tracked).
template <class Spec, Scalar T, Device D, class Writer>
requires(!std::convertible_to<Writer, std::string>)
void export_torch(context<D>& ctx, const network<Spec, T, D>& from, Writer& file, const torch_options& options = {}) {
  const auto host = [&](vector_view<const T, D> v) {
    std::vector<T> list(static_cast<std::size_t>(v.size()));
    ctx.copy_to_host(list.data(), v.data(), v.size() * static_cast<index_t>(sizeof(T)));
    ctx.synchronize();
    return list;
  };
  const auto weights = host(from.weights()), buffers = host(from.buffers());
  for (const auto& p : detail::torch_pieces(from.spec(), options)) {
    std::vector<T> values(static_cast<std::size_t>(p.size()));
    const T* const at = (p.buffer ? buffers : weights).data() + p.offset;
    p.each([&](index_t to, index_t i) { values[static_cast<std::size_t>(to)] = at[i]; });
    file.add(p.tensor.name, p.tensor.shape, std::move(values));
  }
}
/// Writes a safetensors file. Errors: io_error.
template <class Writer = io::safetensors_writer, class Spec, Scalar T, Device D>
void export_torch(context<D>& ctx, const network<Spec, T, D>& from, const std::string& path,
                  const torch_options& options = {}) {
  Writer file;
  export_torch(ctx, from, file, options);
  file.write(path);
}

}  // namespace kindred::encoder
