// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <kindred/core/group.hpp>
#include <kindred/optimizer/lbfgs.hpp>
#include <vector>

namespace kindred::optimizer::detail {

/// a . b in eight sums that the compiler can keep in vector registers.
KINDRED_INLINE double inner_product(const std::vector<double>& a, const std::vector<double>& b) {
  const double* const p = a.data();
  const double* const q = b.data();
  return lane_group<8>{}.reduce(static_cast<index_t>(a.size()), 0.0, plus{}, [=](index_t i) { return p[i] * q[i]; });
}

/// y += f x
KINDRED_INLINE void add_scaled(double f, const std::vector<double>& x, std::vector<double>& y) {
  for (std::size_t i = 0; i < x.size(); ++i) y[i] += f * x[i];
}

/// The function along the line x + t direction: where the search is, and how often it looked.
struct searched_line {
  smooth_function f;
  const std::vector<double>* start;
  const std::vector<double>* direction;
  std::vector<double> x, gradient;  // of the last look
  index_t evaluations = 0;

  struct look {
    double t, value, slope;
    bool finite() const { return std::isfinite(value) && std::isfinite(slope); }
  };
  look at(double t) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = (*start)[i] + t * (*direction)[i];
    ++evaluations;
    const index_t n = static_cast<index_t>(x.size());
    const double value = f.call(f.object, {x.data(), n}, {gradient.data(), n});
    return {t, value, inner_product(gradient, *direction)};
  }
};

