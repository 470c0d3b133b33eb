// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <utility>

namespace kindred {

/// An object that lives as long as the last copy of this pointer to it; for headers that must not cost what <memory>
/// costs. Copies may be made and dropped on several threads.
template <class T>
class shared_object {
 public:
  explicit shared_object(T object) : block_(new block{std::move(object), 1}) {}
  shared_object(const shared_object& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) __atomic_add_fetch(&block_->owners, 1, __ATOMIC_RELAXED);
  }
  shared_object(shared_object&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  shared_object& operator=(shared_object other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~shared_object() {
    if (block_ != nullptr && __atomic_sub_fetch(&block_->owners, 1, __ATOMIC_ACQ_REL) == 0) delete block_;
  }
  const T& operator*() const { return block_->object; }

 private:
  struct block {
    T object;
    long owners;
  };
  block* block_;
};

}  // namespace kindred
