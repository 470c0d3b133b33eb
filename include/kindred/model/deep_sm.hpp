// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/labelled_features.hpp>
#include <kindred/loss/softmax_cross_entropy.hpp>
#include <kindred/model/class_numbers.hpp>
#include <kindred/model/network_pair.hpp>
#include <kindred/model/training_options.hpp>
#include <kindred/op/softmax.hpp>
#include <kindred/optimizer/adam.hpp>
#include <kindred/train/siamese.hpp>

namespace kindred::model {

/// Two classifiers over the same classes: what deep_sm learns. Satisfies projection::Projection where both read rows.
///
/// first(x) = softmax(f(x))        second(y) = softmax(g(y))
template <layer::Parametric First, layer::Parametric Second, Scalar T, Device D>
class deep_sm_model {
 public:
  using value_type = T;
  using device = D;

  /// Errors  argument_error where the networks do not end in one number for each class.
  deep_sm_model(network_pair<First, Second, T, D> networks, std::vector<label_t> classes)
      : networks_(std::move(networks)), classes_(std::move(classes)) {
    expects<argument_error>(networks_.dimensions() == static_cast<index_t>(classes_.size()),
                            "model::deep_sm_model: {} outputs for {} classes", networks_.dimensions(), classes_.size());
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
  requires(!std::convertible_to<File, std::string>)
  static deep_sm_model load(context<D>& ctx, const First& first, const Second& second, const File& file,
                            const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto networks = network_pair<First, Second, T, D>::load(ctx, first, second, file, prefix + "networks.");
    auto classes = io::ascending(file, prefix + "classes",
                                 io::stored_list<label_t>(ctx, file, prefix + "classes", networks.dimensions()));
    return {std::move(networks), std::move(classes)};
  }
  template <class File = io::safetensors>
  static deep_sm_model load(context<D>& ctx, const First& first, const Second& second, const std::string& path) {
    return load(ctx, first, second, File(path), "");
  }

 private:
  static constexpr const char* file_type = "deep_sm_model 1";
  network_pair<First, Second, T, D> networks_;
  std::vector<label_t> classes_;
};

struct deep_sm_options {
  double smoothing = 0;  ///< of the labels
  training_options training{.epochs = 30, .batch = 64, .rate = 1e-3};
};

/// Deep semantic matching: a network for each side learns the classes by itself; items are compared by their class
/// posteriors. Compare by similarity::cosine.
///
/// minimizes   loss::softmax_cross_entropy of either network, by Adam
///
/// first, second           specs of the networks, which end in one number for each class
/// fit(ctx, x, y, labels)  x and y need not be pairs but for their labels: label i belongs to item i of both
///
/// Complexity   of the networks.
/// Determinism  the same bytes for any number of threads on cpu.
/// Errors       argument_error for fewer outputs than classes or more and for options out of range; those of networks
///              and loss.
/// Reference    Wei et al. 2017: there an ImageNet network tuned to the classes and a network of two layers over bags
///              of words. It is projection::semantic with networks for logistic regression.
template <layer::Parametric First, layer::Parametric Second>
struct deep_sm {
  First first;
  Second second;
  deep_sm_options options = {};

  template <class X, class Y, Device D, class Progress = no_progress>
  auto fit(context<D>& ctx, const X& x, const Y& y, std::span<const label_t> labels, Progress progress = {}) const {
    const class_numbers classes(labels);
    using T = data::scalar_of<X>;
    constexpr const char* who = "model::deep_sm::fit";
    expect_within(who, "smoothing", options.smoothing, 0, 1);
    check_training<T>(who, "training", options.training);
    const vector<label_t, D> numbers(ctx, classes.numbers);
    const data::labelled_features<T, D> first_set(ctx, x, numbers), second_set(ctx, y, numbers);
    const auto& o = options.training;
    auto a = encoder::make<T>(ctx, first, o.seed), b = encoder::make<T>(ctx, second, o.seed + 1);
    const auto count = static_cast<index_t>(classes.classes.size());
    expects<argument_error>(a.dimension() == count && b.dimension() == count,
                            "model::deep_sm::fit: networks with {} and {} outputs for {} classes", a.dimension(),
                            b.dimension(), count);
    const auto learn = [&](auto& network, const auto& set) {
      train::siamese trainer(ctx, network, loss::softmax_cross_entropy{.smoothing = options.smoothing},
                             optimizer::adam{.rate = o.rate, .weight_decay = o.weight_decay}, {.seed = o.seed});
      run_epochs(trainer, set, o, progress);
    };
    learn(a, first_set);
    learn(b, second_set);
    return deep_sm_model<First, Second, T, D>(network_pair<First, Second, T, D>(std::move(a), std::move(b)),
                                              classes.classes);
  }
};
template <class First, class Second>
deep_sm(First, Second) -> deep_sm<First, Second>;
template <class First, class Second>
deep_sm(First, Second, deep_sm_options) -> deep_sm<First, Second>;

}  // namespace kindred::model
