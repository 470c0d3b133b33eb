// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <initializer_list>
#include <kindred/core/config.hpp>
#include <kindred/core/utf8.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace kindred {

/// The place of a call in the source; std::source_location is missing from clang 14.
struct source {
  const char* file;
  int line;
  static constexpr source here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
    return {file, line};
  }
};

/// Base of everything the library throws on purpose. what() is one line that may be printed: texts of files and
/// arguments in it are made printable().
class error : public std::runtime_error {
 public:
  explicit error(const std::string& what, source where = {"", 0})
      : std::runtime_error(printable(what)), where_(where) {}

  /// The line of the library that states the broken condition; an empty file name where it is not known.
  source where() const noexcept { return where_; }

 private:
  source where_;
};

/// Sizes that do not fit together.
class shape_error : public error {
 public:
  using error::error;
};

/// A value outside its documented range.
class argument_error : public error {
 public:
  using error::error;
};

/// A file that is missing, unreadable, malformed or beyond the caller's limits.
class io_error : public error {
 public:
  using error::error;
};

/// A status reported by CUDA or cuBLAS.
class device_error : public error {
 public:
  using error::error;
};

/// Returns a value as it appears in a message: a text printable() and cut after 1000 bytes, a floating-point number
/// with up to 9 digits.
inline std::string shown(std::string_view s) { return printable(s, 1000); }
template <class N>
requires std::is_arithmetic_v<N>
std::string shown(N n) {
  if constexpr (std::is_floating_point_v<N>) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.9g", static_cast<double>(n));
    return buffer;
  } else {
    return std::to_string(n);
  }
}

namespace detail {

/// The text of a failed precondition together with the place that states it: `"{} rows but {} labels"`.
struct message {
  const char* text;
  source where;
  // implicit on purpose: lets expects() take a default source in front of its variadic arguments
  constexpr message(const char* t, source w = source::here()) noexcept : text(t), where(w) {}
};

/// Replaces each `{}` of `text` by the next value.
inline std::string filled(const char* text, std::initializer_list<std::string> values) {
  std::string out;
  auto next = values.begin();
  for (const char* p = text; *p != '\0'; ++p) {
    if (p[0] == '{' && p[1] == '}' && next != values.end()) {
      out += *next++;
      ++p;
    } else {
      out += *p;
    }
  }
  return out;
}

}  // namespace detail

/// Throws E with a message in which each `{}` stands for the next of `values`.
template <class E = shape_error, class... Values>
[[noreturn]] void raise(std::type_identity_t<detail::message> message, const Values&... values) {
  throw E(detail::filled(message.text, {shown(values)...}), message.where);
}

/// Throws E when `ok` is false. Each `{}` in the message stands for the next of `values`, so that it can say what was
/// expected and what it got: `expects(x.rows() == n, "fit: expected {} labels, got {}", x.rows(), n)`.
///
/// Complexity   one branch when `ok` holds; the text is put together only on failure.
/// Errors       E (shape_error by default); where() names the line of the call.
template <class E = shape_error, class... Values>
void expects(bool ok, std::type_identity_t<detail::message> message, const Values&... values) {
  if (!ok) [[unlikely]]
    raise<E>(message, values...);
}

}  // namespace kindred
