// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/model/network_pair.hpp>
#include <kindred/op/softmax.hpp>

namespace kindred::model {

/// Two classifiers over the same classes: what deep_sm learns. Satisfies projection::Projection where both read rows.
///
/// first(x) = softmax(f(x))        second(y) = softmax(g(y))
template <layer::Parametric First, layer::Parametric Second, Scalar T, Device D>
class class_networks {
 public:
  using value_type = T;
  using device = D;

  /// Errors  argument_error where the networks do not end in one number for each class.
  class_networks(network_pair<First, Second, T, D> networks, std::vector<label_t> classes)
      : networks_(std::move(networks)), classes_(std::move(classes)) {
    expects<argument_error>(networks_.dimensions() == static_cast<index_t>(classes_.size()),
                            "model::class_networks: {} outputs for {} classes", networks_.dimensions(),
                            classes_.size());
  }

  index_t dimensions() const { return networks_.dimensions(); }
  /// The label of each dimension, ascending.
  const std::vector<label_t>& classes() const { return classes_; }
  const network_pair<First, Second, T, D>& networks() const { return networks_; }

  /// out: items(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  template <class X>
  void first(context<D>& ctx, const X& x, matrix_view<T, D> out) const {
    networks_.first(ctx, x, out);
    op::softmax<D, T>(ctx, out, out);
  }
  template <class Y>
  void second(context<D>& ctx, const Y& y, matrix_view<T, D> out) const {
    networks_.second(ctx, y, out);
    op::softmax<D, T>(ctx, out, out);
  }
  template <class X>
  matrix<T, D> first(context<D>& ctx, const X& x) const {
    auto out = networks_.first(ctx, x);
    op::softmax<D, T>(ctx, out.view(), out.view());
    return out;
  }
  template <class Y>
  matrix<T, D> second(context<D>& ctx, const Y& y) const {
    auto out = networks_.second(ctx, y);
    op::softmax<D, T>(ctx, out.view(), out.view());
    return out;
  }

  /// As network_pair saves and loads.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    networks_.save(file, prefix + "networks.");
    file.add(prefix + "classes", classes_);
  }
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  template <class File>
  requires(!std::convertible_to<File, std::string>) static class_networks
      load(context<D>& ctx, const First& first, const Second& second, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto networks = network_pair<First, Second, T, D>::load(ctx, first, second, file, prefix + "networks.");
    auto classes =
        io::ascending(file, prefix + "classes",
                              io::stored_list<label_t>(ctx, file, prefix + "classes", networks.dimensions()));
    return {std::move(networks), std::move(classes)};
  }
  template <class File = io::safetensors>
  static class_networks load(context<D>& ctx, const First& first, const Second& second, const std::string& path) {
    return load(ctx, first, second, File(path), "");
  }

 private:
  static constexpr const char* file_type = "class_networks 1";
  network_pair<First, Second, T, D> networks_;
  std::vector<label_t> classes_;
};

}  // namespace kindred::model
