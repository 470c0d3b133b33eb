// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/encoder/network.hpp>
#include <kindred/io/stored.hpp>

namespace kindred::model {

namespace detail {
template <class T, Device D, class Network, class X>
matrix<T, D> encoded(context<D>& ctx, const Network& network, const X& x) {
  matrix<T, D> out(ctx, encoder::input_view<T, D>(x).items, network.dimension(), uninitialized);
  network.encode(ctx, x, out.view());
  return out;
}
}  // namespace detail

/// Two trained networks into one space: what most models learn. Satisfies projection::Projection where both read rows.
///
/// first(x) = f(x)        second(y) = g(y)
///
/// @tparam First, Second  specs of the networks; what they read (rows, pictures, sequences, ids) first() and second()
///                        take
///
/// Errors   shape_error where the networks end in other widths; those of encoder::network.
template <layer::Parametric First, layer::Parametric Second, Scalar T, Device D>
class network_pair {
 public:
  using value_type = T;
  using device = D;
  using first_type = encoder::network<First, T, D>;
  using second_type = encoder::network<Second, T, D>;

  network_pair(first_type first, second_type second) : first_(std::move(first)), second_(std::move(second)) {
    expects(first_.dimension() == second_.dimension(), "model::network_pair: networks into {} and {} dimensions",
            first_.dimension(), second_.dimension());
  }

  index_t dimensions() const { return first_.dimension(); }
  const first_type& first_network() const { return first_; }
  const second_type& second_network() const { return second_; }

  /// out: items(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  template <class X>
  void first(context<D>& ctx, const X& x, matrix_view<T, D> out) const {
    first_.encode(ctx, x, out);
  }
  template <class Y>
  void second(context<D>& ctx, const Y& y, matrix_view<T, D> out) const {
    second_.encode(ctx, y, out);
  }
  template <class X>
  matrix<T, D> first(context<D>& ctx, const X& x) const {
    return detail::encoded<T, D>(ctx, first_, x);
  }
  template <class Y>
  matrix<T, D> second(context<D>& ctx, const Y& y) const {
    return detail::encoded<T, D>(ctx, second_, y);
  }

  /// Adds both networks to a file under `prefix`. This model must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    first_.save(file, prefix + "first.");
    second_.save(file, prefix + "second.");
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`, for specs that say the same as the saved ones.
  /// Errors  io_error, naming the file, for another type, other specs (both are named), missing or misshapen tensors.
  template <class File>
  requires(!std::convertible_to<File, std::string>)
  static network_pair load(context<D>& ctx, const First& first, const Second& second, const File& file,
                           const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto a = first_type::load(ctx, first, file, prefix + "first.");
    auto b = second_type::load(ctx, second, file, prefix + "second.");
    return io::made_from(file, prefix, [&] { return network_pair(std::move(a), std::move(b)); });
  }
  template <class File = io::safetensors>
  static network_pair load(context<D>& ctx, const First& first, const Second& second, const std::string& path) {
    return load(ctx, first, second, File(path), "");
  }

 private:
  static constexpr const char* file_type = "network_pair 1";
  first_type first_;
  second_type second_;
};

}  // namespace kindred::model
