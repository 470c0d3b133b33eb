// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/optimizer/concept.hpp>

namespace kindred::optimizer {

/// An optimizer whose rate follows a schedule; an optimizer itself.
///
///   scheduled<adam, cosine_decay>{{.rate = 1e-3}, {.period = 5000}}
///
/// The rate of update t is rate * schedule(t), t = 0, 1, ...; `rate` keeps the full one. Nested, the factors multiply.
///
/// Complexity, Determinism   those of the optimizer.
/// Errors       those of both; argument_error where the schedule gives a negative factor or NaN.
template <Optimizer Base, Schedule Rule>
struct scheduled : Base {
  Rule schedule{};  ///< factor of the rate

  template <class T, Device D>
  void update(context<D>& ctx, typename Base::template state<T, D>& s, vector_view<T, D> weights,
              const_vector<T, D> gradient, const_vector<T, D> factors = {}) const {
    Base now = *this;
    now.rate *= schedule(s.step);
    now.update(ctx, s, weights, gradient, factors);
  }
};

}  // namespace kindred::optimizer
