// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/data/paired_features.hpp>
#include <kindred/loss/cca_correlation.hpp>
#include <kindred/model/network_pair.hpp>
#include <kindred/model/training_options.hpp>
#include <kindred/optimizer/rmsprop.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/linear_projection.hpp>
#include <kindred/train/two_tower.hpp>

namespace kindred::model {

/// Two networks and linear maps of their outputs: what dcca learns. Satisfies projection::Projection where both read
/// rows.
///
/// first(x) = (f(x) - mean_f) A        second(y) = (g(y) - mean_g) B
template <layer::Parametric First, layer::Parametric Second, Scalar T, Device D>
class dcca_model {
 public:
  using value_type = T;
  using device = D;

  dcca_model(network_pair<First, Second, T, D> networks, projection::linear_projection<T, D> top)
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
  requires(!std::convertible_to<File, std::string>)
  static dcca_model load(context<D>& ctx, const First& first, const Second& second, const File& file,
                         const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto networks = network_pair<First, Second, T, D>::load(ctx, first, second, file, prefix + "networks.");
    auto top = projection::linear_projection<T, D>::load(ctx, file, prefix + "top.");
    const index_t wide = networks.dimensions(), a = top.first_map().columns(), b = top.second_map().columns();
    expects<io_error>(a == wide && b == wide, "{}: {}networks give {} numbers, {}top takes {} and {}", file.name(),
                      prefix, wide, prefix, a, b);
    return {std::move(networks), std::move(top)};
  }
  template <class File = io::safetensors>
  static dcca_model load(context<D>& ctx, const First& first, const Second& second, const std::string& path) {
    return load(ctx, first, second, File(path), "");
  }

 private:
  static constexpr const char* file_type = "dcca_model 1";
  network_pair<First, Second, T, D> networks_;
  projection::linear_projection<T, D> top_;
};

struct dcca_options {
  double ridge = 1e-3;      ///< of the loss, in units of variance; see loss::cca_correlation
  bool squared = false;     ///< sum of squared correlations instead of their sum
  index_t dimensions = 0;   ///< of the common space at most; 0: all outputs
  double cca_ridge = 1e-4;  ///< of the linear CCA on top, in units of variance
  training_options training{.epochs = 50, .batch = 800, .rate = 1e-3, .weight_decay = 1e-5};  ///< as DeepCCA
};

/// Deep CCA: two networks whose outputs correlate as much as they can, and a linear CCA of the outputs.
///
///   model::dcca{layer::sequential(layer::linear(128, 256), layer::sigmoid{}, layer::linear(256, 10)), ...,
///   {.dimensions = 10}}
///
/// minimizes   loss::cca_correlation of whole batches, by RMSprop
///
/// first, second   specs of the networks, which end in one width
/// fit(ctx, x, y)  item i of y belongs to item i of x; x and y are what the networks read
///
/// Complexity   of the networks; per batch of n pairs n p^2 and p^3 for p outputs, the latter on the host.
/// Determinism  the same bytes for any number of threads on cpu.
/// Errors       argument_error where a batch is not larger than the number of outputs: its correlation would be perfect
///              by itself, and for options out of range; those of networks and loss.
/// Reference    Andrew et al. 2013: there full batches by L-BFGS, networks started as denoising autoencoders, a
///              cubic-root sigmoid. Here RMSprop on large batches and any layers, as the public code DeepCCA, whose
///              defaults these are.
template <layer::Parametric First, layer::Parametric Second>
struct dcca {
  First first;
  Second second;
  dcca_options options = {};

  template <class X, class Y, Device D, class Progress = no_progress>
  auto fit(context<D>& ctx, const X& x, const Y& y, Progress progress = {}) const {
    using T = data::scalar_of<X>;
    constexpr const char* who = "model::dcca::fit";
    expect_not_negative(who, "ridge", options.ridge);
    expect_not_negative(who, "cca_ridge", options.cca_ridge);
    expect_at_least(who, "dimensions", options.dimensions, 0);
    check_training<T>(who, "training", options.training);
    const data::paired_features<T, D> set(ctx, x, y);
    const auto& o = options.training;
    auto a = encoder::make<T>(ctx, first, o.seed), b = encoder::make<T>(ctx, second, o.seed + 1);
    const index_t batch = o.batch < set.size() ? o.batch : set.size();
    expects(a.dimension() == b.dimension(), "model::dcca::fit: networks with {} and {} outputs", a.dimension(),
            b.dimension());
    expects<argument_error>(
        batch > a.dimension(),
        "model::dcca::fit: batches of {} pairs for networks with {} outputs; a batch must be larger", batch,
        a.dimension());
    train::two_tower trainer(ctx, a, b, loss::cca_correlation{.ridge = options.ridge, .squared = options.squared},
                             optimizer::rmsprop{.rate = o.rate, .weight_decay = o.weight_decay}, {.seed = o.seed});
    run_epochs(trainer, set, o, progress);
    const auto f = detail::encoded<T, D>(ctx, a, x), g = detail::encoded<T, D>(ctx, b, y);
    auto top =
        projection::cca{.dimensions = options.dimensions, .ridge = projection::ridge::absolute(options.cca_ridge)}.fit(
            ctx, f, g);
    return dcca_model<First, Second, T, D>(network_pair<First, Second, T, D>(std::move(a), std::move(b)),
                                           std::move(top));
  }
};
template <class First, class Second>
dcca(First, Second) -> dcca<First, Second>;
template <class First, class Second>
dcca(First, Second, dcca_options) -> dcca<First, Second>;

}  // namespace kindred::model
