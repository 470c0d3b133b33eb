// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/option.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/optimizer/concept.hpp>
#include <string>
#include <vector>

namespace kindred::optimizer {

namespace detail {
template <class T, class D>
struct set_at {
  vector_view<T, D> x;
  T value;
  KINDRED_HD void operator()(index_t i) const { x(i) = value; }
};
}  // namespace detail

/// An optimizer with a rate of its own for parts of the weights; an optimizer itself.
///
///   rate_per_part<adam> with_slow_front{{.rate = 1e-3}};
///   with_slow_front.set(network.spec(), "0.", 0.1);      // pieces whose names begin with "0."
///
/// The rate of a weight is rate times the factor of the last part that holds it, 1 in none. A factor of 0 keeps a part
/// as it is, weight decay included; its averages go on.
///
/// Complexity   O(n) and a launch per part more; scratch of n numbers.
/// Determinism  every weight by itself.
/// Errors       those of the optimizer; shape_error for a part outside the weights, argument_error for a negative
///              factor.
/// Reference    PyTorch's parameter groups, where only the rate differs.
template <Optimizer Base>
struct rate_per_part : Base {
  /// Weights [begin, begin + count) of the flat vector.
  struct part {
    index_t begin, count;
    double factor;  ///< of the rate, at least 0
  };
  std::vector<part> parts{};  ///< later ones win

  /// Adds every piece of `spec` (layer::Parametric) whose name begins with `prefix`. Errors: argument_error when there
  /// is none.
  template <class Spec>
  void set(const Spec& spec, const std::string& prefix, double factor) {
    const std::size_t before = parts.size();
    spec.parameters([&](const auto& name, index_t offset, index_t rows, index_t cols) {
      if (std::string(name).compare(0, prefix.size(), prefix) == 0) parts.push_back({offset, rows * cols, factor});
    });
    expects<argument_error>(parts.size() > before, "optimizer::rate_per_part: no weights are called {}...", prefix);
  }

  template <class T, Device D>
  void update(context<D>& ctx, typename Base::template state<T, D>& s, vector_view<T, D> weights,
              const_vector<T, D> gradient, const_vector<T, D> factors = {}) const {
    expects<argument_error>(!factors, "optimizer::rate_per_part: inside another one");
    const scratch_scope scope(ctx);
    const auto own = scratch_vector<T>(ctx, weights.size());
    ctx.for_each(own.size(), detail::set_at<T, D>{own, T(1)});
    for (const part& p : parts) {
      expects(p.begin >= 0 && p.count >= 0 && p.count <= own.size() && p.begin <= own.size() - p.count,
              "optimizer::rate_per_part: a part of {} from {} in {} weights", p.count, p.begin, own.size());
      expect_not_negative<T>("optimizer::rate_per_part", "factor", p.factor);
      ctx.for_each(p.count, detail::set_at<T, D>{own.segment(p.begin, p.count), static_cast<T>(p.factor)});
    }
    Base::update(ctx, s, weights, gradient, own);
  }
};

}  // namespace kindred::optimizer
