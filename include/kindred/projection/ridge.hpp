// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>

namespace kindred::projection {

/// How much is added to the diagonal of a covariance matrix C of p columns before it is inverted.
///
/// scaled(a)     C + a tr(C)/p I     a times the mean variance of the view; what a plain number means
/// absolute(a)   C + a I             in units of a variance (divisor n - 1)
/// shrinkage(a)  (1 - a) C + a I     0 <= a <= 1; meant for columns of unit variance
///
/// shrinkage(a) is (1 - a) (C + a / (1 - a) I): it shrinks C itself, so that what a learner finds between two views may
/// be up to 1 / (1 - a), where it is at most 1 with the other forms.
///
/// Errors  argument_error when the amount is negative or not finite, or a shrinkage above 1.
class ridge {
 public:
  enum class form { scaled, absolute, shrinkage };

  ridge(double amount) : ridge(form::scaled, amount) {}  // implicit: `.ridge = 1e-3`
  static ridge scaled(double amount) { return {form::scaled, amount}; }
  static ridge absolute(double amount) { return {form::absolute, amount}; }
  static ridge shrinkage(double amount) { return {form::shrinkage, amount}; }

  form kind() const { return form_; }
  double amount() const { return amount_; }
  /// The largest w'C_xy v for w'R(C_xx) w = 1 = v'R(C_yy) v: 1 / (1 - a) for shrinkage(a), infinite at a = 1, else 1.
  double largest_value() const { return form_ == form::shrinkage ? 1 / (1 - amount_) : 1; }
  /// What becomes of an eigenvalue of a covariance matrix whose mean variance is `mean_variance`.
  double operator()(double eigenvalue, double mean_variance) const {
    if (form_ == form::scaled) return eigenvalue + amount_ * mean_variance;
    if (form_ == form::absolute) return eigenvalue + amount_;
    return (1 - amount_) * eigenvalue + amount_;
  }

 private:
  ridge(form f, double amount) : form_(f), amount_(amount) {
    expects<argument_error>(amount >= 0 && amount <= (f == form::shrinkage ? 1.0 : 1e300),
                            "projection::ridge: amount {} is out of range", amount);
  }
  form form_;
  double amount_;
};

}  // namespace kindred::projection
