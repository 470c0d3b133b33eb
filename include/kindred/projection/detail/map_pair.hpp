// SPDX-License-Identifier: Apache-2.0
/// @file
/// What every projection by two maps of one kind is made of.
#pragma once

#include <kindred/io/stored.hpp>
#include <kindred/projection/concept.hpp>
#include <utility>

namespace kindred::projection::detail {

/// Two maps into one space, and the doors that Projection asks for.
template <class T, Device D, class First, class Second = First>
class map_pair {
 public:
  using value_type = T;
  using device = D;

  index_t dimensions() const { return first_.dimensions(); }
  const First& first_map() const { return first_; }
  const Second& second_map() const { return second_; }

  /// out: rows(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { first_.apply(ctx, x, out); }
  void second(context<D>& ctx, const_matrix<T, D> y, matrix_view<T, D> out) const { second_.apply(ctx, y, out); }
  matrix<T, D> first(context<D>& ctx, const_matrix<T, D> x) const { return first_.apply(ctx, x); }
  matrix<T, D> second(context<D>& ctx, const_matrix<T, D> y) const { return second_.apply(ctx, y); }

 protected:
  map_pair(First first, Second second) : first_(std::move(first)), second_(std::move(second)) {}

  template <class Writer>
  void save_maps(Writer& file, const std::string& prefix, const char* type) const {
    file.metadata(prefix + "type", type);
    first_.save(file, prefix + "first.");
    second_.save(file, prefix + "second.");
  }
  /// The maps that save_maps saved. Errors: io_error for another type.
  template <class File>
  static std::pair<First, Second> load_maps(context<D>& ctx, const File& file, const std::string& prefix,
                                            const char* type) {
    expect_type(file, prefix, type);
    auto first = First::load(ctx, file, prefix + "first.");
    auto second = Second::load(ctx, file, prefix + "second.");
    return {std::move(first), std::move(second)};
  }

  /// Refuses a file with maps into two spaces.
  template <class File>
  static void expect_one_space(const File& file, const std::string& prefix, const First& first, const Second& second) {
    expects<io_error>(first.dimensions() == second.dimensions(), "{}: {} dimensions in {}first, {} in {}second",
                      file.name(), first.dimensions(), prefix, second.dimensions(), prefix);
  }

  First first_;
  Second second_;
};

}  // namespace kindred::projection::detail
