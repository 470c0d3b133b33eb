// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <concepts>
#include <cstdio>
#include <functional>
#include <initializer_list>
#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace kindred::selection {

/// The value that a trial has for one option.
struct setting {
  std::string name;
  std::string text;  ///< the value as text
  double value = 0;  ///< the value as a number; for values that are no numbers their position in the list
};

/// A range that random search draws from, each value equally likely.
struct uniform {
  double low = 0, high = 1;
};
/// A range of positive numbers whose logarithm is drawn uniformly.
struct log_uniform {
  double low = 1e-3, high = 1;
};

namespace detail {

template <class V>
setting setting_of(const std::string& name, const V& value, index_t position) {
  if constexpr (std::same_as<V, bool>) {
    return {name, value ? "true" : "false", value ? 1.0 : 0.0};
  } else if constexpr (std::is_enum_v<V>) {
    return setting_of(name, static_cast<long long>(value), position);
  } else if constexpr (std::is_arithmetic_v<V>) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", static_cast<double>(value));
    return {name, text, static_cast<double>(value)};
  } else if constexpr (std::convertible_to<V, std::string>) {
    return {name, value, static_cast<double>(position)};
  } else {
    return {name, '#' + std::to_string(position), static_cast<double>(position)};
  }
}

/// Sets an option that is named by a pointer to a member, or by a function of the options and the value.
template <class Options, class Option, class V>
void assign(Options& options, const Option& option, const V& value) {
  if constexpr (std::is_member_object_pointer_v<Option>) {
    using member = std::remove_reference_t<decltype(options.*option)>;
    options.*option = static_cast<member>(value);
  } else {
    option(options, value);
  }
}

}  // namespace detail

/// Lists the values that search() tries for the options of a learner.
///
///   const auto space = selection::space<projection::cca>()
///                          .add("ridge", &projection::cca::ridge, {1e-3, 0.1, 1.0})
///                          .add("dimensions", &projection::cca::dimensions, {5, 10, 20});
///   const auto deep = selection::space<model::dcca_options>()
///                         .add("ridge", &model::dcca_options::ridge, selection::log_uniform{1e-4, 10})
///                         .add("rate", [](model::dcca_options& o, double rate) { o.training.rate = rate; }, {1e-3,
///                         1e-2});
///
/// add(name, option, values)   a list of numbers, bools, enumerators or any other values
/// add(name, option, range)    uniform or log_uniform, for random search; integral options are rounded down
///
/// option   a pointer to a data member of Options, or a function f(Options&, value)
/// texts    the values as text, where their numbers say too little (enumerators); one for each value
///
/// @tparam Options  an aggregate of options: a closed form itself, or the options of a model
///
/// Errors   argument_error for a name that is empty or used twice, an empty list, texts that do not fit the values, a
///          range without length or, of logarithms, with a bound of 0 or less.
template <class Options>
class space {
 public:
  template <class Option, class V>
  space& add(std::string name, Option option, std::vector<V> values, std::vector<std::string> texts = {}) {
    expects<argument_error>(!values.empty(), "selection::space: {} has no values", name);
    expects<argument_error>(texts.empty() || texts.size() == values.size(),
                            "selection::space: {}: expected {} texts for {} values, got {}", name, values.size(),
                            values.size(), texts.size());
    const auto count = static_cast<index_t>(values.size());
    return add_axis({std::move(name), count,
                     [option = std::move(option), values = std::move(values), texts = std::move(texts)](
                         Options& options, const std::string& as, index_t position, double) {
                       const auto at = static_cast<std::size_t>(position);
                       const V value = values[at];
                       detail::assign(options, option, value);
                       setting out = detail::setting_of(as, value, position);
                       if (!texts.empty()) out.text = texts[at];
                       return out;
                     }});
  }
  template <class Option, class V>
  space& add(std::string name, Option option, std::initializer_list<V> values, std::vector<std::string> texts = {}) {
    return add(std::move(name), std::move(option), std::vector<V>(values), std::move(texts));
  }
  template <class Option>
  space& add(std::string name, Option option, uniform range) {
    expects<argument_error>(range.low < range.high && std::isfinite(range.high - range.low),
                            "selection::space: {}: expected a range from low to high, got {} to {}", name, range.low,
                            range.high);
    return add_range(std::move(name), std::move(option),
                     [range](double u) { return range.low + u * (range.high - range.low); });
  }
  template <class Option>
  space& add(std::string name, Option option, log_uniform range) {
    expects<argument_error>(range.low > 0 && range.low < range.high && std::isfinite(range.high),
                            "selection::space: {}: expected a range from low to high above 0, got {} to {}", name,
                            range.low, range.high);
    return add_range(std::move(name), std::move(option),
                     [range](double u) { return range.low * std::pow(range.high / range.low, u); });
  }

  /// Options that vary.
  index_t axes() const { return static_cast<index_t>(axes_.size()); }
  /// True where an option is drawn from a range, so that there is no grid.
  bool has_range() const {
    for (const axis& a : axes_)
      if (a.count == 0) return true;
    return false;
  }
  /// Combinations of the lists, ranges counting once; 1 for an empty space, 2^53 where there are more.
  index_t size() const {
    constexpr index_t most = index_t(1) << 53;
    index_t n = 1;
    for (const axis& a : axes_) {
      const index_t count = a.count > 0 ? a.count : 1;
      n = n > most / count ? most : n * count;
    }
    return n;
  }
  /// Sets `options` to combination `at` in [0, size()), the last list varying fastest; draw(a) in [0, 1) says where in
  /// its range option a lies. Returns the values.
  template <class Draw>
  std::vector<setting> apply(Options& options, index_t at, Draw draw) const {
    std::vector<index_t> positions(axes_.size());
    for (std::size_t a = axes_.size(); a-- > 0;) {
      const index_t count = axes_[a].count > 0 ? axes_[a].count : 1;
      positions[a] = at % count;
      at /= count;
    }
    std::vector<setting> out;
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      const double u = axes_[a].count > 0 ? 0 : draw(static_cast<index_t>(a));
      out.push_back(axes_[a].apply(options, axes_[a].name, positions[a], u));
    }
    return out;
  }

 private:
  struct axis {
    std::string name;
    index_t count;  // of the list; 0: a range
    std::function<setting(Options&, const std::string&, index_t, double)> apply;
  };

  space& add_axis(axis a) {
    expects<argument_error>(!a.name.empty(), "selection::space: an option without a name");
    for (const axis& other : axes_)
      expects<argument_error>(other.name != a.name, "selection::space: {} is named twice", a.name);
    axes_.push_back(std::move(a));
    return *this;
  }
  template <class Option, class Value>
  space& add_range(std::string name, Option option, Value value) {
    return add_axis({std::move(name), 0,
                     [option = std::move(option), value](Options& options, const std::string& as, index_t, double u) {
                       const double drawn = value(u);
                       if constexpr (std::is_member_object_pointer_v<Option>) {
                         using member = std::remove_reference_t<decltype(options.*option)>;
                         options.*option = static_cast<member>(drawn);
                         if constexpr (std::is_integral_v<member>) return detail::setting_of(as, options.*option, 0);
                       } else {
                         option(options, drawn);
                       }
                       return detail::setting_of(as, drawn, 0);
                     }});
  }

  std::vector<axis> axes_;
};

}  // namespace kindred::selection
