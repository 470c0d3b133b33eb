// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <utility>

namespace kindred {

/// Owns an object of a type that only its maker knows. <memory> has that too and costs every file that sees it a tenth
/// of a second.
class kept_object {
 public:
  kept_object() = default;
  template <class T>
  static kept_object of(T object) {
    kept_object k;
    k.object_ = new T(std::move(object));
    k.drop_ = [](void* p) { delete static_cast<T*>(p); };
    return k;
  }
  kept_object(kept_object&& other) noexcept : object_(std::exchange(other.object_, nullptr)), drop_(other.drop_) {}
  kept_object& operator=(kept_object&& other) noexcept {
    kept_object moved(std::move(other));
    std::swap(object_, moved.object_);
    std::swap(drop_, moved.drop_);
    return *this;
  }
  ~kept_object() { reset(); }
  explicit operator bool() const { return object_ != nullptr; }
  template <class T>
  const T& as() const {
    return *static_cast<const T*>(object_);
  }
  void reset() {
    if (object_ != nullptr) drop_(object_);
    object_ = nullptr;
  }

 private:
  void* object_ = nullptr;
  void (*drop_)(void*) = nullptr;
};

}  // namespace kindred