/// The minimizer of the cubic through values and slopes at a and b, kept off both ends by a tenth of the way; the
/// middle where the cubic has none.
KINDRED_INLINE double between(const searched_line::look& a, const searched_line::look& b) {
  const double width = b.t - a.t;
  double share = 0.5;
  if (b.finite()) {
    const double d1 = a.slope + b.slope - 3 * (b.value - a.value) / width;
    const double square = d1 * d1 - a.slope * b.slope;
    if (square >= 0) {
      const double d2 = std::copysign(std::sqrt(square), width);
      const double found = 1 - (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
      if (std::isfinite(found)) share = std::clamp(found, 0.1, 0.9);
    }
  }
  return a.t + share * width;
}

/// Looks for a step that meets the strong Wolfe conditions; the line then stands at it. Returns the point where it
/// ends, with t = 0 where no step lowers the value.
KINDRED_INLINE searched_line::look strong_wolfe(searched_line& line, double value, double slope, double t,
                                                index_t most) {
  constexpr double c1 = 1e-4, c2 = 0.9;
  using look = searched_line::look;
  const look start{0, value, slope};
  const double noise = 1e-10 * std::abs(value);
  const auto descends = [&](const look& p) {
    if (!p.finite()) return false;
    return p.value <= value + c1 * p.t * slope || (p.value <= value + noise && p.slope <= (2 * c1 - 1) * slope);
  };
  const auto flat = [&](const look& p) { return std::abs(p.slope) <= c2 * std::abs(slope); };
  const index_t last = line.evaluations + most;
  look low = start, high{}, latest{};
  // outwards until an interval holds a step; low is the best one so far
  for (bool bracketed = false; !bracketed;) {
    if (line.evaluations == last) return low;
    latest = line.at(t);
    if (!descends(latest) || (low.t > 0 && latest.value > low.value + noise)) {
      high = latest;
      bracketed = true;
    } else {
      if (flat(latest)) return latest;
      bracketed = latest.slope >= 0;
      if (bracketed) high = low;
      low = latest;
      t *= 4;
    }
  }
  // inwards: the slope at low points to high
  while (line.evaluations < last) {
    const double next = between(low, high);
    if (next == low.t || next == high.t) break;
    latest = line.at(next);
    if (!descends(latest) || latest.value > low.value + noise) {
      high = latest;
    } else {
      if (flat(latest)) return latest;
      if (latest.slope * (high.t - low.t) >= 0) high = low;
      low = latest;
    }
  }
  return low.t > 0 && low.t != latest.t ? line.at(low.t) : low;
}

KINDRED_INLINE lbfgs_result minimize(const lbfgs& options, vector_view<double, cpu> x, smooth_function f) {
  constexpr const char* who = "optimizer::lbfgs";
  expects<argument_error>(options.history >= 1, "{}: history {} is less than 1", who, options.history);
  expects<argument_error>(options.max_iterations >= 0, "{}: max_iterations {} is negative", who,
                          options.max_iterations);
  expects<argument_error>(options.max_evaluations >= 1, "{}: max_evaluations {} is less than 1", who,
                          options.max_evaluations);
  expects<argument_error>(options.gradient_tolerance >= 0 && options.decrease_tolerance >= 0,
                          "{}: a tolerance is negative or NaN", who);
  const std::size_t n = static_cast<std::size_t>(x.size()), most = static_cast<std::size_t>(options.history);
  std::vector<double> here(x.begin(), x.end()), gradient(n), direction(n);
  lbfgs_result result;
  result.evaluations = 1;
  result.value = f.call(f.object, {here.data(), x.size()}, {gradient.data(), x.size()});
  const auto largest = [](const std::vector<double>& g) {
    double norm = 0;
    for (const double v : g) norm = std::abs(v) > norm || v != v ? std::abs(v) : norm;
    return norm;
  };
  result.gradient_norm = largest(gradient);
  expects<argument_error>(std::isfinite(result.value) && std::isfinite(result.gradient_norm),
                          "{}: at the start the value is {}, the largest component of the gradient {}", who,
                          result.value, result.gradient_norm);
  std::vector<std::vector<double>> steps, changes;  // the newest last
  std::vector<double> curvatures, weights(most);    // s'y of every pair
  double best_value = result.value, best_norm = result.gradient_norm;
  int idle = 0;  // steps since the last one that improved on either
  for (;;) {
    if (result.gradient_norm <= options.gradient_tolerance) {
      result.stop = lbfgs_stop::gradient;
      break;
    }
    if (result.iterations == options.max_iterations) {
      result.stop = lbfgs_stop::iterations;
      break;
    }
    // direction = -H gradient
    for (std::size_t i = 0; i < n; ++i) direction[i] = -gradient[i];
    for (std::size_t j = steps.size(); j-- > 0;) {
      weights[j] = inner_product(steps[j], direction) / curvatures[j];
      add_scaled(-weights[j], changes[j], direction);
    }
    double first = 1;
    if (steps.empty()) {
      double sum = 0;
      for (const double v : gradient) sum += std::abs(v);
      first = std::min(1.0, 1 / sum);
    } else {
      const double scale = curvatures.back() / inner_product(changes.back(), changes.back());
      for (double& v : direction) v *= scale;
    }
    for (std::size_t j = 0; j < steps.size(); ++j)
      add_scaled(weights[j] - inner_product(changes[j], direction) / curvatures[j], steps[j], direction);

    searched_line line{f, &here, &direction, std::vector<double>(n), std::vector<double>(n)};
    const double slope = inner_product(gradient, direction);
    searched_line::look reached{0, result.value, slope};
    if (slope < 0) reached = strong_wolfe(line, result.value, slope, first, options.max_evaluations);
    result.evaluations += line.evaluations;
    if (reached.t == 0) {
      if (steps.empty()) {
        result.stop = lbfgs_stop::line_search;
        break;
      }
      steps.clear();  // the pairs mislead: once more from the gradient alone
      changes.clear();
      curvatures.clear();
      continue;
    }
    const double before = result.value;
    std::vector<double> step = std::move(direction), change = line.gradient;
    direction.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      step[i] = line.x[i] - here[i];
      change[i] -= gradient[i];
    }
    here.swap(line.x);
    gradient.swap(line.gradient);
    result.value = reached.value;
    result.gradient_norm = largest(gradient);
    ++result.iterations;
    const double curvature = inner_product(step, change);
    if (curvature > 1e-16 * inner_product(change, change)) {
      if (steps.size() == most) {
        steps.erase(steps.begin());
        changes.erase(changes.begin());
        curvatures.erase(curvatures.begin());
      }
      steps.push_back(std::move(step));
      changes.push_back(std::move(change));
      curvatures.push_back(curvature);
    }
    idle = result.value < best_value || result.gradient_norm < best_norm ? 0 : idle + 1;
    best_value = std::min(best_value, result.value);
    best_norm = std::min(best_norm, result.gradient_norm);
    if (idle == 30 && result.gradient_norm > options.gradient_tolerance) {  // only rounding moves the point now
      result.stop = lbfgs_stop::line_search;
      break;
    }
    if (options.decrease_tolerance > 0 && result.gradient_norm > options.gradient_tolerance &&
        before - result.value <= options.decrease_tolerance * std::max(std::abs(before), 1.0)) {
      result.stop = lbfgs_stop::decrease;
      break;
    }
  }
  std::copy(here.begin(), here.end(), x.data());
  return result;
}

}  // namespace kindred::optimizer::detail
