// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <kindred/core/context.hpp>
#include <kindred/core/error.hpp>
#include <kindred/core/size.hpp>
#include <vector>

namespace kindred {

namespace detail {
/// An address that no other living thread has.
inline const void* this_thread() {
  static thread_local const char own = 0;
  return &own;
}
}  // namespace detail

/// Bump allocator over chunks of device memory, freed together by scratch_scope. The chunks stay for the life of the
/// context, so a loop whose sizes repeat allocates in its first round only.
///
/// Errors  argument_error from a scratch_scope while another thread has one open: two threads share a context.
template <Device D>
class arena {
 public:
  explicit arena(context<D>& ctx) : ctx_(&ctx) {}
  arena(const arena&) = delete;
  arena& operator=(const arena&) = delete;
  ~arena() { clear(); }

  /// `count` uninitialised elements at a multiple of 256 bytes in their chunk, so aligned to 64 bytes or more.
  /// Errors: argument_error where `count` is negative or its bytes are not below 2^63.
  template <class T>
  T* take(index_t count) {
    const index_t bytes = checked_sum(checked_product(count, static_cast<index_t>(sizeof(T))), 255) / 256 * 256;
    while (at_ < chunks_.size() && chunks_[at_].size - used_ < bytes) {
      ++at_;
      used_ = 0;
    }
    if (at_ == chunks_.size()) {
      const index_t size = bytes > smallest_chunk ? bytes : smallest_chunk;
      chunks_.reserve(at_ + 1);  // so that push_back cannot throw after the allocation
      chunks_.push_back({ctx_->allocate(size), size});
      used_ = 0;
    }
    T* const p = reinterpret_cast<T*>(static_cast<char*>(chunks_[at_].data) + used_);
    used_ += bytes;
    return p;
  }

  /// Bytes held, used or not.
  index_t capacity() const {
    index_t sum = 0;
    for (const auto& c : chunks_) sum += c.size;
    return sum;
  }

  /// Gives all memory back; only while no scratch_scope is open.
  void clear() noexcept {
    for (const auto& c : chunks_) ctx_->deallocate(c.data);
    chunks_.clear();
    at_ = 0;
    used_ = 0;
  }

  struct mark {
    std::size_t chunk;
    index_t used;
  };
  mark position() const { return {at_, used_}; }
  void rewind(mark m) {
    at_ = m.chunk;
    used_ = m.used;
  }
  /// Makes the calling thread the owner, or counts one scope more of the thread that is. One exchange at the outermost.
  void claim() {
    const void* const me = detail::this_thread();
    if (owner_.load(std::memory_order_relaxed) != me) {
      const void* nobody = nullptr;
      expects<argument_error>(
          owner_.compare_exchange_strong(nobody, me, std::memory_order_acquire),
          "context<{}>: expected calls of one thread at a time, got two threads: make a context for "
          "each",
          D::name);
    }
    ++scopes_;
  }
  void release() {
    if (--scopes_ == 0) owner_.store(nullptr, std::memory_order_release);
  }

 private:
  static constexpr index_t smallest_chunk = index_t(1) << 20;
  struct chunk {
    void* data;
    index_t size;
  };
  context<D>* ctx_;
  std::vector<chunk> chunks_;
  std::size_t at_ = 0;
  index_t used_ = 0;
  std::atomic<const void*> owner_{nullptr};
  index_t scopes_ = 0;
};

/// Everything taken from the scratch memory of `ctx` while a scope lives is free again when it ends.
/// Scopes nest; they end in reverse order. On a GPU the next user of the memory is ordered behind by the stream.
template <Device D>
class scratch_scope {
 public:
  explicit scratch_scope(context<D>& ctx) : arena_(&ctx.scratch()) {
    arena_->claim();
    start_ = arena_->position();
  }
  scratch_scope(const scratch_scope&) = delete;
  scratch_scope& operator=(const scratch_scope&) = delete;
  ~scratch_scope() {
    arena_->rewind(start_);
    arena_->release();
  }

 private:
  arena<D>* arena_;
  typename arena<D>::mark start_;
};

/// `size` uninitialised elements that live until the enclosing scratch_scope ends.
template <class T, Device D>
vector_view<T, D> scratch_vector(context<D>& ctx, index_t size) {
  return {ctx.scratch().template take<T>(size), size};
}

/// rows x cols uninitialised elements that live until the enclosing scratch_scope ends.
template <class T, Device D>
matrix_view<T, D> scratch_matrix(context<D>& ctx, index_t rows, index_t cols) {
  return {ctx.scratch().template take<T>(checked_product(rows, cols)), rows, cols};
}

}  // namespace kindred
