// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <kindred/backend/detail/host.hpp>
#include <kindred/core/scratch.hpp>

namespace kindred {

/// The order in which context<emu> runs what a GPU runs at once.
enum class lane_order : bool { ascending, descending };

namespace detail {

/// A warp on the host: 32 strided lanes, sums combined in the order of a warp's butterfly. Refuses group calls made
/// from inside other group calls, which would hang a GPU.
class emulated_warp {
 public:
  static constexpr int lanes = 32;
  emulated_warp(lane_order order, bool& busy) : order_(order), busy_(&busy) {}

  template <class F>
  void for_each(index_t n, F f) const {
    const entry guard(*busy_);
    in_order(n, f);
  }
  template <class F>
  void once(F f) const {
    const entry guard(*busy_);
    f();
  }
  template <class T, class Op, class F>
  T reduce(index_t n, T init, Op op, F f) const {
    const entry guard(*busy_);
    T part[lanes];
    in_order(lanes, [&](index_t l) {
      part[l] = init;
      for (index_t i = l; i < n; i += lanes) part[l] = op(part[l], f(i));
    });
    // every lane of a warp ends with the same bits: the operations are commutative and the tree is symmetric
    for (int half = lanes / 2; half > 0; half /= 2)
      for (int l = 0; l < half; ++l) part[l] = op(part[l], part[l + half]);
    return part[0];
  }
  template <class F, class Emit>
  index_t scan(index_t n, F f, Emit emit) const {
    const entry guard(*busy_);
    index_t sum = 0;
    for (index_t start = 0; start < n; start += lanes) {
      // all lanes evaluate f before any emits, as on a GPU
      const index_t here = n - start < lanes ? n - start : lanes;
      index_t value[lanes], before[lanes];
      in_order(here, [&](index_t l) { value[l] = f(start + l); });
      for (index_t l = 0; l < here; ++l) {
        before[l] = sum;
        sum += value[l];
      }
      in_order(here, [&](index_t l) { emit(start + l, before[l]); });
    }
    return sum;
  }
  template <class F>
  void count(index_t n, index_t* bins, F bin) const {
    const entry guard(*busy_);
    in_order(n, [&](index_t i) {
      const index_t b = bin(i);
      if (b >= 0) ++bins[b];
    });
  }

 private:
  struct entry {
    explicit entry(bool& b) : busy(b) {
      expects<device_error>(!busy, "context<emu>: a kernel body makes a group call inside another group call");
      busy = true;
    }
    ~entry() { busy = false; }
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;
    bool& busy;
  };
  template <class F>
  void in_order(index_t n, F f) const {
    detail::count_up_or_down(order_ == lane_order::ascending, n, f);
  }
  lane_order order_;
  bool* busy_;
};

}  // namespace detail

/// The host pretending to be a GPU: Backend of `emu`, for tests of kernel bodies on machines without one.
///
/// Bodies run on an emulated warp with a GPU's strides, tails and order of sums; memory starts as NaN bytes, so that
/// reads of unwritten elements show; elements, rows and lanes run in ascending or descending order, and a body that is
/// right gives the same bits in both. A group call inside a group call throws device_error.
/// What it cannot find: a missing barrier inside the group primitives of the GPU itself.
template <>
class context<emu> : public detail::host_memory {
 public:
  explicit context(lane_order order = lane_order::ascending) : order_(order), scratch_(*this) {}

  lane_order order() const { return order_; }
  arena<emu>& scratch() { return scratch_; }
  void* allocate(index_t bytes) {
    void* const p = host_memory::allocate(bytes);
    if (bytes > 0) std::memset(p, 0xff, static_cast<std::size_t>(bytes));
    return p;
  }

  template <class F>
  void for_each(index_t n, F f) {
    in_order(n, f);
  }
  template <class F>
  void for_each(index_t rows, index_t cols, F f) {
    in_order(rows, [&](index_t r) { in_order(cols, [&](index_t c) { f(r, c); }); });
  }
  template <class F>
  void for_each_row(index_t rows, index_t, F f) {
    in_order(rows, [&](index_t r) {
      bool busy = false;
      f(detail::emulated_warp(order_, busy), r);
    });
  }

  /// Three loops.
  template <Scalar T>
  void gemm(T alpha, const_matrix<T, emu> a, transpose ta, const_matrix<T, emu> b, transpose tb, T beta,
            matrix_view<T, emu> c) {
    const bool at = ta == transpose::yes, bt = tb == transpose::yes;
    const index_t depth = detail::product_depth(a, at, b, bt, c);
    for (index_t i = 0; i < c.rows(); ++i)
      for (index_t j = 0; j < c.cols(); ++j) {
        T sum = 0;
        for (index_t k = 0; k < depth; ++k) sum += (at ? a(k, i) : a(i, k)) * (bt ? b(j, k) : b(k, j));
        c(i, j) = beta == T(0) ? alpha * sum : alpha * sum + beta * c(i, j);
      }
  }
  template <Scalar T>
  void gemm_batched(index_t count, T alpha, const_matrix<T, emu> a, index_t stride_a, transpose ta,
                    const_matrix<T, emu> b, index_t stride_b, transpose tb, T beta, matrix_view<T, emu> c,
                    index_t stride_c) {
    detail::gemm_one_by_one(*this, count, alpha, a, stride_a, ta, b, stride_b, tb, beta, c, stride_c);
  }

 private:
  template <class F>
  void in_order(index_t n, F f) const {
    detail::count_up_or_down(order_ == lane_order::ascending, n, f);
  }
  lane_order order_;
  arena<emu> scratch_;
};
static_assert(Backend<context<emu>, emu>);

}  // namespace kindred
