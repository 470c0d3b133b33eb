// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/device.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/view.hpp>

namespace kindred::optimizer {

/// Why lbfgs stopped.
enum class lbfgs_stop {
  gradient,    ///< the gradient is small enough
  decrease,    ///< the last step lowered the value by too little to go on
  iterations,  ///< the limit was reached
  line_search  ///< steps improve neither value nor gradient any more: rounding, or a wrong gradient
};

/// What lbfgs reached.
struct lbfgs_result {
  index_t iterations = 0;    ///< steps taken
  index_t evaluations = 0;   ///< calls of the function
  double value = 0;          ///< at the point returned
  double gradient_norm = 0;  ///< its largest component there, in magnitude
  lbfgs_stop stop = lbfgs_stop::iterations;
};

namespace detail {

/// A function and its gradient without their type, so that the method is compiled once.
struct smooth_function {
  const void* object;
  double (*call)(const void*, vector_view<const double, cpu> x, vector_view<double, cpu> gradient);
};

}  // namespace detail

/// Minimizes a smooth function of a vector on the host with limited-memory BFGS.
///
/// x := x - t H grad f(x),  H from the last `history` pairs s = x' - x, y = grad' - grad by the two-loop recursion,
/// started from (s'y / y'y) I; t meets the strong Wolfe conditions
///   f(x + t d) <= f(x) + c1 t d'grad f(x),   |d'grad f(x + t d)| <= c2 |d'grad f(x)|,   c1 = 1e-4, c2 = 0.9
///
/// Close to the minimum the differences of f drown in rounding while gradients are still exact: where values agree to
/// 1e-10 of their size the first condition is replaced by the one on slopes that is equal to it for a parabola,
/// d'grad f(x + t d) <= (2 c1 - 1) d'grad f(x). So gradients down to about 1e-16 of their terms are reached.
/// After 30 steps without a lower value or a smaller gradient the method gives up (lbfgs_stop::line_search). Trial
/// points where f or its gradient is not finite are stepped back from.
///
/// Complexity   per iteration 4 `history` n operations besides one or two calls of f; (2 `history` + 5) n numbers.
/// Determinism  as f: one thread, sums in an order that depends on n alone.
/// Errors       argument_error when f or its gradient at the start is not finite, or for options out of range. What f
///              throws passes through.
/// Reference    Nocedal and Wright 2006, algorithms 7.4 and 7.5; line search 3.5 and 3.6 with cubic interpolation; the
///              condition near the minimum: Hager and Zhang 2005.
struct lbfgs {
  index_t history = 10;              ///< pairs that are kept, at least 1
  index_t max_iterations = 1000;     ///< steps at most
  double gradient_tolerance = 1e-6;  ///< stops when no component of the gradient is larger in magnitude
  double decrease_tolerance =
      0;                         ///< stops when a step lowers f by at most that share of max(|f|, 1); 0: never for that
  index_t max_evaluations = 40;  ///< of f in one line search

  /// x  the start, overwritten by the minimizer
  /// f  f(x, gradient) -> value, fills `gradient`; views of x.size() doubles on the host
  template <class F>
  lbfgs_result minimize(vector_view<double, cpu> x, const F& f) const;
};

namespace detail {
lbfgs_result minimize(const lbfgs& options, vector_view<double, cpu> x, smooth_function f);
}  // namespace detail

template <class F>
lbfgs_result lbfgs::minimize(vector_view<double, cpu> x, const F& f) const {
  // a pointer to f itself would not do: f may be a function
  const auto call = [&f](vector_view<const double, cpu> at, vector_view<double, cpu> gradient) -> double {
    return f(at, gradient);
  };
  using caller = decltype(call);
  return detail::minimize(
      *this, x, {&call, [](const void* object, vector_view<const double, cpu> at, vector_view<double, cpu> gradient) {
                   return (*static_cast<caller*>(object))(at, gradient);
                 }});
}

}  // namespace kindred::optimizer

#if !defined(KINDRED_COMPILED)
#include <kindred/optimizer/detail/lbfgs_impl.hpp>
#endif
