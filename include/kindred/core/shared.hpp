// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/config.hpp>
#include <utility>

namespace kindred::detail {

/// An object that lives as long as the last copy of this pointer to it; for headers that must not cost what <memory>
/// costs. Copies may be made and dropped on several threads.
template <class T>
class shared {
 public:
  explicit shared(T object) : block_(new block{std::move(object), 1}) {}
  shared(const shared& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) __atomic_add_fetch(&block_->owners, 1, __ATOMIC_RELAXED);
  }
  shared(shared&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  shared& operator=(shared other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~shared() {
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

}  // namespace kindred::detail
