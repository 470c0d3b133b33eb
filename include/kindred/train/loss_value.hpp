// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/array.hpp>

namespace kindred::train {

/// The value of a loss, still on the device: converts to a number when asked, which waits for the device. Holds the
/// value of the trainer's last step; it must be read before the next one and not outlive the trainer.
template <class T, Device D>
class loss_value {
 public:
  loss_value(context<D>& ctx, const T* value) : ctx_(&ctx), value_(value) {}

  T get() const {
    T number{};
    ctx_->copy_to_host(&number, value_, static_cast<index_t>(sizeof(T)));
    ctx_->synchronize();
    return number;
  }
  operator T() const { return get(); }

 private:
  context<D>* ctx_;
  const T* value_;
};

}  // namespace kindred::train
