// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/model/network_pair.hpp>
#include <kindred/projection/linear_projection.hpp>

namespace kindred::model {

/// Two networks and linear maps of their outputs: what dcca learns. Satisfies projection::Projection where both read rows.
///
/// first(x) = (f(x) - mean_f) A        second(y) = (g(y) - mean_g) B
template <layer::Parametric First, layer::Parametric Second, Scalar T, Device D>
class correlated_networks {
 public:
  using value_type = T;
  using device = D;

  correlated_networks(network_pair<First, Second, T, D> networks, projection::linear_projection<T, D> top)
      : networks_(std::move(networks)), top_(std::move(top)) {}

  index_t dimensions() const { return top_.dimensions(); }
  const network_pair<First, Second, T, D>& networks() const { return networks_; }
  /// The linear CCA of the outputs, with the canonical correlations of the training pairs.
  const projection::linear_projection<T, D>& top() const { return top_; }

  /// out: items(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  template <class X>
  void first(context<D>& ctx, const X& x, matrix_view<T, D> out) const {
    top_.first(ctx, networks_.first(ctx, x), out);
  }
  template <class Y>
  void second(context<D>& ctx, const Y& y, matrix_view<T, D> out) const {
    top_.second(ctx, networks_.second(ctx, y), out);
  }
  template <class X>
  matrix<T, D> first(context<D>& ctx, const X& x) const {
    return top_.first(ctx, networks_.first(ctx, x));
  }
  template <class Y>
  matrix<T, D> second(context<D>& ctx, const Y& y) const {
    return top_.second(ctx, networks_.second(ctx, y));
  }

  /// As network_pair saves and loads.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    networks_.save(file, prefix + "networks.");
    top_.save(file, prefix + "top.");
  }
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  template <class File>
  requires(!std::convertible_to<File, std::string>) static correlated_networks
      load(context<D>& ctx, const First& first, const Second& second, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto networks = network_pair<First, Second, T, D>::load(ctx, first, second, file, prefix + "networks.");
    auto top = projection::linear_projection<T, D>::load(ctx, file, prefix + "top.");
    const index_t wide = networks.dimensions(), a = top.first_map().columns(), b = top.second_map().columns();
    expects<io_error>(a == wide && b == wide, "{}: {}networks give {} numbers, {}top takes {} and {}", file.name(),
                      prefix, wide, prefix, a, b);
    return {std::move(networks), std::move(top)};
  }
  template <class File = io::safetensors>
  static correlated_networks load(context<D>& ctx, const First& first, const Second& second, const std::string& path) {
    return load(ctx, first, second, File(path), "");
  }

 private:
  static constexpr const char* file_type = "correlated_networks 1";
  network_pair<First, Second, T, D> networks_;
  projection::linear_projection<T, D> top_;
};

}  // namespace kindred::model
