// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>
#include <kindred/core/math.hpp>
#include <kindred/optimizer/concept.hpp>
#include <limits>

namespace kindred::optimizer::detail {

/// The rate of a weight: of all, times its factor where there are factors.
template <class T, class D>
struct element_rate {
  T rate;
  vector_view<const T, D> factors;
  KINDRED_HD T operator()(index_t i) const { return factors ? rate * factors(i) : rate; }
};

/// What every optimizer asks of its arguments before it changes anything.
template <class T, class D>
void check_update(const char* optimizer, index_t remembered, vector_view<T, D> weights,
                  vector_view<const T, D> gradient, vector_view<const T, D> factors, double rate) {
  expects(gradient.size() == weights.size() && remembered == weights.size(),
          "optimizer::{}: {} weights, a gradient of {} and a state of {} numbers", optimizer, weights.size(),
          gradient.size(), remembered);
  expects(!factors || factors.size() == weights.size(), "optimizer::{}: {} weights but {} factors of the rate",
          optimizer, weights.size(), factors.size());
  expects<argument_error>(rate >= 0 && rate <= static_cast<double>(std::numeric_limits<T>::max()),
                          "optimizer::{}: expected rate to be finite and at least 0, got {}", optimizer, rate);
}
/// A share that has to be in [0, 1).
inline void check_share(const char* optimizer, const char* option, double value) {
  expects<argument_error>(value >= 0 && value < 1, "optimizer::{}: expected {} in [0, 1), got {}", optimizer, option,
                          value);
}
inline void check_not_negative(const char* optimizer, const char* option, double value) {
  expects<argument_error>(value >= 0 && value <= static_cast<double>(std::numeric_limits<float>::max()),
                          "optimizer::{}: expected {} to be finite and at least 0, got {}", optimizer, option, value);
}

}  // namespace kindred::optimizer::detail
